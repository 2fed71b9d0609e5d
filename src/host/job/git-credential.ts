import { answerGit } from '../../secrets/job/git-credentials.ts';
import { readGitCredentials } from '../../secrets/job/read.ts';
import type { Settings } from '../program/settings.ts';
import type { HookCalls } from './calls.ts';

/**
 * Answers git from the bucket, at each question anew, so that the credentials lie nowhere on the instance.
 * @param question reads what git asks, from standard input
 */
export async function gitCredentialHelper(
  settings: Settings,
  [pipeline, action]: readonly (string | undefined)[],
  question: () => string,
  { print, secretStore }: Pick<HookCalls, 'print' | 'secretStore'>,
): Promise<void> {
  if (action !== 'get') return;
  const files = await readGitCredentials(
    await secretStore(settings),
    pipeline === '-' ? undefined : pipeline,
  );
  print(answerGit(files, question()));
}
