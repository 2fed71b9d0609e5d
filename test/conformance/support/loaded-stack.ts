import {
  type Activity,
  AutoScaling,
  type AutoScalingGroup,
  paginateDescribeScalingActivities,
} from '@aws-sdk/client-auto-scaling';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { SSM } from '@aws-sdk/client-ssm';
import { AGENTS_TAG } from '../../../src/scaler/group/launched-agents.ts';
import { STUCK_TAG } from '../../../src/scaler/sizing/stuck-jobs.ts';
import { ConstantLoad } from '../../support/constant-load.ts';
import { SandboxJobs } from '../../support/jobs.ts';
import { CliSandbox } from '../../support/sandbox.ts';
import { until } from '../../support/until.ts';

export const INSTANCES = 40;
const AGENTS = INSTANCES * 4;
/** Low enough for two cores, of which others may have one. */
const SPEED = '60';
/** Seconds for all to be whole again: on a slow machine an update that was killed has others to catch up with. */
const PATIENCE = 300;
/** Of jobs, in the stack's time. */
const JOB_SECONDS = [30, 180] as const;
/** Tags in which the scaler notes what it sees, whatever else is done to the group. */
const SCALER_NOTES = [STUCK_TAG, AGENTS_TAG];
/** The parameter whose value the updates change, which needs new instances. */
const CHANGED = 'RootVolumeSize';

/** The stack `ci` in a sandbox of its own: 40 instances with 4 agents each, and always a job for each agent. */
export class LoadedStack {
  readonly sandbox = new CliSandbox();
  readonly #load: ConstantLoad;
  readonly #jobs = new SandboxJobs(this.sandbox);
  #autoScaling = new AutoScaling({});
  #cloudFormation = new CloudFormation({});
  #ssm = new SSM({});

  constructor(random: () => number) {
    this.#load = new ConstantLoad(this.sandbox, 'q', random);
  }

  async start(): Promise<void> {
    await this.sandbox.start('--speed', SPEED);
    this.#autoScaling = new AutoScaling(this.sandbox.client);
    this.#cloudFormation = new CloudFormation(this.sandbox.client);
    this.#ssm = new SSM(this.sandbox.client);
    const size = [`MinSize=${INSTANCES}`, 'MaxSize=60', 'AgentsPerInstance=4', 'BuildkiteQueue=q'];
    const made = await this.sandbox.runWith(
      { input: 'token' },
      ...['create', 'ci', '--token-stdin', '--no-input', ...size.flatMap((each) => ['--param', each])],
    );
    if (made.exitCode !== 0) throw new Error(made.stdout + made.stderr);
    this.#load.start(AGENTS, JOB_SECONDS);
    await this.whole();
  }

  async remove(): Promise<void> {
    try {
      await this.#load.stop();
    } finally {
      await this.sandbox.remove();
    }
  }

  /**
   * Waits until all instances serve, nothing else is in the group, all agents are there, and most have jobs: how many are
   * between two jobs depends on how fast the machine is that brings new ones.
   */
  async whole(): Promise<void> {
    let seen: object = {};
    await until(
      'all instances serve and most agents work',
      async () => {
        const { DesiredCapacity, Instances = [] } = await this.#group();
        const { agents, jobs } = await this.#load.state();
        const states = Instances.map(({ LifecycleState = '' }) => LifecycleState);
        seen = { DesiredCapacity, states: states.join(' '), agents, jobs };
        return (
          DesiredCapacity === INSTANCES &&
          states.length === INSTANCES &&
          states.every((state) => state === 'InService') &&
          agents.total === AGENTS &&
          agents.busy > AGENTS / 2
        );
      },
      { seconds: PATIENCE, instead: () => JSON.stringify(seen) },
    );
  }

  /** The stack's time. */
  async now(): Promise<Date> {
    return new Date(await this.sandbox.now());
  }

