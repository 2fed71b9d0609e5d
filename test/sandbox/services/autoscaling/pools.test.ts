import { expect } from 'chai';
import { parseFault, setFaults } from '../../../../src/sandbox/faults/index.ts';
import { groupsOf } from '../../../../src/sandbox/services/autoscaling/state.ts';
import { Fleet, tally } from '../../../support/fleet.ts';

/** A mixed group of these types. */
async function mixedGroup(fleet: Fleet, percentage: number, desired: number): Promise<void> {
  const LaunchTemplateId = await fleet.template();
  await fleet.group({
    LaunchTemplate: undefined,
    DesiredCapacity: desired,
    MixedInstancesPolicy: {
      LaunchTemplate: {
        LaunchTemplateSpecification: { LaunchTemplateId, Version: '$Latest' },
        Overrides: [{ InstanceType: 't3.large' }, { InstanceType: 'm5.large' }],
      },
      InstancesDistribution: {
        OnDemandPercentageAboveBaseCapacity: percentage,
        SpotAllocationStrategy: 'capacity-optimized-prioritized',
      },
    },
  });
}

const lack = (fleet: Fleet, ...what: string[]) => {
  setFaults(
    fleet.world,
    what.map((each) => parseFault(`capacity:${each}`)),
  );
};
const bought = ({ scope }: Fleet) => {
  const members = Object.values(groupsOf(scope)['agents']?.members ?? {});
  return tally(
    members.map(({ instanceType, spot, zone }) => ({
      pool: `${instanceType}/${spot ? 'spot' : 'on-demand'}`,
      zone,
    })),
    'pool',
  );
};

describe('pools of capacity', () => {
  it('are of a type, a way to buy and a zone; where one has no room the group tries the others', async () => {
    const fleet = new Fleet();
    lack(fleet, 't3.large/spot');
    await mixedGroup(fleet, 50, 4);
    await fleet.pass(120);
    expect(bought(fleet)).to.deep.equal({ 't3.large/on-demand': 2, 'm5.large/spot': 2 });
  });

  it('that lack room in one zone leave the other zones', async () => {
    const fleet = new Fleet();
    lack(fleet, 'spot@us-east-1a');
    await mixedGroup(fleet, 0, 4);
    await fleet.pass(120);
    const ids = await fleet.instanceIds();
    const zones = Object.values(groupsOf(fleet.scope)['agents']?.members ?? {}).map(({ zone }) => zone);
    expect(zones).to.have.length(4);
    expect(zones).to.not.include('us-east-1a');
    // Evening out the zones is of no use while one has no room, and ends nothing.
    await fleet.pass(1800);
    expect(await fleet.instanceIds()).to.deep.equal(ids);
    const failed = (await fleet.activities()).filter(({ StatusCode }) => StatusCode === 'Failed');
    expect(failed[0].StatusMessage).to.match(/^Could not launch Spot Instances\. UnfulfillableCapacity - /);
  });

  it('may lack on-demand instances alone', async () => {
    const fleet = new Fleet();
    lack(fleet, 'on-demand');
    await mixedGroup(fleet, 50, 4);
    await fleet.pass(120);
    expect(bought(fleet)).to.deep.equal({ 't3.large/spot': 2 });
  });

  it('are named in a way that can be read, or refused', () => {
    const of = (text: string) => parseFault(`capacity:${text}`);
    expect(of('*')).to.deep.equal({ kind: 'capacity' });
    expect(of('m7i.large/spot@us-east-1a')).to.deep.equal({
      ...{ kind: 'capacity', instanceType: 'm7i.large', market: 'spot', zone: 'us-east-1a' },
    });
    expect(of('on-demand@eu-west-1b')).to.deep.equal({
      ...{ kind: 'capacity', market: 'on-demand', zone: 'eu-west-1b' },
    });
    expect(() => of('spot/on-demand')).to.throw('says already how');
    for (const text of ['', 'm7i', 'm7i.large/reserved', 'm7i.large@'])
      expect(() => of(text), text).to.throw('cannot be used');
  });
});

describe('a changed distribution', () => {
  const change = (fleet: Fleet, OnDemandPercentageAboveBaseCapacity: number) =>
    fleet.on('UpdateAutoScalingGroup', {
      MixedInstancesPolicy: {
        InstancesDistribution: {
          OnDemandPercentageAboveBaseCapacity,
          SpotAllocationStrategy: 'capacity-optimized-prioritized',
        },
      },
    });

  it('keeps the launch template, and replaces instances one by one, each launched before the other goes', async () => {
    const fleet = new Fleet();
    await mixedGroup(fleet, 0, 3);
    await fleet.pass(120);
    const before = (await fleet.described()).MixedInstancesPolicy.LaunchTemplate;
    await change(fleet, 100);
    expect((await fleet.described()).MixedInstancesPolicy.LaunchTemplate).to.deep.equal(before);
    for (let waited = 0; waited < 900; waited += 10) {
      await fleet.pass(10);
      expect((await fleet.instanceIds()).length).to.be.within(3, 4);
    }
    expect(bought(fleet)).to.deep.equal({ 't3.large/on-demand': 3 });
  });

  it('replaces nothing that is protected, and ends nothing where the other kind has no room', async () => {
    const fleet = new Fleet();
    await mixedGroup(fleet, 100, 2);
    await fleet.pass(120);
    const ids = await fleet.instanceIds();
    lack(fleet, 'spot');
    await change(fleet, 0);
    await fleet.pass(600);
    expect(await fleet.instanceIds()).to.deep.equal(ids);
    lack(fleet);
    await fleet.on('SetInstanceProtection', { InstanceIds: ids, ProtectedFromScaleIn: true });
    await fleet.pass(1800);
    expect(await fleet.instanceIds()).to.deep.equal(ids);
  });
});
