import { quoted } from '../../../shell/quoted.ts';
import { Settings } from '../../program/settings.ts';
import { type HookCalls, hookCalls } from '../calls.ts';
import { environmentHook } from '../environment-hook.ts';
import { gitCredentialHelper } from '../git-credential.ts';
import { parseVariables } from '../job-environment.ts';
import { preExitHook } from '../pre-exit-hook.ts';
import { preparationHook } from '../preparation-hook.ts';

/** A question of a hook. */
export interface Question {
  /** environment, prepare, pre-exit or git-credential. */
  readonly command: string;
  /** The agent's process of the job. */
  readonly agentProcess: number;
  /** Whose credentials git asks for. */
  readonly pipeline: string | undefined;
  /** The job's variables as `env -0` prints them; of git-credential, what git asks. */
  readonly body: string;
}

/** What the hook is to do by itself instead: it is unknown here, or takes long and says so in the log as it goes. */
export const BY_ITSELF = Symbol('by itself');

/** What a failure leaves the job without, for its log. */
const SUBJECTS: Readonly<Record<string, string>> = {
  environment: 'The environment of this job',
  prepare: 'This instance',
};

/**
 * Answers a hook with shell text that it evaluates: lines for the log, variables and, where the job can't go on, the call that
 * fails it. Git's question is answered as git reads it. Nothing of it is kept.
 * @param program the path of the job program
 */
export async function answer(
  { command, agentProcess, pipeline, body }: Question,
  program: string,
  calls: HookCalls = hookCalls(),
): Promise<string | typeof BY_ITSELF> {
  const settings = Settings.load();
  let printed = '';
  const print = (text: string) => {
    printed += text;
  };
  if (command === 'git-credential') {
    await gitCredentialHelper(settings, [pipeline, 'get'], () => body, { ...calls, print });
    return printed;
  }
  const job = parseVariables(body);
  if (Object.keys(job).length === 0) return BY_ITSELF;
  const lines: string[] = [];
  const told: HookCalls = {
    ...calls,
    print,
    say(line) {
      lines.push(line);
    },
  };
  let failure = '';
  try {
    switch (command) {
      case 'environment':
        await environmentHook(settings, { variables: job, agentProcess }, program, told);
        break;
      case 'prepare':
        if ((await calls.disk(job).shortage()) !== undefined) return BY_ITSELF;
        await preparationHook(settings, job, told);
        break;
      case 'pre-exit':
        if ((await calls.disk(job).shortage()) !== undefined) return BY_ITSELF;
        await preExitHook(settings, job, told);
        break;
      default:
        return BY_ITSELF;
    }
  } catch (error) {
    lines.push(`bk-stack ${command}: ${(error as Error).message}`);
    const subject = SUBJECTS[command];
    if (subject !== undefined) failure = `bk_stack_failed ${quoted(subject)}\n`;
  }
  const log = lines.length === 0 ? '' : `printf '%s\\n' ${lines.map(quoted).join(' ')} >&2\n`;
  return `${log}${failure === '' ? printed : failure}`;
}
