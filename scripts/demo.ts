/**
 * Shows bk-stack at work without an AWS account: makes a stack in the sandbox, by the wizard on a terminal and with the
 * defaults elsewhere, and looks at it.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

const NAME = 'demo';
/** How a person types bk-stack in the folder of the project. */
const PROGRAM = 'node bin/run.js';
const run = join(import.meta.dirname, '..', 'bin', 'run.js');
/** Whether a person is there to be asked: the same as the CLI's own rule. */
const asked = process.stdin.isTTY && process.stdout.isTTY && !process.env['CI'];

const region = process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? 'us-east-1';

/** What the demo asks of a stack in the list. */
interface ListedStack {
  readonly stackName: string;
  readonly status: string;
}

const found = (await stacks()).find(({ stackName }) => stackName === NAME);
if (found !== undefined && isThere(found.status)) {
  console.log(`The stack ${NAME} is there already, from an earlier demo:\n`);
  if (found.status.endsWith('_IN_PROGRESS')) await bkStack(['status', NAME, '--wait']);
} else {
  // The sandbox takes any token that does not begin with "invalid".
  const token = `demo-${randomBytes(12).toString('hex')}`;
  // Two instances, so that there is something to look at; a stack of one's own may well start with none.
  const args = asked ? [] : ['--no-input', '--yes'];
  await bkStack(['create', NAME, '--param', 'MinSize=2', ...args], { BUILDKITE_AGENT_TOKEN: token });
  console.log('');
}
await bkStack(['status', NAME]);
console.log(`
What to try next, all of it in the sandbox:
  ${PROGRAM} list --sandbox                the stacks there
  ${PROGRAM} create --sandbox              another one, by the wizard
  ${PROGRAM} delete ${NAME} --sandbox         asks, and keeps the secrets bucket
  eval "$(${PROGRAM} sandbox env)"         points the AWS CLI and any SDK at it
  ${PROGRAM} sandbox stop                  ends it; its state is kept`);

/** Whether a stack is there to be shown, or will be: what is left of a creation that failed, create removes first. */
function isThere(status: string): boolean {
  return /^(CREATE_(COMPLETE|IN_PROGRESS)|UPDATE_.*)$/.test(status);
}

async function stacks(): Promise<readonly ListedStack[]> {
  const { stacks } = JSON.parse(await bkStack(['list', '--json'], {}, 'read')) as { stacks: ListedStack[] };
  return stacks;
}

/** Runs the built CLI in the sandbox; its failure is ours. */
function bkStack(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdout: 'show' | 'read' = 'show',
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [run, ...args, '--sandbox', '--region', region], {
      // bk-stack is not installed here: the commands that it prints are typed as this one is run.
      env: { ...process.env, BK_STACK_PROGRAM: PROGRAM, ...env },
      stdio: [asked ? 'inherit' : 'ignore', stdout === 'read' ? 'pipe' : 'inherit', 'inherit'],
    });
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    // Ctrl-C reaches the child too, which answers it.
    process.on('SIGINT', () => undefined);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0) resolve(text);
      else process.exit(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}
