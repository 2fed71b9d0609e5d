import { BUILDS } from '../../program/paths.ts';
import { hookCalls } from '../calls.ts';
import { JobFolders } from '../job-folder.ts';
import { answer } from './answer.ts';
import { serveHooks } from './server.ts';
import { startUpkeep } from './upkeep.ts';

/** Serves the hooks of this instance until the process is ended. @throws Error if the socket can't be made */
export async function serve(socket: string, program: string): Promise<void> {
  const folders = new JobFolders();
  const calls = hookCalls(folders);
  const log = (line: string) => process.stderr.write(`${new Date().toISOString()} ${line}\n`);
  // Jobs may have ended while nobody looked.
  folders.sweep();
  await serveHooks(socket, program, (question) => answer(question, program, calls));
  startUpkeep(
    {
      sweep: () => {
        folders.sweep();
      },
      runningJobs: () => calls.disk({ BUILDKITE_BUILD_PATH: BUILDS }).runningJobs(),
      run: calls.run,
    },
    log,
  );
}
