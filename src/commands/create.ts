import { text } from 'node:stream/consumers';
import * as Flags from '@oclif/core/flags';
import { BaseCommand, stackNameArg } from '../cli/base-command.ts';
import { deploymentFlags } from '../cli/deployment-flags.ts';
import type { CreationPreview, CreationResult } from '../stack/creation/index.ts';
import { logLine } from '../terminal/log-line.ts';
import { errTheme, outTheme } from '../terminal/theme.ts';

export default class Create extends BaseCommand {
  static override summary = 'Create a stack';
  static override description =
    'On a terminal a wizard asks what is not given. Elsewhere, or with --yes, nothing is asked: what is not given is the ' +
    "template's default. Everything that could make the creation fail is looked at before anything is made. The agent token " +
    'comes from --token-stdin, from the environment variable BUILDKITE_AGENT_TOKEN, or from the SSM parameter that ' +
    'BuildkiteAgentTokenParameterStorePath names. Ctrl-C stops the waiting, not a creation that has begun.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> my-stack --token-stdin --param MinSize=1 < token.txt',
    '<%= config.bin %> <%= command.id %> my-stack --config stack.yml --tag team=build --json',
    '<%= config.bin %> <%= command.id %> my-stack --config stack.yml --dry-run',
    '<%= config.bin %> <%= command.id %> --sandbox',
  ];

  static override args = { name: stackNameArg };

  static override flags = {
    ...deploymentFlags,
    'no-wait': Flags.boolean({ description: 'return once CloudFormation has begun' }),
    'token-stdin': Flags.boolean({
      description: 'read the agent token from stdin (also BUILDKITE_AGENT_TOKEN)',
    }),
    'termination-protection': Flags.boolean({ description: 'protect the stack from deletion' }),
    'dry-run': Flags.boolean({
      description: 'look, and print what would be made; make nothing',
      exclusive: ['no-wait'],
    }),
    yes: Flags.boolean({
      char: 'y',
      description: 'ask nothing; a failed stack that has the name is removed first',
    }),
  };

  async run(): Promise<CreationResult | CreationPreview> {
    const { args, flags } = await this.parse(Create);
    const { completeRequest, create, creationText, readRequest, previewText } =
      await import('../stack/creation/index.ts');
    const live = this.repaints(flags);
    const say = (line: string) => this.progress(line);
    const asking = this.interactive(flags) && !flags.yes;
    if (!asking) this.requireName(args.name);
    const given = await readRequest(
      { ...flags, name: args.name },
      { env: process.env, stdin: () => text(process.stdin), stdinIsTerminal: process.stdin.isTTY, say },
    );
    const connection = await this.connect(flags);
    this.onInterrupt('Nothing has been made.');
    const { aws, request } = await completeRequest(connection, given, {
      asking,
      region: flags.region,
      signal: this.signal,
      theme: outTheme,
    });
    this.workingIn(aws.region);
    const outcome = await create(aws, request, {
      signal: this.signal,
      observer: () => this.display(aws, flags),
      style: live ? { live } : { live, write: say, now: () => new Date() },
      say: (line) => say(live ? line : logLine(new Date(), line.trim())),
      theme: errTheme,
      existingStack: flags.yes ? 'remove' : asking ? 'ask' : 'refuse',
      dryRun: flags['dry-run'],
      wait: !flags['no-wait'],
    });
    const told = 'dryRun' in outcome ? previewText(outcome, outTheme) : creationText(outcome, outTheme);
    this.log(told);
    return outcome;
  }
}
