import { expect } from 'chai';
import {
  imageParameters,
  newestRelease,
  publicImageId,
} from '../../../../src/sandbox/services/ec2/catalogue/images.ts';
import { instanceTypes } from '../../../../src/sandbox/services/ec2/catalogue/instance-types.ts';
import { typesOfRegion } from '../../../../src/sandbox/services/ec2/catalogue/offerings.ts';
import { zonesOf } from '../../../../src/sandbox/services/ec2/catalogue/regions.ts';
import { Fleet, refusal, type Answer } from '../../../support/fleet.ts';

describe('EC2 regions and zones', () => {
  it('names zones and their ids as AWS does', () => {
    const ids = (region: string) => zonesOf(region).map(({ name, id }) => `${name}=${id}`);
    expect(ids('us-west-2')).to.deep.equal([
      'us-west-2a=usw2-az2',
      'us-west-2b=usw2-az1',
      'us-west-2c=usw2-az3',
      'us-west-2d=usw2-az4',
    ]);
    expect(ids('ap-southeast-2')[0]).to.equal('ap-southeast-2a=apse2-az1');
    expect(ids('us-gov-west-1')[0]).to.equal('us-gov-west-1a=usgw1-az1');
    expect(zonesOf('us-east-1')).to.have.length(6);
  });

  it('lists regions that need no opting in, and the others when asked', async () => {
    const fleet = new Fleet();
    const names = async (input: object) =>
      (await fleet.ec2('DescribeRegions', input)).Regions.map(({ RegionName }: Answer) => RegionName);
    expect(await names({}))
      .to.have.length(17)
      .and.include('eu-north-1')
      .and.not.include('me-south-1');
    expect(await names({ AllRegions: true })).to.include.members(['me-south-1', 'us-east-1']);
    expect(await refusal(names({ RegionNames: ['mars-1'] }))).to.equal(
      'InvalidParameterValue: Invalid region names provided: mars-1',
    );
  });
});

describe('EC2 instance types', () => {
  const fleet = new Fleet();

  it('says what a type has', async () => {
    const { InstanceTypes } = await fleet.ec2('DescribeInstanceTypes', { InstanceTypes: ['m5d.large'] });
    expect(InstanceTypes[0].VCpuInfo.DefaultVCpus).to.equal(2);
    expect(InstanceTypes[0].MemoryInfo.SizeInMiB).to.equal(8192);
    expect(InstanceTypes[0].ProcessorInfo.SupportedArchitectures).to.deep.equal(['x86_64']);
    expect(InstanceTypes[0].InstanceStorageInfo.TotalSizeInGB).to.equal(75);
  });

  it('has every size of every family with whole numbers', () => {
    expect(instanceTypes().size).to.be.greaterThan(600);
    for (const type of instanceTypes().values()) {
      expect(type.vCpus, type.name).to.be.greaterThan(0);
      expect(type.memoryMiB, type.name).to.be.greaterThan(0);
      expect(type.architecture, type.name).to.match(/^(x86_64|arm64)$/);
    }
    expect(instanceTypes().get('m7g.16xlarge')).to.include({ architecture: 'arm64', vCpus: 64 });
  });

  it('refuses types that are not there, all at once', async () => {
    const InstanceTypes = ['t3.large', 'm5.huge', 'x9.large'];
    expect(await refusal(fleet.ec2('DescribeInstanceTypes', { InstanceTypes }))).to.equal(
      'InvalidInstanceType: The following supplied instance types do not exist: [m5.huge, x9.large]',
    );
  });

  it('offers no new type in the oldest zone of us-east-1', async () => {
    const zones = async (type: string) => {
      const answer = await fleet.ec2('DescribeInstanceTypeOfferings', {
        LocationType: 'availability-zone',
        Filters: [{ Name: 'instance-type', Values: [type] }],
      });
      return answer.InstanceTypeOfferings.map(({ Location }: Answer) => Location);
    };
    expect(await zones('m5.large'))
      .to.include('us-east-1a')
      .and.not.include('us-east-1e');
    expect(await zones('t2.large')).to.include('us-east-1e');
  });

  it('offers fewer families in younger regions', () => {
    const families = (region: string) => new Set(typesOfRegion(region).map(({ family }) => family));
    expect(families('us-west-1').has('m7a')).to.equal(false);
    expect(families('us-east-1').has('m7a')).to.equal(true);
  });

  it('has spot prices below on-demand ones, other in each zone', async () => {
    const { SpotPriceHistory } = await fleet.ec2('DescribeSpotPriceHistory', { InstanceTypes: ['m5.large'] });
    const prices = SpotPriceHistory.map(({ SpotPrice }: Answer) => Number(SpotPrice));
    expect(new Set(prices).size).to.be.greaterThan(1);
    expect(Math.max(...prices)).to.be.lessThan(0.096);
  });
});

describe('EC2 images', () => {
  const fleet = new Fleet();

  it('has an image for every public parameter, the same each time and other in each region', async () => {
    for (const name of imageParameters()) {
      const id = publicImageId('us-east-1', name);
      const { Images } = await fleet.ec2('DescribeImages', { ImageIds: [id] });
      expect(Images[0].Architecture, name).to.equal(/arm64/.test(name) ? 'arm64' : 'x86_64');
    }
    const [name = ''] = imageParameters();
    expect(publicImageId('us-east-1', name)).to.not.equal(publicImageId('eu-west-1', name));
  });

  it('are released every two weeks, and hidden when they are deprecated, unless they are named', async () => {
    const name = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64';
    const first = publicImageId('us-east-1', name);
    const own = new Fleet();
    const listed = async (more: object = {}) => {
      const Filters = [{ Name: 'image-id', Values: [first] }];
      return (await own.ec2('DescribeImages', { Filters, ...more })).Images.length as number;
    };
    const releases = newestRelease(own.world.now());
    expect(publicImageId('us-east-1', name, releases + 1)).to.not.equal(first);
    await own.pass(120 * 86_400);
    expect(newestRelease(own.world.now())).to.be.at.least(releases + 8);
    expect([await listed(), await listed({ IncludeDeprecated: true })]).to.eql([0, 1]);
    const { Images } = await own.ec2('DescribeImages', { ImageIds: [first] });
    expect(Date.parse(Images[0].DeprecationTime)).to.be.lessThan(own.world.now());
  });

  it('refuses ids that are malformed or unknown', async () => {
    const image = (id: string) => fleet.ec2('DescribeImages', { ImageIds: [id] });
    expect(await refusal(image('ami-1'))).to.equal(
      'InvalidAMIID.Malformed: Invalid id: "ami-1" (expecting "ami-...")',
    );
    expect(await refusal(image('ami-12345678'))).to.equal(
      "InvalidAMIID.NotFound: The image id '[ami-12345678]' does not exist",
    );
  });
});
