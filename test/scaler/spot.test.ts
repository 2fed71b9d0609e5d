import { expect } from 'chai';
import type { JobRecord } from '../../src/sandbox/buildkite/state.ts';
import { parseFault, setFaults } from '../../src/sandbox/faults/index.ts';
import { groupsOf } from '../../src/sandbox/services/autoscaling/state.ts';
import { PAUSED_TAG } from '../../src/scaler/group/paused-tag.ts';
import { SPOT_FALLBACK_TAG } from '../../src/scaler/spot/fallback.ts';
import { decisionLine, purchaseLines } from '../../src/scaler/report.ts';
import { Cluster } from '../support/cluster.ts';

const MINUTES = 5;

/** A group of spot instances alone, whose scaler falls back after five minutes. */
async function spotCluster(
  buying: Readonly<Record<string, string>> = {},
  settings: object = {},
): Promise<Cluster> {
  const cluster = new Cluster(1, [], {
    ON_DEMAND_PERCENTAGE: '0',
    SPOT_FALLBACK_MINUTES: String(MINUTES),
    ...buying,
  });
  await cluster.set(settings);
  const { LaunchTemplate } = await cluster.fleet.described();
  await cluster.fleet.on('UpdateAutoScalingGroup', {
    MixedInstancesPolicy: {
      LaunchTemplate: {
        LaunchTemplateSpecification: {
          LaunchTemplateId: LaunchTemplate.LaunchTemplateId,
          Version: LaunchTemplate.Version,
        },
        Overrides: [{ InstanceType: 't3.large' }, { InstanceType: 'm5.large' }],
      },
      InstancesDistribution: {
        OnDemandPercentageAboveBaseCapacity: 0,
        SpotAllocationStrategy: 'capacity-optimized',
      },
    },
  });
  return cluster;
}

const shortOf = (cluster: Cluster, ...what: string[]) => {
  setFaults(
    cluster.fleet.world,
    what.map((each) => parseFault(`capacity:${each}`)),
  );
};
const distribution = async (cluster: Cluster) =>
  (await cluster.fleet.described()).MixedInstancesPolicy.InstancesDistribution;
const note = async (cluster: Cluster): Promise<string | undefined> =>
  (await cluster.fleet.described()).Tags.find(({ Key }: { Key: string }) => Key === SPOT_FALLBACK_TAG)?.Value;
const lines = (cluster: Cluster) => cluster.polls.flatMap(purchaseLines);
const unfinished = (jobs: readonly JobRecord[]) => jobs.filter(({ state }) => state !== 'finished');
/** Instances that the group has, by whether they are spot instances. */
const members = ({ fleet }: Cluster) => {
  const all = Object.values(groupsOf(fleet.scope)['agents']?.members ?? {});
  return { spot: all.filter(({ spot }) => spot).length, onDemand: all.filter(({ spot }) => !spot).length };
};

