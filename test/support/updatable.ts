import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { lostJobs, pushJob } from '../../src/sandbox/buildkite/jobs.ts';
import { queueMetrics } from '../../src/sandbox/buildkite/metrics.ts';
import { buildkiteState } from '../../src/sandbox/buildkite/state.ts';
import { parseFault, setFaults } from '../../src/sandbox/faults/index.ts';
import type { Scope } from '../../src/sandbox/kernel/service.ts';
import { services } from '../../src/sandbox/services/index.ts';
import { autoScalingGroup } from '../../src/scaler/group/group.ts';
import { Scaler } from '../../src/scaler/poll.ts';
import {
  cancelUpdate,
  gatherUpdate,
  resumeUpdate,
  updateStack,
  type UpdateOutcome,
} from '../../src/stack/update/index.ts';
import { AL2023, type Answer, HOST_PROGRAM } from './fleet.ts';
import { scalerSettings } from './scaling.ts';
import { WorldAws } from './world-aws.ts';
import { TestWorld } from './world.ts';

const QUEUE = 'q';
const POLL_SECONDS = 10;

/** The parts of bk-stack's template that an update of instances has to do with, and a resource that can be made to fail. */
const TEMPLATE = JSON.stringify({
  Parameters: {
    MinSize: { Type: 'Number', Default: 0 },
    MaxSize: { Type: 'Number', Default: 100 },
    AgentsPerInstance: { Type: 'Number', Default: 4 },
    InstanceBuffer: { Type: 'Number', Default: 0 },
    Remark: { Type: 'String', Default: 'none' },
    WarmPoolSize: { Type: 'Number', Default: 0 },
    InstanceScaleInProtection: { Type: 'String', Default: 'false' },
    DisableScaleIn: { Type: 'String', Default: 'true' },
  },
  Conditions: { Warm: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'WarmPoolSize' }, '0'] }] } },
  Resources: {
    LaunchTemplate: {
      Type: 'AWS::EC2::LaunchTemplate',
      Properties: {
        LaunchTemplateData: {
          ImageId: AL2023,
          InstanceType: 't3.large',
          UserData: {
            'Fn::Base64': {
              'Fn::Sub': [
                '#!/bin/bash',
                `export BUILDKITE_QUEUE="${QUEUE}"`,
                'export BUILDKITE_AGENT_TOKEN="bkct_x"',
                'export BUILDKITE_AGENTS_PER_INSTANCE="${AgentsPerInstance}"',
                'export BUILDKITE_SCALE_IN_IDLE_PERIOD="600"',
                'export BK_STACK_LOG_GROUP_PREFIX="/buildkite/${AWS::StackName}"',
                HOST_PROGRAM,
              ].join('\n'),
            },
          },
        },
      },
    },
    Group: {
      Type: 'AWS::AutoScaling::AutoScalingGroup',
      UpdatePolicy: { AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: true } },
      Properties: {
        MinSize: { Ref: 'MinSize' },
        MaxSize: { Ref: 'MaxSize' },
        AvailabilityZones: { 'Fn::GetAZs': '' },
        NewInstancesProtectedFromScaleIn: { Ref: 'InstanceScaleInProtection' },
        LaunchTemplate: {
          LaunchTemplateId: { Ref: 'LaunchTemplate' },
          Version: { 'Fn::GetAtt': ['LaunchTemplate', 'LatestVersionNumber'] },
        },
      },
    },
    Launching: hook('bk-stack-launching', 'LAUNCHING', 'ABANDON', 780),
    Terminating: hook('bk-stack-terminating', 'TERMINATING', 'CONTINUE', 900),
    WarmPool: {
      Type: 'AWS::AutoScaling::WarmPool',
      Condition: 'Warm',
      DependsOn: ['Launching', 'Terminating'],
      Properties: {
        AutoScalingGroupName: { Ref: 'Group' },
        MinSize: { Ref: 'WarmPoolSize' },
        MaxGroupPreparedCapacity: { Ref: 'WarmPoolSize' },
        PoolState: 'Stopped',
      },
    },
    // After the group, so that an update that fails here has changed it already.
    Last: {
      Type: 'AWS::SSM::Parameter',
      DependsOn: ['Launching', 'Terminating'],
      Properties: { Name: '/remark', Type: 'String', Value: { Ref: 'Remark' } },
    },
  },
  Outputs: { AutoScalingGroupName: { Value: { Ref: 'Group' } } },
});

function hook(name: string, transition: string, DefaultResult: string, HeartbeatTimeout: number): object {
  return {
    Type: 'AWS::AutoScaling::LifecycleHook',
    Properties: {
      AutoScalingGroupName: { Ref: 'Group' },
      LifecycleHookName: name,
      LifecycleTransition: `autoscaling:EC2_INSTANCE_${transition}`,
      HeartbeatTimeout,
      DefaultResult,
    },
  };
}

/** The processes that are suspended, without the one that the scaler suspends for good. */
export const halted = (suspended: readonly Answer[]): string[] =>
  suspended.map(({ ProcessName }) => ProcessName).filter((name) => name !== 'AZRebalance');

/** The template with a group that is replaced: its hooks are its own, as CloudFormation replaces no resource with a custom name. */
function replacing(text: string): string {
  const template = JSON.parse(text) as Answer;
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
        } as unknown as AutoScalingClient),
        token: () => Promise.resolve('bkct_x'),
        queue: () =>
          Promise.resolve({
            ...queueMetrics(buildkiteState(this.world), QUEUE),
            organization: 'sandbox',
            pollMs: POLL_SECONDS * 1000,
          }),
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

  async update(request: UpdateRequest): Promise<UpdateOutcome> {
    const order = await gatherUpdate(
      {
        param: request.params,
        'keep-template': request.keepTemplate ?? false,
        strategy: request.strategy ?? 'rolling',
        'min-healthy': request.minHealthy ?? 100,
        batch: request.batch ?? 10,
        checkpoint: request.checkpoint,
        'checkpoint-delay': 3_600,
        'drain-timeout': request.drainSeconds ?? 14_400,
        'allow-replacement': request.allowed,
      },
      () => Promise.resolve(''),
    );
    return updateStack(
      this.aws.context,
      'ci',
      { kind: 'order', order },
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
        standing: () => undefined,
        draining: () => undefined,
        end: () => undefined,
      },
      begun: () => undefined,
    };
  }
}
