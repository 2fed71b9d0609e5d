import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import { expect } from 'chai';
import { launchChecks } from '../../../src/doctor/group/launch.ts';
import type { ImageInfo } from '../../../src/stack/image/image.ts';
import type { PreflightCalls } from '../../../src/stack/preflight/index.ts';
import { GROUPED, plainFacts } from '../../support/plain-facts.ts';

const HOST = Buffer.from('exec node /opt/bk-stack/host.mjs bootstrap').toString('base64');
const GROUP: Partial<AutoScalingGroup> = {
  ...{ AutoScalingGroupName: 'ci-Group', MinSize: 0, MaxSize: 4 },
  ...{ LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '3' }, VPCZoneIdentifier: 'subnet-1,subnet-2,' },
};
const IMAGE = { architecture: 'x86_64', state: 'available' };
const DATA: ResponseLaunchTemplateData = {
  ...{ InstanceType: 'm7i.large', ImageId: 'ami-1', KeyName: 'laptop', UserData: HOST },
};

interface Given {
  /** Undefined for a stack without one. */
  readonly group?: Partial<AutoScalingGroup> | undefined;
  /** Undefined where the launch template is gone. */
  readonly data?: ResponseLaunchTemplateData | undefined;
  readonly calls?: Partial<PreflightCalls>;
  readonly newest?: string;
  readonly images?: Readonly<Record<string, Partial<ImageInfo>>>;
}

function checksOf(given: Given = {}) {
  const { group, data } = { group: GROUP, data: DATA, ...given };
  const asked: string[] = [];
  const { facts } = plainFacts(GROUPED, {
    group: () => Promise.resolve(group as AutoScalingGroup | undefined),
    hooks: () => Promise.resolve([{ LifecycleHookName: 'bk-stack-terminating' }]),
    launchTemplates: () =>
      Promise.resolve(data === undefined ? [] : [{ VersionNumber: 3, LaunchTemplateData: data }]),
  });
  const checks = launchChecks(
    facts,
    {
      image: () => Promise.resolve(IMAGE),
      keyPairs: () => Promise.resolve(['laptop']),
      quota: () => Promise.resolve(64),
      instanceTypes: (types) => {
        asked.push(`types ${types.join()}`);
        const facts = { architectures: ['x86_64'], vCpus: 2, zones: ['us-east-1a', 'us-east-1b'] };
        return Promise.resolve(types.map((type) => ({ ...facts, type })));
      },
      subnets: (ids) => {
        asked.push(`subnets ${ids.join()}`);
        return Promise.resolve(
          ids.map((id) => ({ id, vpcId: 'vpc-1', zone: id === 'subnet-1' ? 'us-east-1a' : 'us-east-1b' })),
        );
      },
      ...given.calls,
    },
    {
      named: () => Promise.resolve(given.newest),
      describe: (ids) => Promise.resolve(new Map(ids.map((id) => [id, { id, ...given.images?.[id] }]))),
    },
  );
  return { checks, asked };
}

async function found(title: string, given: Given = {}) {
  const check = checksOf(given).checks.find((each) => each.title === title) ?? expect.fail(title);
  return check.run();
}

const TITLES = ['Instance types', 'Image and key', 'Image age', 'vCPU quotas'];

describe('what new instances are launched from', () => {
  it('is looked at in four checks, the types once for all of them', async () => {
    const { checks, asked } = checksOf();
    expect(checks.map(({ title }) => title)).to.eql(TITLES);
    for (const check of checks) expect((await check.run()).findings).to.eql([]);
    expect(asked.sort()).to.eql(['subnets subnet-1,subnet-2', 'types m7i.large']);
  });

  for (const title of TITLES) {
    it(`is not known without a group or its launch template: ${title}`, async () => {
      const nothing = { fact: 'not known', findings: [] };
      expect(await found(title, { group: undefined })).to.eql(nothing);
      expect(await found(title, { data: undefined })).to.eql(nothing);
    });
  }
});