describe('a cluster without spot capacity', function () {
  this.timeout(120_000);

  it('says so once, and waits where it is not to fall back', async () => {
    const cluster = await spotCluster({ SPOT_FALLBACK_MINUTES: '0' });
    shortOf(cluster, 'spot');
    const jobs = cluster.push(3, 60);
    await cluster.run(1200);
    expect(lines(cluster).map(({ event }) => event)).to.deep.equal(['spot-shortage']);
    expect(lines(cluster)[0]?.reason).to.match(/^spot has had no capacity for 5 min \(Could not launch Spot/);
    expect(unfinished(jobs)).to.have.length(3);
    const last = decisionLine({ stackName: 'ci', queue: 'q' } as never, cluster.polls.at(-1)!);
    expect(last['SpotShortage']).to.be.within(1150, 1200);
    expect((await distribution(cluster)).OnDemandPercentageAboveBaseCapacity).to.equal(0);
    shortOf(cluster);
    await cluster.run(1200);
    expect(unfinished(jobs)).to.deep.equal([]);
    expect(cluster.polls.at(-1)?.buying.shortage).to.equal(undefined);
  });

  it('falls back after the minutes of the stack, keeps all else of its settings, and loses no job', async () => {
    const cluster = await spotCluster();
    const before = await distribution(cluster);
    shortOf(cluster, 'spot');
    const jobs = cluster.push(3, 60);
    await cluster.run(MINUTES * 60 - 10);
    expect(await note(cluster)).to.equal(undefined);
    await cluster.run(90);
    expect(await note(cluster)).to.match(/^on-demand until /);
    expect(await distribution(cluster)).to.deep.equal({
      ...before,
      OnDemandPercentageAboveBaseCapacity: 100,
    });
    await cluster.run(300);
    expect(unfinished(jobs)).to.deep.equal([]);
    expect(members(cluster)).to.deep.equal({ spot: 0, onDemand: 3 });
    expect(lines(cluster).map(({ event }) => event)).to.deep.equal(['purchase', 'distributed']);
    expect(cluster.errors + cluster.lost.length).to.equal(0);
    expect(cluster.mostRequests).to.be.at.most(3);
  });

  it('goes back to spot after an hour, at once to on-demand where spot still fails, and to rest where it does not', async () => {
    // Protected instances stay, so that none but new launches try spot.
    const cluster = await spotCluster({}, { NewInstancesProtectedFromScaleIn: true });
    shortOf(cluster, 'spot');
    // One job a minute, always.
    const jobs: JobRecord[] = [];
    const steady = (second: number) => {
      if (second % 60 === 0) jobs.push(...cluster.push(1, 45));
    };
    await cluster.run(MINUTES * 60 + 3700, steady);
    expect(await note(cluster)).to.match(/^trial until /);
    // More than there is: the next launches are on trial.
    jobs.push(...cluster.push(5, 300));
    await cluster.run(240, steady);
    expect(await note(cluster)).to.match(/^on-demand until /);
    expect(unfinished(jobs).length).to.be.at.most(7);
    shortOf(cluster);
    await cluster.run(3700, steady);
    expect(await note(cluster)).to.match(/^trial until /);
    expect((await distribution(cluster)).OnDemandPercentageAboveBaseCapacity).to.equal(0);
    jobs.push(...cluster.push(5, 300));
    await cluster.run(240, steady);
    expect(members(cluster).spot).to.be.greaterThan(0);
    await cluster.run(3460, steady);
    expect(await note(cluster)).to.equal('normal');
    expect(unfinished(jobs).length).to.be.at.most(1);
    expect(cluster.lost).to.deep.equal([]);
    expect(cluster.mostRequests).to.be.at.most(3);
  });

  it('finds out by the first instance that Auto Scaling exchanges where instances are not protected', async () => {
    const cluster = await spotCluster();
    shortOf(cluster, 'spot');
    const jobs: JobRecord[] = [];
    await cluster.run(MINUTES * 60 + 3700, (second) => {
      if (second % 60 === 0) jobs.push(...cluster.push(1, 45));
    });
    expect(
      lines(cluster).map(({ event, purchase }) => [event, String(purchase).split(' ')[0]]),
    ).to.deep.equal([
      ['purchase', 'on-demand'],
      ['distributed', 'undefined'],
      ['purchase', 'trial'],
      ['distributed', 'undefined'],
      ['purchase', 'on-demand'],
      ['distributed', 'undefined'],
    ]);
    expect(unfinished(jobs).length).to.be.at.most(1);
    expect(cluster.lost).to.deep.equal([]);
  });

  it('forgets nothing over a cold start, nor where an update of the stack undoes what it did', async () => {
    const cluster = await spotCluster();
    shortOf(cluster, 'spot');
    cluster.push(2, 60);
    await cluster.run(200);
    // A shortage is found again in what the group has tried.
    cluster.startCold();
    await cluster.run(MINUTES * 60 - 200 + 60);
    expect(await note(cluster)).to.match(/^on-demand until /);
    const { MixedInstancesPolicy } = await cluster.fleet.described();
    const undone = {
      ...MixedInstancesPolicy.InstancesDistribution,
      OnDemandPercentageAboveBaseCapacity: 0,
    };
    await cluster.fleet.on('UpdateAutoScalingGroup', {
      MixedInstancesPolicy: { InstancesDistribution: undone },
    });
    cluster.startCold();
    await cluster.run(20);
    expect((await distribution(cluster)).OnDemandPercentageAboveBaseCapacity).to.equal(100);
    // The note is gone too: so is the decision.
    await cluster.fleet.autoscaling('DeleteTags', {
      Tags: [{ ResourceId: 'agents', ResourceType: 'auto-scaling-group', Key: SPOT_FALLBACK_TAG }],
    });
    await cluster.run(20);
    expect((await distribution(cluster)).OnDemandPercentageAboveBaseCapacity).to.equal(0);
  });

  it('is left alone while it is paused', async () => {
    const cluster = await spotCluster();
    shortOf(cluster, 'spot');
    cluster.push(2, 60);
    await cluster.run(60);
    await cluster.fleet.autoscaling('CreateOrUpdateTags', {
      Tags: [
        {
          ResourceId: 'agents',
          ResourceType: 'auto-scaling-group',
          Key: PAUSED_TAG,
          Value: 'by hand',
          PropagateAtLaunch: false,
        },
      ],
    });
    await cluster.run(900);
    expect(await note(cluster)).to.equal(undefined);
    expect((await distribution(cluster)).OnDemandPercentageAboveBaseCapacity).to.equal(0);
  });

  it('goes on sizing the group where the change is refused, and says that', async () => {
    const cluster = await spotCluster();
    shortOf(cluster, 'spot');
    cluster.push(2, 60);
    cluster.refusing.add('CreateOrUpdateTags');
    await cluster.run(MINUTES * 60 + 60);
    expect(cluster.errors).to.equal(0);
    expect(cluster.polls.at(-1)?.buying.error).to.be.instanceOf(Error);
    cluster.push(2, 60);
    await cluster.run(30);
    expect((await cluster.size()).desired).to.equal(4);
  });
});
