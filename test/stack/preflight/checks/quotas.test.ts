import { expect } from 'chai';
import type { InstanceTypeFacts } from '../../../../src/stack/preflight/checks/instance-types.ts';
import { vcpuQuota } from '../../../../src/stack/preflight/checks/quota-codes.ts';
import { checkQuotas, type QuotaSubject, shareOf } from '../../../../src/stack/preflight/checks/quotas.ts';
import { awsError } from '../../../support/cloudformation.ts';

const ON_DEMAND = 'L-1216C47A';
const SPOT = 'L-34B43A08';
const VPCS = 'L-F678F1CE';
const EXECUTIONS = 'L-B99A9384';

function type(name: string, vCpus: number): InstanceTypeFacts {
  return { type: name, vCpus, architectures: ['x86_64'], zones: ['us-east-1a'] };
}

function check(
  limits: Record<string, number | Error>,
  subject: Partial<Omit<QuotaSubject, 'sizes'>> & { sizes?: Partial<QuotaSubject['sizes']> } = {},
  vpcs = 1,
) {
  return checkQuotas(
    {
      quota: ({ code }) => {
        const limit = limits[code] ?? 1000;
        return limit instanceof Error ? Promise.reject(limit) : Promise.resolve(limit);
      },
      vpcCount: () => Promise.resolve(vpcs),
    },
    {
      newVpc: false,
      reservedExecutions: 0,
      types: [type('t3.large', 2)],
      region: 'us-east-1',
      ...subject,
      sizes: { minSize: 0, maxSize: 10, onDemandBase: 0, onDemandPercentage: 100, ...subject.sizes },
    },
  );
}

describe('judging quotas', () => {
  it('is content when the largest size fits', async () => {
    const { problems, warnings, fact } = await check({ [ON_DEMAND]: 20 });
    expect([...problems, ...warnings]).to.deep.equal([]);
    expect(fact).to.equal('20 vCPUs on-demand');
  });

  it('warns where the group cannot grow to MaxSize, and says what to ask for', async () => {
    const { problems, warnings } = await check({ [ON_DEMAND]: 5 });
    expect(problems).to.deep.equal([]);
    expect(warnings[0]!.message).to.equal(
      "The account's quota of 5 vCPUs on-demand in us-east-1 is enough for 2 instances, fewer than the 10 of MaxSize",
    );
    expect(warnings[0]!.hint).to.contain(`--quota-code ${ON_DEMAND} --desired-value 20`);
  });

  it('refuses where not even MinSize fits, as the creation would fail', async () => {
    const { problems } = await check({ [ON_DEMAND]: 5 }, { sizes: { minSize: 3 } });
    expect(problems[0]!.message).to.match(/enough for 2 instances, and MinSize asks for 3/);
  });

  it('counts on-demand and spot instances against quotas of their own', async () => {
    const sizes = { onDemandPercentage: 20 };
    const { warnings, fact } = await check({ [ON_DEMAND]: 4, [SPOT]: 8 }, { sizes });
    expect(fact).to.equal('4 vCPUs on-demand, 8 vCPUs spot');
    expect(warnings.map(({ message }) => message)).to.deep.equal([
      "The account's quota of 8 vCPUs spot in us-east-1 is enough for 4 instances, fewer than the 8 of MaxSize",
    ]);
  });

  it('counts every instance as on-demand too where the stack may fall back to that', async () => {
    const sizes = { onDemandPercentage: 0, fallsBack: true };
    const { warnings } = await check({ [ON_DEMAND]: 4, [SPOT]: 100 }, { sizes });
    expect(warnings.map(({ message }) => message)).to.deep.equal([
      "The account's quota of 4 vCPUs on-demand in us-east-1 is enough for 2 instances, fewer than the 10 of MaxSize",
    ]);
  });

  it('takes the smallest type of each family, as instances may all be of it', async () => {
    const types = [type('m5.4xlarge', 16), type('m5.large', 2)];
    expect((await check({ [ON_DEMAND]: 20 }, { types })).warnings).to.deep.equal([]);
  });

  it('says nothing of families whose quota it does not know', async () => {
    const types = [type('m5.large', 2), type('zz9.large', 2)];
    expect(await check({ [ON_DEMAND]: 0 }, { types })).to.deep.include({ problems: [], warnings: [] });
  });

  it('refuses a new VPC where there are as many as there may be', async () => {
    const { problems } = await check({ [VPCS]: 5 }, { newVpc: true }, 5);
    expect(problems[0]!.message).to.equal('us-east-1 has 5 VPCs, and the account may have 5');
    expect(problems[0]!.hint).to.contain('--param VpcId');
  });

  it('refuses where Lambda would reserve nothing for the scaler, as in new accounts', async () => {
    const { problems } = await check({ [EXECUTIONS]: 10 }, { reservedExecutions: 1 });
    expect(problems[0]!.message).to.contain('Lambda runs 10 functions at once');
    expect(problems[0]!.hint).to.contain(`--quota-code ${EXECUTIONS} --desired-value 1000`);
    expect((await check({ [EXECUTIONS]: 10 })).problems).to.deep.equal([]);
    expect((await check({ [EXECUTIONS]: 1000 }, { reservedExecutions: 1 })).problems).to.deep.equal([]);
  });

  it('warns where a quota may not be read', async () => {
    const denied = awsError('AccessDeniedException', 'not authorized', 400);
    const { problems, warnings } = await check({ [ON_DEMAND]: denied });
    expect(problems).to.deep.equal([]);
    expect(warnings[0]!.message).to.match(/Running On-Demand Standard .* could not be checked/);
  });
});

describe('the share of a purchase option', () => {
  const sizes = { minSize: 0, maxSize: 0, onDemandBase: 2, onDemandPercentage: 25 };

  it('has the base first, and the percentage of the rest rounded in favour of on-demand', () => {
    expect(shareOf(9, sizes, 'on-demand')).to.equal(4);
    expect(shareOf(9, sizes, 'spot')).to.equal(5);
  });

  it('is all on-demand up to the base', () => {
    expect(shareOf(1, sizes, 'spot')).to.equal(0);
  });
});

describe('the vCPU quota of an instance type', () => {
  for (const [name, purchase, code] of [
    ['m7gd.large', 'on-demand', ON_DEMAND],
    ['im4gn.large', 'spot', SPOT],
    ['g5g.xlarge', 'on-demand', 'L-DB2E81BA'],
    ['p5.48xlarge', 'spot', 'L-C4BD4855'],
    ['p3.2xlarge', 'spot', 'L-7212CCBC'],
    ['hpc7g.4xlarge', 'on-demand', 'L-F7808C92'],
    ['hpc7g.4xlarge', 'spot', undefined],
    ['u-6tb1.metal', 'on-demand', 'L-43DA4232'],
    ['u7i-12tb.224xlarge', 'on-demand', 'L-43DA4232'],
    ['x2gd.large', 'on-demand', 'L-7295265B'],
    ['inf2.xlarge', 'spot', 'L-B5D1601B'],
    ['dl1.24xlarge', 'on-demand', 'L-6E869C2A'],
    ['mac2.metal', 'on-demand', undefined],
  ] as const) {
    it(`of ${name} ${purchase} is ${code ?? 'not known'}`, () => {
      expect(vcpuQuota(name, purchase)?.code).to.equal(code);
    });
  }
});