describe('the age of an image', () => {
  const aged = (images: Record<string, Partial<ImageInfo>>) =>
    found('Image age', { images, group: { ...GROUP } });

  it('is a warning where the image is deprecated, and nothing where it is young', async () => {
    const { findings } = await aged({ 'ami-1': { name: 'old', ageDays: 9, deprecated: true } });
    expect(findings.map(({ code, severity }) => [code, severity])).to.eql([['image-deprecated', 'warning']]);
    expect(await aged({ 'ami-1': { name: 'young', ageDays: 90 } })).to.eql({
      fact: 'ami-1 (young, 90 days old)',
      findings: [],
    });
  });
});

describe('the instance types of a group', () => {
  const zones = (...offered: string[]): Given => ({
    calls: {
      instanceTypes: ([type = '']) =>
        Promise.resolve([{ type, architectures: ['x86_64'], vCpus: 2, zones: offered }]),
    },
  });

  for (const [what, given, severities] of [
    ['are offered in every zone', zones('us-east-1a', 'us-east-1b'), []],
    ['are missing in one zone', zones('us-east-1a'), ['error']],
    ['are offered in none', zones(), ['error']],
    ['are unknown in the region', { calls: { instanceTypes: () => Promise.resolve([]) } }, ['error']],
  ] as const) {
    it(`${what}: ${severities.join() || 'well'}`, async () => {
      const { findings } = await found('Instance types', given);
      expect(findings.map(({ severity }) => severity)).to.eql(severities);
      for (const { code, meaning, fix } of findings) {
        expect([code, meaning, fix]).to.eql([
          'instance-type-not-offered',
          'The group cannot launch such instances there, and jobs wait longer.',
          'Name types that every zone offers: bk-stack update ci --region us-east-1 --param InstanceTypes=...',
        ]);
      }
    });
  }

  it('are a warning where only one of several is missing in a zone', async () => {
    const instanceTypes: PreflightCalls['instanceTypes'] = (types) =>
      Promise.resolve(
        types.map((type) => ({
          ...{ type, architectures: ['x86_64'], vCpus: 2 },
          zones: type === 'm7i.large' ? ['us-east-1a', 'us-east-1b'] : ['us-east-1a'],
        })),
      );
    const LaunchTemplate = { LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', Version: '3' } };
    const Overrides = [{ InstanceType: 'm7i.large' }, { InstanceType: 'm6i.large' }];
    const mixed = { MixedInstancesPolicy: { LaunchTemplate: { ...LaunchTemplate, Overrides } } };
    const group = { ...GROUP, LaunchTemplate: undefined, ...mixed };
    const { fact, findings } = await found('Instance types', { group, calls: { instanceTypes } });
    expect(fact).to.equal('m7i.large, m6i.large in us-east-1a and us-east-1b');
    expect(findings.map(({ code, severity }) => [code, severity])).to.eql([
      ['instance-type-not-offered', 'warning'],
    ]);
  });

  it('are judged by the subnets that are there', async () => {
    const subnet = { id: 'subnet-1', vpcId: 'vpc-1', zone: 'us-east-1a' };
    const { calls = {} } = zones('us-east-1a');
    const given = { calls: { ...calls, subnets: () => Promise.resolve([subnet]) } };
    expect((await found('Instance types', given)).findings).to.eql([]);
  });

  it('need no subnets to be asked about where the group names none', async () => {
    const { checks, asked } = checksOf({ group: { ...GROUP, VPCZoneIdentifier: undefined } });
    await checks[0]?.run();
    expect(asked).to.include('subnets ');
  });
});

describe('the image and the key of a group', () => {
  const code = async (given: Given) =>
    (await found('Image and key', given)).findings.map((finding) => [finding.code, finding.severity]);

  it('are told', async () => {
    expect((await found('Image and key')).fact).to.equal('ami-1, laptop');
    const { KeyName: _, ...keyless } = DATA;
    expect(await found('Image and key', { data: keyless })).to.eql({
      fact: 'ami-1, no SSH key',
      findings: [],
    });
    const { ImageId: __, ...imageless } = DATA;
    expect(await found('Image and key', { data: imageless })).to.eql({ fact: ', laptop', findings: [] });
  });

  it('may be missing, each with what to change', async () => {
    const calls = { image: () => Promise.resolve(undefined), keyPairs: () => Promise.resolve([]) };
    const { findings } = await found('Image and key', { calls });
    const update = 'bk-stack update ci --region us-east-1 --param';
    expect(findings).to.eql([
      {
        ...{ code: 'image-unusable', severity: 'error', meaning: 'No new instance can start.' },
        message: 'us-east-1 has no image ami-1 that this account may use',
        fix: `Images belong to one region. Copy it there, or leave ImageId out.\n${update} ImageId=...`,
      },
      {
        ...{ code: 'key-pair-missing', severity: 'error', meaning: 'No new instance can start.' },
        message: 'us-east-1 has no key pair "laptop"',
        fix: `To list them: aws ec2 describe-key-pairs --region us-east-1. Session Manager needs none.\n${update} KeyName=`,
      },
    ]);
  });

  it('may be unusable', async () => {
    const image = (parts: object) => ({ calls: { image: () => Promise.resolve({ ...IMAGE, ...parts }) } });
    expect(await code(image({ state: 'pending' }))).to.eql([['image-unusable', 'error']]);
    expect(await code(image({ architecture: 'arm64' }))).to.eql([['image-unusable', 'error']]);
  });
});

describe('the vCPU quotas for a group', () => {
  const limit = (vCpus: number) => ({ calls: { quota: () => Promise.resolve(vCpus) } });
  const sized = (parts: Partial<AutoScalingGroup>, vCpus = 4): Given => ({
    ...limit(vCpus),
    group: { ...GROUP, ...parts },
  });
  const mixed = (distribution: object) => ({
    LaunchTemplate: undefined,
    MixedInstancesPolicy: {
      LaunchTemplate: { LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', Version: '3' } },
      InstancesDistribution: distribution,
    },
  });
  const SPOT = { OnDemandBaseCapacity: 0, OnDemandPercentageAboveBaseCapacity: 0 };

  for (const [what, given, fact, severities] of [
    ['are enough', limit(8), '8 vCPUs on-demand', []],
    ['are too few to grow to the maximum', limit(7), '7 vCPUs on-demand', ['warning']],
    ['are too few for the minimum', sized({ MinSize: 3 }), 'nothing to count', ['error']],
    ['have nothing to count for a group of none', sized({ MinSize: 0, MaxSize: 0 }), 'nothing to count', []],
    [
      'have nothing to count for a group without sizes',
      sized({ MinSize: undefined, MaxSize: undefined }),
      'nothing to count',
      [],
    ],
    ['are those of spot', sized(mixed(SPOT), 8), '8 vCPUs spot', []],
    ['are too few of spot', sized(mixed(SPOT)), '4 vCPUs spot', ['warning']],
    [
      'are those of both ways to pay',
      sized(mixed({ ...SPOT, OnDemandBaseCapacity: 1 }), 8),
      '8 vCPUs on-demand, 8 vCPUs spot',
      [],
    ],
    ['are on-demand where the policy says no more', sized(mixed({}), 8), '8 vCPUs on-demand', []],
  ] as const) {
    it(what, async () => {
      const seen = await found('vCPU quotas', given);
      expect([seen.fact, seen.findings.map(({ severity }) => severity)]).to.eql([fact, severities]);
      for (const { code, meaning, fix } of seen.findings) {
        expect([code, meaning]).to.eql(['vcpu-quota', 'Beyond that no instance is launched, and jobs wait.']);
        expect(fix).to.match(/aws service-quotas request-service-quota-increase/);
      }
    });
  }

  it('may not be readable', async () => {
    const { findings } = await found('vCPU quotas', {
      calls: { quota: () => Promise.reject(new Error('no answer')) },
    });
    expect(findings.map(({ code, severity, fix }) => [code, severity, fix])).to.eql([
      ['could-not-look', 'warning', 'Look again; with --debug each request shows.'],
    ]);
  });
});
