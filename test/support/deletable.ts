import { queueMetrics } from '../../src/sandbox/buildkite/metrics.ts';
import { buildkiteState } from '../../src/sandbox/buildkite/state.ts';
import {
  deleteStack,
  type DeletionResult,
  type DeletionRequest,
  planDeletion,
  surveyForDeletion,
} from '../../src/stack/deletion/index.ts';
import type { StackEvent } from '../../src/stack/events/event.ts';
import { AL2023, type Answer, HOST_PROGRAM } from './fleet.ts';
import { UpdatableStack } from './updatable.ts';

const QUEUE = 'q';
export const TOKEN = '/bk-stack/ci/agent-token';

/** The parts of bk-stack's template that a deletion has to do with, and a resource that can be made to fail. */
export const TEMPLATE = JSON.stringify({
  Parameters: {
    MinSize: { Type: 'Number', Default: 0 },
    MaxSize: { Type: 'Number', Default: 100 },
    AgentsPerInstance: { Type: 'Number', Default: 1 },
    WarmPoolSize: { Type: 'Number', Default: 0 },
    InstanceScaleInProtection: { Type: 'String', Default: 'true' },
    /** `resources` as bk-stack's template has them, `inside` the group under another name, `none`. */
    Hooks: { Type: 'String', Default: 'resources' },
    /** What the instances run at their boot. */
    Program: { Type: 'String', Default: HOST_PROGRAM },
    Remark: { Type: 'String', Default: 'none' },
    BuildkiteQueue: { Type: 'String', Default: QUEUE },
    BuildkiteAgentTokenParameterStorePath: { Type: 'String', Default: TOKEN },
  },
  Conditions: {
    HooksOutside: { 'Fn::Equals': [{ Ref: 'Hooks' }, 'resources'] },
    HookInside: { 'Fn::Equals': [{ Ref: 'Hooks' }, 'inside'] },
    Warm: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'WarmPoolSize' }, '0'] }] },
  },
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
                // Longer than CloudFormation waits for a group: an idle instance would lift its protection by itself.
                'export BUILDKITE_SCALE_IN_IDLE_PERIOD="7200"',
                '${Program}',
              ].join('\n'),
            },
          },
        },
      },
    },
    Group: {
      Type: 'AWS::AutoScaling::AutoScalingGroup',
      Properties: {
        MinSize: { Ref: 'MinSize' },
        MaxSize: { Ref: 'MaxSize' },
        AvailabilityZones: { 'Fn::GetAZs': '' },
        NewInstancesProtectedFromScaleIn: { Ref: 'InstanceScaleInProtection' },
        LaunchTemplate: {
          LaunchTemplateId: { Ref: 'LaunchTemplate' },
          Version: { 'Fn::GetAtt': ['LaunchTemplate', 'LatestVersionNumber'] },
        },
        LifecycleHookSpecificationList: {
          'Fn::If': [
            'HookInside',
            [
              {
                LifecycleHookName: 'instance-terminating',
                LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
                HeartbeatTimeout: 3600,
                DefaultResult: 'CONTINUE',
              },
            ],
            { Ref: 'AWS::NoValue' },
          ],
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
    // Later than the group, and refused when its value is empty.
    Last: {
      Type: 'AWS::SSM::Parameter',
      DependsOn: ['Group'],
      Properties: { Name: '/remark', Type: 'String', Value: { Ref: 'Remark' } },
    },
  },
  Outputs: { AutoScalingGroupName: { Value: { Ref: 'Group' } } },
});

function hook(name: string, transition: string, DefaultResult: string, HeartbeatTimeout: number): object {
  return {
    Type: 'AWS::AutoScaling::LifecycleHook',
    Condition: 'HooksOutside',
    Properties: {
      AutoScalingGroupName: { Ref: 'Group' },
      LifecycleHookName: name,
      LifecycleTransition: `autoscaling:EC2_INSTANCE_${transition}`,
      HeartbeatTimeout,
      DefaultResult,
    },
  };
}

/** What is asked for in a test that asks for nothing. */
export const DEFAULT_REQUEST: DeletionRequest = {
  deleteSecrets: false,
  retain: [],
  disableTerminationProtection: false,
  force: false,
};

/** A stack in a world of its own, its scaler and jobs, and the product's own code that deletes it. */
export class DeletableStack extends UpdatableStack {
  /** What CloudFormation was seen to do. */
  readonly seen: StackEvent[] = [];
  readonly #fetch = globalThis.fetch;

  constructor(random: () => number = () => 0.5) {
    super(random, TEMPLATE);
    this.watchesFewest = false;
    this.aws.agentEndpoint = 'http://buildkite.invalid';
    globalThis.fetch = () =>
      Promise.resolve(
        Response.json({
          ...queueMetrics(buildkiteState(this.world), QUEUE),
        }),
      );
  }

  /** Gives the process what it had. */
  dispose(): void {
    globalThis.fetch = this.#fetch;
  }

  /** With its agent token, and without jobs yet. */
  async start(params: Record<string, string>): Promise<void> {
    await this.call('ssm', 'PutParameter', { Name: TOKEN, Type: 'SecureString', Value: 'bkct_x' });
    await this.create(params);
  }

  async delete(wishes: Partial<DeletionRequest> = {}, drainSeconds = 14_400): Promise<DeletionResult> {
    const plan = planDeletion(await surveyForDeletion(this.aws.context, 'ci'), {
      ...DEFAULT_REQUEST,
      ...wishes,
    });
    return deleteStack(this.aws.context, plan, { ...this.watching(), drainSeconds });
  }

  /** Everything that is said goes into `said`. */
  watching(signal = new AbortController().signal) {
    const note = (line: string) => {
      this.said.push(line);
    };
    return {
      signal,
      observer: () =>
        Promise.resolve({
          note,
          update: (events: readonly StackEvent[]) => {
            this.seen.push(...events);
          },
          end: () => undefined,
        }),
      draining: ({ instances }: { readonly instances: number }) => {
        note(`${instances} left`);
      },
    };
  }

  /** As from the console. */
  async deleteByHand(): Promise<void> {
    await this.call('cloudformation', 'DeleteStack', { StackName: 'ci' });
  }

  /** The newest stack of the name, also where it is gone. */
  async status(): Promise<string> {
    const { StackSummaries } = await this.call('cloudformation', 'ListStacks');
    return StackSummaries[0].StackStatus;
  }

  /** Instances that are not gone, of the group or not. */
  async instances(): Promise<number> {
    const { Reservations } = await this.call('ec2', 'DescribeInstances');
    return Reservations.flatMap(({ Instances }: Answer) => Instances).filter(
      ({ State }: Answer) => State.Name !== 'terminated',
    ).length;
  }

  async tokens(): Promise<number> {
    return (await this.call('ssm', 'GetParameters', { Names: [TOKEN] })).Parameters.length;
  }

  get running(): number {
    return queueMetrics(buildkiteState(this.world), QUEUE).jobs.running;
  }

  /** Seconds since 1970. */
  get now(): number {
    return this.world.now() / 1000;
  }
}
