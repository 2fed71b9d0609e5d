import { spawn } from 'node:child_process';
import { findSandbox, type RunningSandbox } from '../src/sandbox/server/process/discovery.ts';
import { stateDirectory } from '../src/sandbox/server/process/paths.ts';
import { awsEnvironment } from '../test/support/aws-environment.ts';

/** Milliseconds from the start of a process to its end. @throws Error when it fails: a failure is quick, and no result */
export function timed(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((done, failed) => {
    const start = performance.now();
    const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    child.on('error', failed);
    child.on('close', (code) => {
      if (code === 0) done(performance.now() - start);
      else failed(new Error(`${command} ${args.join(' ')} exits ${code}: ${errors}`));
    });
  });
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** What both took for the same, in milliseconds, and the most that ours may take of theirs. */
export interface Duel {
  readonly what: string;
  readonly own: number;
  readonly theirs: number;
  readonly most: number;
}

export interface Contest {
  readonly what: string;
  readonly most: number;
  readonly own: () => Promise<number>;
  readonly theirs: () => Promise<number>;
}

/** Runs both in turns, and takes the middle of each. */
export async function duel({ what, most, own, theirs }: Contest, rounds: number): Promise<Duel> {
  const times = { own: [] as number[], theirs: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    times.own.push(await own());
    times.theirs.push(await theirs());
  }
  return { what, most, own: median(times.own), theirs: median(times.theirs) };
}

/**
 * The environment without this machine's own certificates, which nobody needs who asks a sandbox alone: Node 20 reads a bundle of
 * them at every start, and takes three times as long for it.
 */
export function withoutCertificates(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _, AWS_CA_BUNDLE: __, ...env } = process.env;
  return env;
}

/** The sandbox that was started with its state in this folder. @throws Error when none runs */
export function benchSandbox(state: string): RunningSandbox {
  const running = findSandbox(stateDirectory({ XDG_STATE_HOME: state }));
  if (running === undefined) throw new Error(`no sandbox runs in ${state}`);
  return running;
}

/** The environment in which both work on a sandbox. */
export function benchEnvironment(sandbox: RunningSandbox): NodeJS.ProcessEnv {
  return {
    ...withoutCertificates(),
    ...awsEnvironment(sandbox),
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
  };
}

/** The same for an SDK client. */
export function benchClient({ endpoint, credentials }: RunningSandbox) {
  return { endpoint, region: 'us-east-1', credentials };
}
