import { expect } from 'chai';
import { agentsOfInstance, disconnectAgent, registerAgent } from '../../src/sandbox/buildkite/agents.ts';
import { pushJob } from '../../src/sandbox/buildkite/jobs.ts';
import { buildkiteState, type JobRecord } from '../../src/sandbox/buildkite/state.ts';
import { machinesOf } from '../../src/sandbox/machines/state.ts';
import { interruptInstance } from '../../src/sandbox/services/ec2/compute/lifecycle.ts';
import { Cluster, IDLE_SECONDS, POLL_SECONDS } from '../support/cluster.ts';

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

  it('replaces one dead instance of ten while the others have their agents', async () => {
    const cluster = new Cluster(1);
    await cluster.set({ MinSize: 10 });
    await cluster.run(300);
    const { world } = cluster.fleet;
    const [dead] = cluster.up.keys();
    for (const agent of agentsOfInstance(world, dead!)) disconnectAgent(world, agent);
    const agents = () => Object.keys(buildkiteState(world).agents).length;
    expect(agents()).to.equal(9);
    await cluster.run(1000);
    expect(agents()).to.equal(10);
    expect(agentsOfInstance(world, dead!)).to.eql([]);
    expect(cluster.launched.size).to.equal(11);
    expect(await cluster.size()).to.eql({ desired: 10, instances: 10 });
  });

  it('keeps its size under a steady load', async () => {
    const cluster = new Cluster(2);
    await cluster.set();
    // Ten jobs of a minute each, always.
    await cluster.run(600, () => {
      cluster.push(10 - Object.keys(buildkiteState(cluster.fleet.world).jobs).length, 60);
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
    await cluster.run(POLL_SECONDS);
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
    // The launching hook gives up a boot that hangs, another instance comes in its place, and is idle before it ends.
    await cluster.run(780 + IDLE_SECONDS + 420);
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

  /** One that is no instance of the group's. */
  const foreignAgent = ({ fleet: { world } }: Cluster) =>
    registerAgent(world, {
      ...{ name: 'windows', tags: ['queue=deploy', 'os=windows'], hostname: 'elsewhere', modelled: true },
    });
  const launchedBy = async ({ fleet }: Cluster) =>
    (await fleet.activities()).filter(({ Description }) => /^Launching/.test(Description as string)).length;

  it('runs a job that only its own instances may run, though agents of others are idle', async () => {
    const cluster = new Cluster(1);
    await cluster.set();
    for (let agent = 0; agent < 4; agent++) foreignAgent(cluster);
    const job = pushJob(cluster.fleet.world, {
      ...{ queue: 'deploy', seconds: 60, agentQueryRules: ['os=linux'] },
    });
    await cluster.run(120);
    expect((await cluster.size()).desired).to.equal(1);
    await cluster.run(180);
    expect(job.state).to.equal('finished');
    expect(await launchedBy(cluster)).to.equal(1);
    expect((await cluster.fleet.described()).Tags).to.deep.include({
      ...{ Key: 'bk-stack:stuck', Value: 'none', PropagateAtLaunch: false },
      ...{ ResourceId: 'agents', ResourceType: 'auto-scaling-group' },
    });
  });

  it('tries a job that nobody may run now and then, cold or not, and keeps to that', async () => {
    const cluster = new Cluster(1);
    await cluster.set();
    pushJob(cluster.fleet.world, { queue: 'deploy', agentQueryRules: ['os=plan9'] });
    await cluster.run(3600, (second) => {
      if (second % 600 === 599) cluster.startCold();
    });
    // One for the job; attempts after 0, 2, 6 and then every 5½ minutes.
    expect(await launchedBy(cluster)).to.be.within(9, 13);
    expect(cluster.mostRequests).to.be.at.most(3);
  });

  it('keeps its buffer, however long it is idle, and gives the minimum back when none is wanted', async () => {
    const cluster = new Cluster(1, [], { INSTANCE_BUFFER: '2' });
    await cluster.set();
    await cluster.run(300);
    let missing = 0;
    await cluster.run(7200, (second) => {
      if (second % 600 === 300) cluster.push(1, 120);
      if (second % 10 !== 9) return;
      const { agents } = cluster.polls.at(-1)?.observation ?? { agents: { idle: 0 } };
      if (agents.idle < 2) missing += 10;
    });
    await cluster.run(IDLE_SECONDS + 600);
    expect(await cluster.size()).to.eql({ desired: 2, instances: 2 });
    // The first job is what a third is for; jobs that come every ten minutes then find it, or one that comes for it.
    expect(await launchedBy(cluster)).to.be.at.most(2 + 12);
    expect(missing / 7200, 'share of time without a buffer').to.be.below(0.2);
    const { MinSize, Tags } = await cluster.fleet.described();
    expect(MinSize).to.equal(2);
    expect(Tags).to.deep.include({
      ...{ Key: 'bk-stack:held', Value: '0/3/2', PropagateAtLaunch: false },
      ...{ ResourceId: 'agents', ResourceType: 'auto-scaling-group' },
    });
    cluster.configure({ INSTANCE_BUFFER: '0' });
    await cluster.run(IDLE_SECONDS + 200);
    expect(await cluster.size()).to.eql({ desired: 0, instances: 0 });
    expect((await cluster.fleet.described()).MinSize).to.equal(0);
  });

  it('boots the two instances of a buffer once in six hours without jobs', async () => {
    const cluster = new Cluster(1, [], { INSTANCE_BUFFER: '2' });
    await cluster.set();
    await cluster.run(6 * 3600);
    expect(await launchedBy(cluster)).to.equal(2);
  });
});
