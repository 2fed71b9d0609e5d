import { lostJobs, pushJob } from '../../src/sandbox/buildkite/jobs.ts';
import { queueMetrics } from '../../src/sandbox/buildkite/metrics.ts';
import { buildkiteState } from '../../src/sandbox/buildkite/state.ts';
import { parseFault, setFaults } from '../../src/sandbox/faults/index.ts';
import type { Scope } from '../../src/sandbox/kernel/world.ts';
import { services } from '../../src/sandbox/server/services.ts';
import { BootTimes } from '../../src/scaler/forecast/boot-times.ts';
import { autoScalingGroup } from '../../src/scaler/group/group.ts';
import { Scaler } from '../../src/scaler/poll.ts';
import {
  cancelUpdate,
  gatherUpdate,
  resumeUpdate,
  updateStack,
  type UpdateOutcome,
} from '../../src/stack/update/index.ts';
import { type Answer, HOST_PROGRAM } from './fleet.ts';
import { instanceTemplate, QUEUE } from './instance-template.ts';
import { scalerSettings } from './scaling.ts';
import { WorldAws } from './world-aws.ts';
import { TestWorld } from './world.ts';

const POLL_SECONDS = 10;

/** A template whose last resource can be made to fail when an update has changed the group already. */
const TEMPLATE = instanceTemplate({
  parameters: {
    MinSize: 0,
    MaxSize: 100,
    AgentsPerInstance: 4,
    InstanceBuffer: 0,
    Remark: 'none',
    WarmPoolSize: 0,
    InstanceScaleInProtection: 'false',
    DisableScaleIn: 'true',
  },
  userData: [
    'export BUILDKITE_SCALE_IN_IDLE_PERIOD="600"',
    'export BK_STACK_LOG_GROUP_PREFIX="/buildkite/${AWS::StackName}"',
    HOST_PROGRAM,
  ],
  group: { UpdatePolicy: { AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: true } } },
  last: ['Launching', 'Terminating'],
});

/** The processes that are suspended, without the one that the scaler suspends for good. */
export const halted = (suspended: readonly Answer[]): string[] =>
  suspended.map(({ ProcessName }) => ProcessName).filter((name) => name !== 'AZRebalance');

/** The template with a group that is replaced: its hooks are its own, as CloudFormation replaces no resource with a custom name. */
function replacing(text: string): string {
  const template = JSON.parse(text);
  const { Group, Launching, Terminating, WarmPool: _, ...others } = template.Resources;
  const hooks = [Launching, Terminating].map(({ Properties: { AutoScalingGroupName: __, ...own } }) => own);
  Group.UpdatePolicy = { AutoScalingReplacingUpdate: { WillReplace: true } };
  Group.Properties.LifecycleHookSpecificationList = hooks;
  others.Last.DependsOn = ['Group'];
  return JSON.stringify({ ...template, Resources: { ...others, Group } });
}

export interface UpdateRequest {
  readonly params: readonly string[];
  readonly strategy?: string;
  readonly minHealthy?: number;
  readonly batch?: number;
  readonly drainSeconds?: number;
  readonly checkpoint?: string;
  readonly keepTemplate?: boolean;
  /** Resources that may be replaced although they hold data. */
  readonly allowed?: readonly string[];
}

/** A stack in a world of its own, its scaler, jobs that keep its agents busy, and the product's own code that updates it. */
export class UpdatableStack {
  readonly world = new TestWorld(services);
  readonly scope: Scope = this.world.scope('us-east-1');
  readonly aws: WorldAws;
  /** The fewest instances in service at any time since it was last set. */
  fewest = Infinity;
  watchesFewest = true;
  /** Jobs that wait for an agent or run, at most: new ones are pushed as others end. */
  load = 0;
  jobSeconds: readonly [number, number] = [60, 600];
  /** What is answered to the question of an update. */
  agrees = true;
  readonly said: string[] = [];
  #scaler: Scaler | undefined;
  #group = '';
  #second = 0;
  #planned: { readonly second: number; readonly act: () => unknown }[] = [];

  constructor(
    private readonly random: () => number,
    private readonly template = TEMPLATE,
  ) {
    this.aws = new WorldAws(this.world, this.scope, (seconds) => this.pass(seconds), random);
  }

  get groupName(): string {
    return this.#group;
  }

  /** Has something happen when so many seconds have passed. */
  at(seconds: number, act: () => unknown): void {
    this.#planned.push({ second: this.#second + seconds, act });
  }

