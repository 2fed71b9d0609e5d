import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.ts';
import { deploymentFlags } from '../cli/deployment-flags.ts';
import type { Simulation } from '../simulate/run.ts';
import { outTheme } from '../terminal/theme.ts';

export default class Simulate extends BaseCommand {
  static override summary = 'What settings would cost, and how long jobs would wait';
  static override description = `Runs jobs through a model of a queue and its group, sized by the very decision that a stack's scaler makes, at thousands of times real speed. The official stack's scaler and target tracking run beside it on the same jobs. Nothing is asked of AWS, unless --from-stack asks for a stack's parameters and metrics; its profile of the AWS config files is then AWS_PROFILE.`;

  static override examples = [
    '<%= config.bin %> <%= command.id %> --profile monorepo-bursts --param AgentsPerInstance=4',
    '<%= config.bin %> <%= command.id %> --trace jobs.csv --config stack.yml --recommend',
    '<%= config.bin %> <%= command.id %> --spot-shortage 2 --param OnDemandPercentage=0 --param SpotFallbackMinutes=10',
    '<%= config.bin %> <%= command.id %> --from-stack my-stack --param PredictiveScaling=on',
    '<%= config.bin %> <%= command.id %> --profile office-hours --compare a.yml --compare b.yml --json',
  ];

  static override flags = {
    profile: Flags.string({
      description: 'what the queue looks like',
      options: [
        ...['office-hours', 'monorepo-bursts', 'nightly-batch', 'steady', 'spot-storm'],
        ...['bad-boots', 'paused-queue', 'foreign-agents', 'outages'],
      ],
      exclusive: ['trace', 'from-stack'],
    }),
    trace: Flags.string({
      description: 'jobs of your own: CSV or JSON of time and duration',
      helpValue: '<file>',
    }),
    'from-stack': Flags.string({
      description: "two weeks of a stack's queue, rebuilt from its metrics, and its settings",
      helpValue: '<name>',
      exclusive: ['trace'],
    }),
    jobs: Flags.integer({
      description: 'how many jobs of a profile',
      default: 10_000,
      min: 1,
      max: 1_000_000,
    }),
    config: deploymentFlags.config,
    param: deploymentFlags.param,
    compare: Flags.string({
      description: 'a file of parameters to run beside (repeatable)',
      helpValue: '<file>',
      multiple: true,
      multipleNonGreedy: true,
    }),
    boot: Flags.integer({ description: 'seconds from request to first agent', default: 150, min: 1 }),
    start: Flags.integer({
      description: 'seconds to the first agent for an instance of the warm pool',
      default: 45,
      min: 1,
    }),
    price: Flags.string({ description: 'dollars an hour and instance', helpValue: '<USD>' }),
    interruptions: Flags.string({
      description: 'spot interruptions an hour and instance',
      helpValue: '<rate>',
    }),
    'spot-shortage': Flags.string({
      description: 'hours a day in which spot has no capacity, at a time of its own each day',
      helpValue: '<hours>',
    }),
    'failing-boots': Flags.string({ description: 'percent of the boots that fail', helpValue: '<percent>' }),
    'hung-boots': Flags.string({
      description: 'percent of the boots that never end',
      helpValue: '<percent>',
    }),
    'paused-queue': Flags.string({
      description: 'hours a day in which the queue is paused, at a time of its own each day',
      helpValue: '<hours>',
    }),
    outage: Flags.string({
      description: 'hours a day in which the scaler can see neither queue nor group',
      helpValue: '<hours>',
    }),
    'foreign-agents': Flags.integer({
      description: "idle agents of others on the queue that can't run its jobs",
      min: 0,
    }),
    recommend: Flags.boolean({ description: 'try settings, and show what waiting costs' }),
    seed: Flags.integer({ description: 'another seed, another run', default: 1, min: 0 }),
  };

  async run(): Promise<Simulation> {
    const { flags } = await this.parse(Simulate);
    const stackName = flags['from-stack'];
    const { runSimulation } = await import('../simulate/run.ts');
    const { boundsText, chartText, recommendationText, resultsText, warmText } =
      await import('../simulate/report.ts');
    const simulation = await runSimulation({
      ...(flags.profile !== undefined && { profile: flags.profile }),
      ...(stackName !== undefined && { fromStack: { aws: await this.connect(flags), stackName } }),
      ...(flags.trace !== undefined && { trace: flags.trace }),
      ...(flags.config !== undefined && { config: flags.config }),
      ...(flags.price !== undefined && { price: flags.price }),
      ...(flags.interruptions !== undefined && { interruptions: flags.interruptions }),
      ...(flags['spot-shortage'] !== undefined && { spotShortage: flags['spot-shortage'] }),
      ...(flags['failing-boots'] !== undefined && { failingBoots: flags['failing-boots'] }),
      ...(flags['hung-boots'] !== undefined && { hungBoots: flags['hung-boots'] }),
      ...(flags['paused-queue'] !== undefined && { pausedQueue: flags['paused-queue'] }),
      ...(flags.outage !== undefined && { outage: flags.outage }),
      ...(flags['foreign-agents'] !== undefined && { foreignAgents: flags['foreign-agents'] }),
      jobs: flags.jobs,
      param: flags.param ?? [],
      compare: flags.compare ?? [],
      bootSeconds: flags.boot,
      startSeconds: flags.start,
      seed: flags.seed,
      recommend: flags.recommend,
    });
    this.log(`${simulation.jobs} jobs: ${simulation.about}\n`);
    this.log(resultsText(simulation.results, outTheme));
    this.log(`\n${boundsText(simulation)}`);
    const warm = warmText(simulation.results);
    if (warm !== '') this.log(`\n${warm}`);
    const [first] = simulation.results;
    if (first !== undefined) this.log(`\n${chartText(first, outTheme)}`);
    if (simulation.recommendation !== undefined) {
      this.log(`\n${recommendationText(simulation.recommendation, outTheme)}`);
    }
    return simulation;
  }
}
