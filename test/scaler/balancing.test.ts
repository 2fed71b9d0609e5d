import { expect } from 'chai';
import { balancingLines } from '../../src/scaler/report.ts';
import { seeded } from '../../src/simulate/engine/random.ts';
import { Cluster } from '../support/cluster.ts';
import type { Answer } from '../support/fleet.ts';

const suspended = async (cluster: Cluster): Promise<string[]> =>
  (await cluster.fleet.described()).SuspendedProcesses.map(({ ProcessName }: Answer) => ProcessName);
/** What the looks so far say of it. */
const said = (cluster: Cluster) => cluster.polls.flatMap((poll) => balancingLines(poll));

describe('balancing the zones', function () {
  this.timeout(120_000);

  /** Seven hours of jobs that come at random, a quarter of an hour each on average, over three zones. */
  async function day(cluster: Cluster): Promise<{ launched: number; forBalance: number }> {
    const random = seeded(7);
    await cluster.set();
    await cluster.run(8 * 3_600, (second) => {
      if (second < 7 * 3_600 && random() < 1 / 150) cluster.push(1, 10 - 900 * Math.log(1 - random()));
    });
    expect(cluster.lost).to.eql([]);
    const activities = await cluster.fleet.activities();
    const forBalance = activities.filter(({ Cause }: Answer) => /balancing/.test(Cause)).length;
    return { launched: cluster.launched.size, forBalance };
  }

  it('is suspended, as it would replace instances that are in service', async () => {
    const cluster = new Cluster(1);
    const { launched, forBalance } = await day(cluster);
    expect(forBalance).to.equal(0);
    expect(await suspended(cluster)).to.eql(['AZRebalance']);
    expect(cluster.mostRequests).to.be.at.most(3);

    const balanced = new Cluster(1);
    balanced.refusing.add('SuspendProcesses');
    const churn = await day(balanced);
    expect(churn.forBalance).to.be.greaterThan(10);
    expect(churn.launched).to.be.greaterThan(launched);
  });

  it('is suspended once, and again where somebody resumes it', async () => {
    const cluster = new Cluster(1);
    await cluster.set();
    await cluster.run(100);
    expect(said(cluster).map(({ event }) => event)).to.eql(['suspended']);
    await cluster.fleet.on('ResumeProcesses');
    await cluster.run(300);
    expect(said(cluster)).to.have.length(2);
    expect(await suspended(cluster)).to.eql(['AZRebalance']);
  });

  it('is left alone in a group that is paused', async () => {
    const cluster = new Cluster(1);
    await cluster.set({ Tags: [{ Key: 'bk-stack:paused', Value: 'by hand' }] });
    await cluster.run(100);
    expect(await suspended(cluster)).to.eql([]);
  });

  it('goes on where that is refused, which is said now and then and changes nothing else', async () => {
    const cluster = new Cluster(1);
    cluster.refusing.add('SuspendProcesses');
    await cluster.set();
    cluster.push(3, 60);
    await cluster.run(620);
    expect(said(cluster)).to.have.length(3);
    expect(said(cluster)[0]).to.include({ event: 'suspend-failed', error: 'Error' });
    expect(cluster.errors).to.equal(0);
    expect(cluster.launched.size).to.equal(3);
  });
});
