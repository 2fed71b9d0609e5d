import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { lostJobs, pushJob } from '../../src/sandbox/buildkite/jobs.ts';
import { queueMetrics } from '../../src/sandbox/buildkite/metrics.ts';
import { buildkiteState, type JobRecord } from '../../src/sandbox/buildkite/state.ts';
import { machinesOf } from '../../src/sandbox/machines/state.ts';
import { ec2State } from '../../src/sandbox/services/ec2/state/state.ts';
import { BootTimes } from '../../src/scaler/forecast/boot-times.ts';
import { Foresight } from '../../src/scaler/forecast/foresight.ts';
import { publishedHistory } from '../../src/scaler/forecast/history.ts';
import { Past } from '../../src/scaler/forecast/past.ts';
import { autoScalingGroup } from '../../src/scaler/group/group.ts';
import { type Poll } from '../../src/scaler/poll-result.ts';
import { type PollCalls, Scaler } from '../../src/scaler/poll.ts';
import type { Settings } from '../../src/scaler/settings.ts';
import { Fleet, HOST_PROGRAM, userData } from './fleet.ts';
import { scalerSettings } from './scaling.ts';

const QUEUE = 'deploy';
export const POLL_SECONDS = 10;
export const IDLE_SECONDS = 600;

/** A group of the sandbox's model with the hooks of the template, and the scaler looking at it as often as Lambda would. */
export class Cluster {
  readonly fleet: Fleet;
  scaler: Scaler;
  #settings: Settings;
  readonly #calls: PollCalls;
  #requests = 0;
  /** Requests to Auto Scaling at the look that made most of them. */
  mostRequests = 0;
  readonly polls: Poll[] = [];
  errors = 0;
  /** The share of looks at Buildkite, and of calls of Auto Scaling, that fail. */
  failing = 0;
  /** Operations of Auto Scaling that the function's role lacks. */
  readonly refusing = new Set<string>();
  /** When each instance that ever was had begun to launch, and when its agents came. */
  readonly launched = new Map<string, number>();
  readonly up = new Map<string, number>();
  /** How long instances whose boot failed have been there, in milliseconds. */
  readonly hung = new Map<string, number>();

  /** @param environment what the function's environment says otherwise than usual */
  constructor(
    private readonly agentsPerInstance: number,
    faults: readonly string[] = [],
    private readonly environment: Readonly<Record<string, string>> = {},
    /** What a forecast may cost a day; none without it. */
    private readonly idleHours?: number,
  ) {
    this.fleet = new Fleet(...faults);
    const { world, scope } = this.fleet;
    this.#settings = this.#settingsWith(environment);
    const flaky = () => {
      if (world.random() < this.failing) throw new Error('made to fail');
    };
    const client = {
      send: (command: { input: object; constructor: { name: string } }) => {
        flaky();
        this.#requests += 1;
        const operation = command.constructor.name.replace(/Command$/, '');
        if (this.refusing.has(operation)) throw new Error(`not authorized to perform ${operation}`);
        return this.fleet.autoscaling(operation, command.input);
      },
    } as unknown as AutoScalingClient;
    const boots = new BootTimes();
    this.#calls = {
      group: autoScalingGroup('agents', client),
      token: () => Promise.resolve('bkct_x'),
      queue: () => {
        flaky();
        const metrics = queueMetrics(buildkiteState(world), QUEUE);
        return Promise.resolve({ ...metrics, organization: 'sandbox', pollMs: POLL_SECONDS * 1000 });
      },
      forecast: this.#forecast(boots),
      boots,
      now: () => scope.world.now(),
    };
    this.scaler = new Scaler(this.#settings, this.#calls);
  }

  /** Lets the function forget everything, as a new process of Lambda does. */
  startCold(): void {
    this.scaler = new Scaler(this.#settings, this.#calls);
  }

  /** Gives the function another environment, and with it a new process. */
  configure(environment: Readonly<Record<string, string>>): void {
    this.#settings = this.#settingsWith({ ...this.environment, ...environment });
    this.startCold();
  }

  #settingsWith(environment: Readonly<Record<string, string>>): Settings {
    return scalerSettings({
      BUILDKITE_QUEUE: QUEUE,
      AGENTS_PER_INSTANCE: String(this.agentsPerInstance),
      ...environment,
    });
  }

  /** From the sandbox's own CloudWatch. */
  #forecast(boots: BootTimes): PollCalls['forecast'] {
    if (this.idleHours === undefined) return undefined;
    const { world, scope } = this.fleet;
    const { agentsPerInstance, idleHours } = this;
    const foresight = new Foresight({ agentsPerInstance, idleHours }, boots);
    const history = publishedHistory('ci', QUEUE, {
      send: (command: { input: object }) => world.call(scope, 'cloudwatch', 'GetMetricData', command.input),
    } as never);
    return { foresight, past: new Past(foresight, history) };
  }

  async set(settings: object = {}, data: object = {}): Promise<void> {
    const script = userData(
      `export BUILDKITE_QUEUE="${QUEUE}"`,
      'export BUILDKITE_AGENT_TOKEN="bkct_x"',
      'export BUILDKITE_AGENT_TAGS="os=linux"',
      `export BUILDKITE_AGENTS_PER_INSTANCE="${this.agentsPerInstance}"`,
      `export BUILDKITE_SCALE_IN_IDLE_PERIOD="${IDLE_SECONDS}"`,
      HOST_PROGRAM,
    );
    await this.fleet.group({ MaxSize: 200, ...settings }, { UserData: script, ...data });
    const hook = (
      LifecycleHookName: string,
      transition: string,
      DefaultResult: string,
      HeartbeatTimeout: number,
    ) =>
      this.fleet.on('PutLifecycleHook', {
        ...{ LifecycleHookName, DefaultResult, HeartbeatTimeout },
        LifecycleTransition: `autoscaling:EC2_INSTANCE_${transition}`,
      });
    await hook('bk-stack-launching', 'LAUNCHING', 'ABANDON', 780);
    await hook('bk-stack-terminating', 'TERMINATING', 'CONTINUE', 900);
  }

  push(count: number, seconds: number): JobRecord[] {
    return Array.from({ length: count }, () => pushJob(this.fleet.world, { queue: QUEUE, seconds }));
  }

  /** Lets time pass, a second at a time, with a look every ten. */
  async run(
    seconds: number,
    each: (second: number) => void | Promise<void> = () => undefined,
  ): Promise<void> {
    const { world, scope } = this.fleet;
    for (let second = 0; second < seconds; second++) {
      if (second % POLL_SECONDS === 0) {
        this.#requests = 0;
        await this.scaler.poll().then(
          (poll) => this.polls.push(poll),
          () => (this.errors += 1),
        );
        this.mostRequests = Math.max(this.mostRequests, this.#requests);
      }
      await each(second);
      await this.fleet.pass(1);
      for (const { instanceId, phase } of Object.values(machinesOf(scope))) {
        if (!this.launched.has(instanceId)) this.launched.set(instanceId, world.now());
        if (phase === 'up' && !this.up.has(instanceId)) this.up.set(instanceId, world.now());
        if (phase === 'failed' && ec2State(scope).instances[instanceId]?.state === 'running') {
          this.hung.set(instanceId, world.now() - (this.launched.get(instanceId) ?? 0));
        }
      }
    }
  }

  get lost(): JobRecord[] {
    return lostJobs(this.fleet.world);
  }

  async size(): Promise<{ desired: number; instances: number }> {
    const { DesiredCapacity, Instances } = await this.fleet.described();
    return { desired: DesiredCapacity, instances: Instances.length };
  }
}
