import { BaseCommand, stackNameArg } from '../../cli/base-command.ts';
import type { InstanceList } from '../../stack/instances/list.ts';
import { outTheme } from '../../terminal/theme.ts';

export default class Instances extends BaseCommand {
  static override summary = 'The instances of a stack';
  static override description =
    "Oldest first: state, type, spot or on-demand, zone, age, and version of the launch template; with a token of Buildkite's " +
    'REST API (scope read_agents) in BUILDKITE_API_TOKEN also how many of their agents are busy.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack',
    '<%= config.bin %> <%= command.id %> my-stack --json | jq -r ".instances[].instanceId"',
  ];

  static override args = { name: stackNameArg };

  async run(): Promise<InstanceList> {
    const { args, flags } = await this.parse(Instances);
    const stackName = this.requireName(args.name);
    const aws = await this.connect(flags);
    const { requireStackFacts } = await import('../../stack/facts/stack-facts.ts');
    const { listInstances } = await import('../../stack/instances/list.ts');
    const { instancesText } = await import('../../stack/instances/text.ts');
    const facts = await requireStackFacts(aws, stackName);
    const list = await listInstances(facts, process.env['BUILDKITE_API_TOKEN'] || undefined);
    if (list.agentsUnknown !== undefined) this.progress(`Their agents are not known: ${list.agentsUnknown}`);
    const now = await aws.clock();
    this.log(instancesText(list, now(), outTheme, process.stdout.columns));
    return list;
  }
}