  /** The value that the last update gave. */
  async changed(): Promise<string | undefined> {
    return (await this.#parameters())[CHANGED];
  }

  async journal(): Promise<{ readonly phase: string } | undefined> {
    const { Parameters } = await this.#ssm.getParameters({ Names: ['/bk-stack/ci/update'] });
    const value = Parameters?.[0]?.Value;
    return value === undefined ? undefined : (JSON.parse(value) as { phase: string });
  }

  /** What there is to be the same after an operation, however often it was cut short. */
  async state(): Promise<object> {
    const { Stacks: [stack] = [] } = await this.#cloudFormation.describeStacks({ StackName: 'ci' });
    const { Summaries } = await this.#cloudFormation.listChangeSets({ StackName: 'ci' });
    const group = await this.#group();
    const { MinSize, MaxSize, DesiredCapacity, SuspendedProcesses, Instances = [], Tags } = group;
    const newest = group.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification?.Version;
    return {
      status: stack?.StackStatus,
      parameters: { ...(await this.#parameters()), [CHANGED]: 'changes' },
      tags: Object.fromEntries((stack?.Tags ?? []).map(({ Key = '', Value }) => [Key, Value])),
      changeSets: Summaries,
      journal: await this.journal(),
      size: [MinSize, MaxSize, DesiredCapacity],
      // The scaler suspends AZRebalance and notes stuck jobs when it comes to it, whatever else is done to the group.
      suspended: (SuspendedProcesses ?? [])
        .flatMap(({ ProcessName = '' }) => (ProcessName === 'AZRebalance' ? [] : ProcessName))
        .sort(),
      groupTags: Object.fromEntries(
        (Tags ?? []).flatMap(({ Key = '', Value }) => (SCALER_NOTES.includes(Key) ? [] : [[Key, Value]])),
      ),
      instances: Instances.length,
      outdated: Instances.filter(({ LaunchTemplate }) => LaunchTemplate?.Version !== newest).length,
      unprotected: Instances.filter(({ ProtectedFromScaleIn }) => ProtectedFromScaleIn !== true).length,
    };
  }

  /** Jobs by state, of all that there were. */
  async jobs(): Promise<Record<string, number>> {
    const counts: Record<string, number> = { lost: 0, finished: 0 };
    for (const state of await this.#jobs.states()) counts[state] = (counts[state] ?? 0) + 1;
    return counts;
  }

  /**
   * The fewest instances in service at any instant from `since` on. The group's activities tell it without a gap: a launch ends
   * when its instance enters service, a termination begins when its instance leaves it.
   */
  async fewestInService(since: Date): Promise<number> {
    const activities: Activity[] = [];
    const pages = paginateDescribeScalingActivities(
      { client: this.#autoScaling },
      { AutoScalingGroupName: (await this.#group()).AutoScalingGroupName },
    );
    for await (const { Activities = [] } of pages) activities.push(...Activities);
    const steps = activities.flatMap(({ Description = '', StatusCode, StartTime, EndTime }) => {
      if (/^Launching/.test(Description) && StatusCode === 'Successful') return [{ at: EndTime, by: 1 }];
      return /^Terminating/.test(Description) ? [{ at: StartTime, by: -1 }] : [];
    });
    // Of those at the same instant the launches first: a count that holds for no time at all is none.
    steps.sort((one, other) => Number(one.at) - Number(other.at) || other.by - one.by);
    let serving = 0;
    let fewest = Infinity;
    for (const [index, { at, by }] of steps.entries()) {
      serving += by;
      const next = steps[index + 1]?.at;
      if (next === undefined || next > since) fewest = Math.min(fewest, serving);
      if (at === undefined) throw new Error('An activity has no time');
    }
    return fewest;
  }

  async #group(): Promise<AutoScalingGroup> {
    const { AutoScalingGroups: [group] = [] } = await this.#autoScaling.describeAutoScalingGroups({});
    if (group === undefined) throw new Error('There is no group');
    return group;
  }

  async #parameters(): Promise<Record<string, string | undefined>> {
    const { Stacks: [stack] = [] } = await this.#cloudFormation.describeStacks({ StackName: 'ci' });
    return Object.fromEntries(
      (stack?.Parameters ?? []).map(({ ParameterKey = '', ParameterValue }) => [
        ParameterKey,
        ParameterValue,
      ]),
    );
  }
}
