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
import { type Answer, HOST_PROGRAM } from './fleet.ts';
import { instanceTemplate, QUEUE } from './instance-template.ts';
import { UpdatableStack } from './updatable.ts';

export const TOKEN = '/bk-stack/ci/agent-token';

/** A template whose hooks are resources, inside of the group or missing, and whose instances stay protected for hours. */
export const TEMPLATE = instanceTemplate({
  parameters: {
    MinSize: 0,
    MaxSize: 100,
    AgentsPerInstance: 1,
    WarmPoolSize: 0,
    InstanceScaleInProtection: 'true',
    /** `resources` as bk-stack's template has them, `inside` the group under another name, `none`. */
    Hooks: 'resources',
    /** What the instances run at their boot. */
    Program: HOST_PROGRAM,
    Remark: 'none',
    BuildkiteQueue: QUEUE,
    BuildkiteAgentTokenParameterStorePath: TOKEN,
  },
  conditions: {
    HooksOutside: { 'Fn::Equals': [{ Ref: 'Hooks' }, 'resources'] },
    HookInside: { 'Fn::Equals': [{ Ref: 'Hooks' }, 'inside'] },
  },
  userData: [
    // Longer than CloudFormation waits for a group: an idle instance would lift its protection by itself.
    'export BUILDKITE_SCALE_IN_IDLE_PERIOD="7200"',
    '${Program}',
  ],
  groupProperties: {
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
  hooks: { Condition: 'HooksOutside' },
  // Later than the group.
  last: ['Group'],
});

/** As former versions had it: CloudFormation deletes the hooks before the group. */
export const FORMER_TEMPLATE = TEMPLATE.replaceAll(
  ',"DeletionPolicy":"Retain","UpdateReplacePolicy":"Retain"',
  '',
);

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

  constructor(random: () => number = () => 0.5, template = TEMPLATE) {
    super(random, template);
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