  /** As a person does it in the console. */
  async cancelRefresh(): Promise<void> {
    const input = { AutoScalingGroupName: this.#group };
    await this.call('autoscaling', 'CancelInstanceRefresh', input).catch(() => undefined);
  }

  call(service: string, operation: string, input: object = {}): Promise<Answer> {
    return this.world.call(this.scope, service, operation, input);
  }

  /**
   * Has CloudFormation begin to create it.
   * @param group what CloudFormation does with the group when its launch template changes
   */
  async begin(params: Record<string, string>, group: 'changed' | 'replaced' = 'changed'): Promise<void> {
    await this.call('cloudformation', 'CreateStack', {
      StackName: 'ci',
      TemplateBody: group === 'changed' ? this.template : replacing(this.template),
      Parameters: Object.entries(params).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
      Tags: [{ Key: 'bk-stack:stack', Value: 'ci' }],
    });
  }

  async create(params: Record<string, string>, group: 'changed' | 'replaced' = 'changed'): Promise<void> {
    await this.begin(params, group);
    await this.world.pass(120);
    const { Outputs } = await this.stack();
    this.#group = Outputs[0].OutputValue;
    this.#scaler = new Scaler(
      scalerSettings({
        ASG_NAME: this.#group,
        BUILDKITE_QUEUE: QUEUE,
        AGENTS_PER_INSTANCE: params['AgentsPerInstance'] ?? '4',
        DISABLE_SCALE_IN: params['DisableScaleIn'] ?? 'true',
        INSTANCE_BUFFER: params['InstanceBuffer'] ?? '0',
      }),
      {
        group: autoScalingGroup(this.#group, {
          send: (command: { input: object; constructor: { name: string } }) =>
            this.call('autoscaling', command.constructor.name.replace(/Command$/, ''), command.input),
        }),
        token: () => Promise.resolve('bkct_x'),
        queue: () =>
          Promise.resolve({
            ...queueMetrics(buildkiteState(this.world), QUEUE),
            organization: 'sandbox',
            pollMs: POLL_SECONDS * 1000,
          }),
        boots: new BootTimes(),
        now: () => this.world.now(),
      },
    );
    await this.pass(300);
  }

  push(seconds: number): void {
    pushJob(this.world, { queue: QUEUE, seconds });
  }

  fail(...faults: string[]): void {
    setFaults(this.world, faults.map(parseFault));
  }

  /** Lets time pass in steps, in which jobs come and the scaler looks. */
  async pass(seconds: number): Promise<void> {
    for (let left = seconds; left > 0;) {
      const step = Math.min(left, POLL_SECONDS - (this.#second % POLL_SECONDS));
      if (this.#second % POLL_SECONDS === 0) {
        this.#push();
        await this.#scaler?.poll().catch(() => undefined);
      }
      await this.world.pass(step);
      this.#second += step;
      left -= step;
      const due = this.#planned.filter(({ second }) => second <= this.#second);
      this.#planned = this.#planned.filter((each) => !due.includes(each));
      for (const { act } of due) await act();
      if (this.#group !== '' && this.watchesFewest)
        this.fewest = Math.min(this.fewest, await this.#inService());
    }
  }

  #push(): void {
    const { jobs } = queueMetrics(buildkiteState(this.world), QUEUE);
    const [least, most] = this.jobSeconds;
    for (let count = jobs.scheduled + jobs.running; count < this.load; count += 1) {
      pushJob(this.world, { queue: QUEUE, seconds: Math.round(least + this.random() * (most - least)) });
    }
  }

  async group(): Promise<Answer> {
    const { AutoScalingGroups } = await this.call('autoscaling', 'DescribeAutoScalingGroups', {
      AutoScalingGroupNames: [this.#group],
    });
    return AutoScalingGroups[0];
  }

  /** The instances of the warm pool: their states and versions, as `Warmed:Stopped 1`. */
  async warm(): Promise<string[]> {
    const { Instances } = await this.call('autoscaling', 'DescribeWarmPool', {
      AutoScalingGroupName: this.#group,
    });
    return Instances.map(
      ({ LifecycleState, LaunchTemplate }: Answer) => `${LifecycleState} ${LaunchTemplate.Version}`,
    );
  }

  async #inService(): Promise<number> {
    const { Instances } = await this.group();
    return Instances.filter(({ LifecycleState }: Answer) => LifecycleState === 'InService').length;
  }

  async stack(): Promise<Answer> {
    const { Stacks } = await this.call('cloudformation', 'DescribeStacks', { StackName: 'ci' });
    return Stacks[0];
  }

  async parameter(name: string): Promise<string> {
    const { Parameters } = await this.stack();
    return Parameters.find(({ ParameterKey }: Answer) => ParameterKey === name).ParameterValue;
  }

  get lost(): number {
    return lostJobs(this.world).length;
  }

  /** Connected ones. */
  get agents(): number {
    return queueMetrics(buildkiteState(this.world), QUEUE).agents.total;
  }

  /** Instances by the launch template's version, those that are ending left out. */
  async versions(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { LaunchTemplate, LifecycleState } of (await this.group()).Instances) {
      if (/^Terminating/.test(LifecycleState)) continue;
      counts[LaunchTemplate.Version] = (counts[LaunchTemplate.Version] ?? 0) + 1;
    }
    return counts;
  }

  async journal(): Promise<string | undefined> {
    const { Parameters } = await this.call('ssm', 'GetParameters', { Names: ['/bk-stack/ci/update'] });
    return Parameters[0]?.Value;
  }

  async update(asked: UpdateRequest): Promise<UpdateOutcome> {
    const request = await gatherUpdate(
      {
        param: asked.params,
        'keep-image': false,
        'keep-template': asked.keepTemplate ?? false,
        strategy: asked.strategy ?? 'rolling',
        'min-healthy': asked.minHealthy ?? 100,
        batch: asked.batch ?? 10,
        checkpoint: asked.checkpoint,
        'checkpoint-delay': 3_600,
        'drain-timeout': asked.drainSeconds ?? 14_400,
        'allow-replacement': asked.allowed,
      },
      () => Promise.resolve(''),
    );
    return updateStack(
      this.aws.context,
      'ci',
      { kind: 'update', request },
      {
        ...this.#watching(),
        style: { live: false, write: () => undefined, now: () => new Date() },
        say: () => undefined,
        preview: () => undefined,
        agreed: () => Promise.resolve(this.agrees),
        dryRun: false,
      },
    );
  }

  resume() {
    return resumeUpdate(this.aws.context, 'ci', this.#watching());
  }

  cancel() {
    return cancelUpdate(this.aws.context, 'ci', this.#watching());
  }

  #watching() {
    const quiet = { note: () => undefined, update: () => undefined, end: () => undefined };
    return {
      signal: new AbortController().signal,
      observer: {
        say: (line: string) => this.said.push(line),
        stack: () => Promise.resolve(quiet),
        rollout: () => undefined,
        draining: () => undefined,
        end: () => undefined,
      },
      begun: () => undefined,
    };
  }
}
