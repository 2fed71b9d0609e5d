import { expect } from 'chai';
import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { lostJobs, pushJob } from '../../src/sandbox/buildkite/jobs.ts';
import { queueMetrics } from '../../src/sandbox/buildkite/metrics.ts';
import { buildkiteState, type JobRecord } from '../../src/sandbox/buildkite/state.ts';
import { machinesOf } from '../../src/sandbox/machines/state.ts';
import { interruptInstance } from '../../src/sandbox/services/ec2/compute/lifecycle.ts';
import { ec2State } from '../../src/sandbox/services/ec2/state.ts';
import { autoScalingGroup } from '../../src/scaler/group.ts';
import { type Poll, Scaler } from '../../src/scaler/poll.ts';
import { settingsOf } from '../../src/scaler/settings.ts';
import { Fleet, userData } from '../support/fleet.ts';

const QUEUE = 'deploy';
const POLL_SECONDS = 10;
const IDLE_SECONDS = 600;

/** A group of the sandbox's model with the hooks of the template, and the scaler looking at it as often as Lambda would. */
class Cluster {
  readonly fleet: Fleet;
  readonly scaler: Scaler;
  readonly polls: Poll[] = [];
  errors = 0;
  /** The share of looks at Buildkite, and of calls of Auto Scaling, that fail. */
  failing = 0;
  /** When each instance that ever was had begun to launch, and when its agents came. */
  readonly launched = new Map<string, number>();
  readonly up = new Map<string, number>();
  /** How long instances whose boot failed have been there, in milliseconds. */
  readonly hung = new Map<string, number>();

  constructor(
    private readonly agentsPerInstance: number,
    faults: readonly string[] = [],
  ) {
    this.fleet = new Fleet(...faults);
    const { world, scope } = this.fleet;
    const settings = settingsOf({
      ...{
        STACK_NAME: 'ci',
        ASG_NAME: 'agents',
        BUILDKITE_QUEUE: QUEUE,
        BUILDKITE_AGENT_ENDPOINT: 'http://x',
      },
      ...{ BUILDKITE_AGENT_TOKEN_SSM_KEY: '/token', AGENTS_PER_INSTANCE: String(agentsPerInstance) },
      ...{
        INSTANCE_BUFFER: '0',
        SCALE_OUT_FACTOR: '1.0',
        INCLUDE_WAITING: 'false',
        DISABLE_SCALE_IN: 'true',
      },
      ...{ SCALE_OUT_COOLDOWN_PERIOD: '0', SCALE_IN_COOLDOWN_PERIOD: '300', MIN_POLL_INTERVAL: '10s' },
    });
    const flaky = () => {
      if (world.random() < this.failing) throw new Error('made to fail');
    };
    const client = {
      send: (command: { input: object; constructor: { name: string } }) => {
        flaky();
        return this.fleet.autoscaling(command.constructor.name.replace(/Command$/, ''), command.input);
      },
    } as unknown as AutoScalingClient;
    this.scaler = new Scaler(settings, {
      group: autoScalingGroup('agents', client),
      token: () => Promise.resolve('bkct_x'),
      queue: () => {
        flaky();
        const metrics = queueMetrics(buildkiteState(world), QUEUE);
        return Promise.resolve({ ...metrics, organization: 'sandbox', pollMs: POLL_SECONDS * 1000 });
      },
      now: () => scope.world.now(),
    });
  }

