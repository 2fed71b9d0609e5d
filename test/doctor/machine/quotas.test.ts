import { expect } from 'chai';
import { quotasCheck } from '../../../src/doctor/machine/quotas.ts';
import type { QuotaCalls } from '../../../src/stack/preflight/checks/quotas.ts';

const examine = (given: Partial<QuotaCalls>) =>
  quotasCheck(
    {
      quota: ({ service }) => Promise.resolve(service === 'vpc' ? 5 : 1000),
      vpcCount: () => Promise.resolve(2),
      ...given,
    },
    'eu-west-1',
  );

describe('the quotas of an account', () => {
  it('leave room for another stack', async () => {
    const check = examine({});
    expect(check.title).to.equal('Quotas');
    expect(await check.run()).to.eql({ fact: 'VPC 3 of 5', findings: [] });
  });

  it('may be used up by VPCs', async () => {
    const { fact, findings } = await examine({ vpcCount: () => Promise.resolve(5) }).run();
    expect(fact).to.equal('room for another stack');
    expect(findings).to.have.length(1);
    expect(findings[0]).to.include({
      ...{ code: 'vpc-quota', severity: 'warning' },
      message: 'eu-west-1 has 5 VPCs, and the account may have 5',
      meaning: 'A new stack cannot have a VPC of its own.',
    });
    expect(findings[0]?.fix).to.match(/--desired-value 6 --region eu-west-1$/);
  });

  for (const [executions, codes] of [
    [100, ['lambda-quota']],
    // One for the scaler, and what Lambda keeps.
    [101, []],
  ] as const) {
    it(`let ${executions} functions run at once: ${codes.join() || 'enough'}`, async () => {
      const quota: QuotaCalls['quota'] = ({ service }) => Promise.resolve(service === 'vpc' ? 5 : executions);
      const { findings } = await examine({ quota }).run();
      expect(findings.map(({ code }) => code)).to.eql(codes);
      for (const { severity, meaning, fix } of findings) {
        expect([severity, meaning]).to.eql([
          ...['warning', 'A new stack cannot be made: its scaler cannot be set apart.'],
        ]);
        expect(fix).to.match(/^Ask for AWS's usual number: aws service-quotas/);
      }
    });
  }

  it('may not be readable', async () => {
    const quota = () => Promise.reject(new Error('no answer'));
    const { fact, findings } = await examine({ quota }).run();
    expect(fact).to.equal('room for another stack');
    expect(findings.map(({ message }) => message)).to.eql([
      'The quota "VPCs per Region" could not be checked: no answer. eu-west-1 has 2 VPCs; AWS\'s default is 5',
      'The quota "Concurrent executions" could not be checked: no answer',
    ]);
    for (const { code, severity, meaning, fix } of findings) {
      expect([code, severity, meaning, fix]).to.eql([
        ...['could-not-look', 'warning', 'Whether there is room for another stack is not known.'],
        'Ask for the permissions servicequotas:GetServiceQuota and servicequotas:GetAWSDefaultServiceQuota',
      ]);
    }
  });
});
