import { spawn } from 'node:child_process';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../cli/base-command.ts';
import { InterruptedError, OperationError } from '../../errors.ts';
import { isInstalled } from '../../shell/installed.ts';
import { word } from '../../shell/quoted.ts';

export default class InstancesConnect extends BaseCommand {
  static override summary = 'Open a shell on an instance';
  static override description =
    'By a session of SSM Session Manager: no open port, no key, and logged in CloudTrail. It needs the AWS CLI and its Session ' +
    'Manager plugin on this machine, and the right to ssm:StartSession.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> i-0123456789abcdef0',
    '<%= config.bin %> <%= command.id %> i-0123456789abcdef0 --print',
  ];

  static override args = {
    id: Args.string({ description: 'id of an instance', required: true, ignoreStdin: true }),
  };

  static override flags = {
    print: Flags.boolean({ description: 'print the command instead of running it' }),
  };

  async run(): Promise<{ command: readonly string[] }> {
    const { args, flags } = await this.parse(InstancesConnect);
    const aws = await this.connect(flags);
    const { requireInstances } = await import('../../stack/instances/list.ts');
    await requireInstances(aws, [args.id]);
    const profile = flags.profile === undefined ? [] : ['--profile', flags.profile];
    const command = ['aws', 'ssm', 'start-session', '--target', args.id, '--region', aws.region, ...profile];
    if (flags.print || this.jsonEnabled()) {
      this.log(command.map(word).join(' '));
      return { command };
    }
    if (aws.agentEndpoint !== undefined) {
      throw new OperationError(
        `${args.id} is an instance of the sandbox: a model, with no shell to connect to`,
        {
          hint: `What it says is in its logs: bk-stack logs tail STACK --instance ${args.id}`,
        },
      );
    }
    await requirePrograms();
    await run(command);
    return { command };
  }
}

const MANUAL = 'https://docs.aws.amazon.com';
/** What a session takes on this machine, and where to get it. */
const PROGRAMS = [
  {
    program: 'aws',
    name: 'the AWS CLI',
    manual: `${MANUAL}/cli/latest/userguide/getting-started-install.html`,
  },
  {
    program: 'session-manager-plugin',
    name: "the AWS CLI's Session Manager plugin",
    manual: `${MANUAL}/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html`,
  },
];

/** @throws OperationError that names what is missing, and where to get it */
async function requirePrograms(): Promise<void> {
  for (const { program, name, manual } of PROGRAMS) {
    if (await isInstalled(program)) continue;
    throw new OperationError(`A session needs ${name}, and there is no ${program} in PATH`, {
      hint: `Install it: ${manual}\nOr have the command for a machine that has it: --print`,
    });
  }
}

/** Gives the terminal to a program until it ends. Ctrl-C is the session's meanwhile. */
async function run([program = '', ...rest]: readonly string[]): Promise<void> {
  const child = spawn(program, rest, { stdio: 'inherit' });
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    if (code === 130) throw new InterruptedError();
    if (code !== 0) {
      throw new OperationError(
        `The session ended with ${String(code ?? 'a signal')}; what the AWS CLI says stands above`,
        {
          hint: 'The instance has to run for a minute, its role to allow Session Manager, and you to have ssm:StartSession.',
        },
      );
    }
  } finally {
    process.off('SIGINT', ignore);
  }
}
