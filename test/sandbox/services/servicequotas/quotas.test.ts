import { expect } from 'chai';
import { servicequotas } from '../../../../src/sandbox/services/servicequotas/index.ts';
import { quotas } from '../../../../src/sandbox/services/servicequotas/catalogue.ts';
import { Caller } from '../../../support/service.ts';

describe('Service Quotas', () => {
  const aws = new Caller([servicequotas]);
  const get = async (operation: string, ServiceCode: string, QuotaCode: string) =>
    (await aws.call('servicequotas', operation, { ServiceCode, QuotaCode })).Quota;

  it('tells what the account may have', async () => {
    expect(await get('GetServiceQuota', 'vpc', 'L-F678F1CE')).to.deep.equal({
      ServiceCode: 'vpc',
      ServiceName: 'Amazon Virtual Private Cloud (Amazon VPC)',
      QuotaArn: 'arn:aws:servicequotas:us-east-1:111122223333:vpc/L-F678F1CE',
      QuotaCode: 'L-F678F1CE',
      QuotaName: 'VPCs per Region',
      Value: 5,
      Unit: 'None',
      Adjustable: true,
      GlobalQuota: false,
      QuotaAppliedAtLevel: 'ACCOUNT',
    });
    expect((await get('GetServiceQuota', 'cloudformation', 'L-0485CB21')).Value).to.equal(2000);
  });

  it("tells AWS's default apart from what the account has", async () => {
    const applied = await get('GetServiceQuota', 'ec2', 'L-1216C47A');
    const usual = await get('GetAWSDefaultServiceQuota', 'ec2', 'L-1216C47A');
    expect(usual.Value).to.equal(5);
    expect(applied.Value).to.be.greaterThan(usual.Value);
    expect(usual.QuotaArn).to.equal('arn:aws:servicequotas:us-east-1::ec2/L-1216C47A');
  });

  it('reads every line of its catalogue', () => {
    for (const quota of quotas) {
      expect(quota.code).to.match(/^L-[0-9A-F]{8}$/);
      expect(quota.name, quota.code).to.not.equal('');
      expect(quota.value, quota.code).to.be.at.least(quota.defaultValue);
    }
    const keys = quotas.map(({ service, code }) => `${service}/${code}`);
    expect(new Set(keys).size).to.equal(keys.length);
  });

  it('lists in pages, and its services', async () => {
    const first = await aws.call('servicequotas', 'ListServiceQuotas', {
      ServiceCode: 'vpc',
      MaxResults: 10,
    });
    const second = await aws.call('servicequotas', 'ListServiceQuotas', {
      ServiceCode: 'vpc',
      NextToken: first.NextToken,
    });
    const codes = [...first.Quotas, ...second.Quotas].map(
      ({ QuotaCode }: { QuotaCode: string }) => QuotaCode,
    );
    expect(codes).to.deep.equal(quotas.filter(({ service }) => service === 'vpc').map(({ code }) => code));
    const { Services } = await aws.call('servicequotas', 'ListServices');
    expect(Services).to.deep.include({ ServiceCode: 'lambda', ServiceName: 'AWS Lambda' });
  });

  it('knows no other', async () => {
    for (const [ServiceCode, QuotaCode] of [
      ['vpc', 'L-00000000'],
      ['VPC', 'L-F678F1CE'],
    ]) {
      expect(
        (await aws.refused('servicequotas', 'GetServiceQuota', { ServiceCode, QuotaCode })).code,
      ).to.equal('NoSuchResourceException');
    }
  });
});