  async set(settings: object = {}, data: object = {}): Promise<void> {
    const script = userData(
      `export BUILDKITE_QUEUE="${QUEUE}"`,
      'export BUILDKITE_AGENT_TOKEN="bkct_x"',
      `export BUILDKITE_AGENTS_PER_INSTANCE="${this.agentsPerInstance}"`,
      `export BUILDKITE_SCALE_IN_IDLE_PERIOD="${IDLE_SECONDS}"`,
    );
    await this.fleet.group(
      { MaxSize: 200, NewInstancesProtectedFromScaleIn: true, ...settings },
      { UserData: script, ...data },
    );
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
        await this.scaler.poll().then(
          (poll) => this.polls.push(poll),
          () => (this.errors += 1),
        );
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

const unfinished = (jobs: readonly JobRecord[]) => jobs.filter(({ state }) => state !== 'finished');

describe('a cluster with its scaler', function () {
  this.timeout(120_000);

  for (const agentsPerInstance of [1, 4, 10]) {
    it(`runs 75 jobs at once from nothing, with ${agentsPerInstance} agents an instance, and goes back to nothing`, async () => {
      const cluster = new Cluster(agentsPerInstance);
      await cluster.set();
      await cluster.run(35);
      const pushed = cluster.fleet.world.now();
      const jobs = cluster.push(75, 120);
      await cluster.run(300);
      expect(unfinished(jobs)).to.eql([]);
      expect(cluster.launched.size, 'no instance too many').to.equal(Math.ceil(75 / agentsPerInstance));
      // An instance launches about ten seconds before its machine has power, which is when this test sees it first.
      const boots = [...cluster.up].map(([id, at]) => at - (cluster.launched.get(id) ?? at) + 15_000);
      const waits = jobs.map(({ startedAt = Infinity }) => startedAt - pushed);
      expect(Math.max(...waits)).to.be.at.most(Math.max(...boots) + POLL_SECONDS * 1000 + 5_000);
      await cluster.run(IDLE_SECONDS + 200);
      expect(await cluster.size()).to.eql({ desired: 0, instances: 0 });
      expect(cluster.lost).to.eql([]);
      expect(cluster.errors).to.equal(0);
    });
  }

  it('keeps its size under a steady load', async () => {
    const cluster = new Cluster(2);
    await cluster.set();
    // Ten jobs of a minute each, always.
    await cluster.run(600, () => {
      const open = Object.values(buildkiteState(cluster.fleet.world).jobs).filter(
        ({ state }) => state !== 'finished',
      );
      cluster.push(10 - open.length, 60);
    });
    const sizes = cluster.polls.slice(20).map(({ decision }) => decision.desired);
    expect(new Set(sizes)).to.eql(new Set([5]));
    expect(cluster.lost).to.eql([]);
  });

  it('changes nothing while it cannot see', async () => {
    const cluster = new Cluster(1);
    await cluster.set();
    const jobs = cluster.push(5, 400);
    await cluster.run(150);
    const before = await cluster.size();
    cluster.failing = 1;
    await cluster.run(200);
    expect(await cluster.size()).to.eql(before);
    expect(cluster.errors).to.be.greaterThan(10);
    cluster.failing = 0;
    await cluster.run(300);
    expect(unfinished(jobs)).to.eql([]);
  });

  it('comes through failing metrics, throttling, boots that hang and a storm of spot interruptions', async () => {
    const cluster = new Cluster(2, ['boot=0.1']);
    await cluster.set({}, { InstanceMarketOptions: { MarketType: 'spot' } });
    cluster.failing = 0.3;
    const { world, scope } = cluster.fleet;
    const jobs: JobRecord[] = [];
    await cluster.run(3600, (second) => {
      if (second % 300 === 0) jobs.push(...cluster.push(30, 45));
      // Every ten minutes a quarter of what runs is taken back.
      if (second % 600 !== 400) return;
      for (const instanceId of Object.keys(machinesOf(scope))) {
        if (world.random() < 0.25) interruptInstance(scope, instanceId, 120);
      }
    });
    cluster.failing = 0;
    await cluster.run(1200);
    expect(jobs).to.have.length(360);
    expect(unfinished(jobs), 'all jobs have run').to.eql([]);
    // Jobs of 45 seconds end within the two minutes that EC2 gives.
    expect(cluster.lost).to.eql([]);
    expect(jobs.filter(({ exitStatus }) => exitStatus !== '0')).to.eql([]);
    expect(await cluster.size()).to.eql({ desired: 0, instances: 0 });
    expect(cluster.hung.size, 'some did hang').to.be.greaterThan(2);
    expect(Math.max(...cluster.hung.values()), 'and none for longer than a quarter of an hour').to.be.below(
      900_000,
    );
  });

  it('tells of launches that fail, once', async () => {
    const cluster = new Cluster(1, ['capacity:*']);
    await cluster.set();
    cluster.push(3, 60);
    await cluster.run(120);
    const failures = cluster.polls.flatMap((poll) => poll.failures);
    expect(failures.length).to.be.greaterThan(0);
    expect(failures[0]?.message).to.match(/capacity/i);
    expect(new Set(failures.map(({ id }) => id)).size).to.equal(failures.length);
    expect((await cluster.size()).desired).to.equal(3);
  });
});
