import { expect } from 'chai';
import type { JobRecord } from '../../../src/sandbox/buildkite/state.ts';
import { Cluster, IDLE_SECONDS } from '../../support/cluster.ts';

const MINUTE = 60_000;
const WEEK = 7 * 24 * 60 * MINUTE;
const JOBS = 24;
const AGENTS = 4;
const INSTANCES = JOBS / AGENTS;
const LEARNING_SECONDS = 1500;

/** The sandbox's groups, hosts, CloudWatch and clock under the scaler's own code. */
describe('a cluster whose scaler forecasts', function () {
  this.timeout(120_000);
  let cluster: Cluster;
  let rush = 0;

  beforeEach(async () => {
    cluster = new Cluster(AGENTS, [], {}, 20);
    await cluster.set();
    const { world, scope } = cluster.fleet;
    rush = Math.ceil(world.now() / MINUTE) * MINUTE + LEARNING_SECONDS * 1000;
    const minutes = Array.from({ length: 60 }, (_, index) => (index - 20) * MINUTE);
    await world.call(scope, 'cloudwatch', 'PutMetricData', {
      Namespace: 'Buildkite',
      MetricData: [rush - WEEK, rush - 2 * WEEK].flatMap((before) =>
        minutes.map((minute) => ({
          MetricName: minute < 2 * MINUTE ? 'ScheduledJobsCount' : 'RunningJobsCount',
          Dimensions: ['StackName', 'Queue'].map((Name) => ({
            Name,
            Value: Name === 'Queue' ? 'deploy' : 'ci',
          })),
          Timestamp: new Date(before + minute),
          Value: minute >= 0 && minute < 8 * MINUTE ? JOBS : 0,
        })),
      ),
    });
  });

  const until = (time: number) => cluster.run(Math.round((time - cluster.fleet.world.now()) / 1000));
  const most = () => Math.max(...cluster.polls.map(({ decision }) => decision.desired));

  it('has instances up when the usual jobs come, which then wait for nothing', async () => {
    await until(rush - 8 * MINUTE);
    expect(await cluster.size(), 'long before').to.eql({ desired: 0, instances: 0 });
    await until(rush);
    const jobs: JobRecord[] = cluster.push(JOBS, 300);
    await cluster.run(30);
    for (const { startedAt = Infinity } of jobs) expect(startedAt - rush).to.be.below(15_000);
    expect(cluster.launched.size).to.equal(INSTANCES);
    await cluster.run(300 + IDLE_SECONDS + 300);
    expect(await cluster.size()).to.eql({ desired: 0, instances: 0 });
    expect(cluster.launched.size, 'none was started for the forecast again').to.equal(INSTANCES);
    expect(cluster.lost).to.eql([]);
    expect(cluster.errors).to.equal(0);
  });

  it('does without jobs that do not come: instances end once, and the group is as it was', async () => {
    await until(rush + 30 * MINUTE);
    expect(most()).to.equal(INSTANCES);
    expect(cluster.launched.size).to.equal(INSTANCES);
    expect(await cluster.size()).to.eql({ desired: 0, instances: 0 });
    expect((await cluster.fleet.described()).MinSize).to.equal(0);
  });
});
