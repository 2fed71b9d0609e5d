import { expect } from 'chai';
import type { AwsContext } from '../../../src/aws/context.ts';
import {
  aheadOf,
  identify,
  judgeClock,
  judgeIdentity,
  regionCheck,
} from '../../../src/doctor/machine/account.ts';
import { recordedAws } from '../../support/recorded-aws.ts';
import { sdkError } from '../../support/world-aws.ts';

const AT = Date.parse('2026-11-24T10:00:00Z');
const IDENTITY = { account: '1', arn: 'arn:aws:iam::1:user/a', aheadSeconds: 0 };
const aws = (region = 'eu-west-1'): AwsContext =>
  ({ region, inRegion: (other: string) => aws(other) }) as unknown as AwsContext;

describe('the clock of this machine', () => {
  for (const [seconds, severity] of [
    [undefined, undefined],
    [0, undefined],
    [59.9, undefined],
    [-59.9, undefined],
    [60, 'warning'],
    [-60, 'warning'],
    [299, 'warning'],
    [300, 'error'],
    [-300, 'error'],
  ] as const) {
    it(`that is ${seconds ?? '(unknown)'} s ahead is ${severity ?? 'well'}`, () => {
      expect(judgeClock(seconds).findings.map((found) => found.severity)).to.eql(severity ? [severity] : []);
    });
  }

  it('is ahead or behind', () => {
    expect(judgeClock(90).findings[0]?.message).to.contain('90 seconds ahead of');
    expect(judgeClock(-90).findings[0]?.message).to.contain('90 seconds behind');
    expect(judgeClock(undefined).fact).to.equal('AWS did not tell its time');
  });

  for (const [what, date, asked, answered, ahead] of [
    ['agrees', 'Tue, 24 Nov 2026 10:00:00 GMT', AT, AT + 100, 0],
    ['agrees within the second that the date has', 'Tue, 24 Nov 2026 10:00:00 GMT', AT + 1000, AT + 1100, 0],
    ['is ahead', 'Tue, 24 Nov 2026 10:00:00 GMT', AT + 3000, AT + 3100, 2],
    ['is behind', 'Tue, 24 Nov 2026 10:00:00 GMT', AT - 3000, AT - 2000, -2],
    ['is not known without a date', undefined, AT, AT, undefined],
    ['is not known by what is no date', 'soon', AT, AT, undefined],
  ] as const) {
    it(what, () => {
      expect(aheadOf(date, asked, answered)).to.equal(ahead);
    });
  }
});

describe('the identity', () => {
  it('is a warning where it is the root user', () => {
    expect(judgeIdentity(IDENTITY).findings).to.eql([]);
    expect(judgeIdentity({ ...IDENTITY, arn: 'arn:aws:iam::1:user/root' }).findings).to.eql([]);
    const [root] = judgeIdentity({ ...IDENTITY, arn: 'arn:aws:iam::1:root' }).findings;
    expect(root).to.include({ code: 'root-user', severity: 'warning' });
  });

  for (const [what, error, code] of [
    [
      'there are no credentials',
      Object.assign(new Error('none'), { name: 'CredentialsProviderError' }),
      'credentials-missing',
    ],
    [
      'the session is over',
      Object.assign(new Error('none'), { name: 'TokenProviderError' }),
      'credentials-missing',
    ],
    ['they have expired', sdkError('ExpiredToken', 'expired', 403), 'credentials-refused'],
    ['no region knows them', sdkError('InvalidClientTokenId', 'invalid', 403), 'credentials-refused'],
  ] as const) {
    it(`is an error where ${what}`, async () => {
      const found = await identify(aws(), () => Promise.reject(error));
      expect(found).to.include({ code, severity: 'error' });
    });
  }

  for (const region of ['eu-west-1', 'us-east-1'] as const) {
    it(`is of a region that is not enabled where another takes it: ${region}`, async () => {
      const asked: string[] = [];
      const found = await identify(aws(region), (context) => {
        asked.push(context.region);
        return context.region === region
          ? Promise.reject(sdkError('InvalidClientTokenId', 'x', 403))
          : Promise.resolve(IDENTITY);
      });
      expect(found).to.include({ code: 'region-not-enabled', severity: 'error' });
      expect(asked).to.eql([region, region === 'us-east-1' ? 'us-west-2' : 'us-east-1']);
    });
  }

  it('is what AWS says; a failure of another kind stays one', async () => {
    expect(await identify(aws(), () => Promise.resolve(IDENTITY))).to.equal(IDENTITY);
    const failed = await identify(aws(), () => Promise.reject(new Error('broken'))).catch(
      (error: unknown) => error,
    );
    expect(failed).to.have.property('message', 'broken');
  });
});

describe('the region', () => {
  const check = (Regions: object[]) =>
    regionCheck({
      region: 'af-south-1',
      clients: { ec2: () => Promise.resolve({ send: () => Promise.resolve({ Regions }) }) },
    } as unknown as AwsContext).run();
  it('is one that the account has enabled', async () => {
    for (const [OptInStatus, codes] of [
      ['opted-in', []],
      ['opt-in-not-required', []],
      ['not-opted-in', ['region-not-enabled']],
    ] as const) {
      const { findings } = await check([
        { RegionName: 'us-east-1', OptInStatus: 'not-opted-in' },
        { RegionName: 'af-south-1', OptInStatus },
      ]);
      expect(findings.map(({ code }) => code)).to.eql(codes);
    }
    expect((await check([])).findings.map(({ code }) => code)).to.eql(['region-not-enabled']);
  });
});

describe('what is said of the machine', () => {
  const refused = (error: Error) => identify(aws(), () => Promise.reject(error));
  const providerError = (name: string) => Object.assign(new Error('no profile'), { name });
  it('is what is wrong, what comes of it and what to do', async () => {
    const missing = await refused(providerError('CredentialsProviderError'));
    expect(missing).to.include({
      meaning: 'Nothing can be asked of AWS.',
      fix: 'Set AWS_PROFILE or pass --profile, sign in (aws sso login), or try without an account: add --sandbox',
    });
    const expired = await refused(sdkError('SignatureDoesNotMatch', 'no match', 403));
    expect(expired).to.include({ code: 'credentials-refused', meaning: 'Nothing can be asked of AWS.' });
    expect((expired as { message: string }).message).to.match(/^AWS does not accept the credentials: ./);
    expect(judgeIdentity({ ...IDENTITY, arn: 'arn:aws:iam::1:root' })).to.eql({
      fact: '1 as arn:aws:iam::1:root',
      findings: [
        {
          code: 'root-user',
          severity: 'warning',
          message: 'These are the credentials of the root user of the account',
          meaning: 'Nothing limits what they may do, nor what may be done with them if they get lost.',
          fix: 'Make a role for whoever runs bk-stack. What it has to be allowed: bk-stack doctor --print-policy',
        },
      ],
    });
    expect(judgeClock(0).fact).to.equal("within a minute of AWS's");
    expect(judgeClock(90).findings).to.eql([
      {
        code: 'clock-skew',
        severity: 'warning',
        message: "This machine's clock is 90 seconds ahead of AWS's",
        meaning: 'From five minutes on AWS refuses requests, and times of logs and events are shown wrong.',
        fix: 'Set it: sudo chronyc makestep, or sudo timedatectl set-ntp true',
      },
    ]);
  });

  for (const name of ['MyCredentialsProviderError', 'CredentialsProviderErrorToo', 'ProviderError']) {
    it(`is no missing credentials for ${name}`, async () => {
      const outcome = await refused(providerError(name)).catch((error: unknown) => error);
      expect(outcome).not.to.include({ code: 'credentials-missing' });
    });
  }

  for (const code of ['UnrecognizedClientException', 'AuthFailure', 'OptInRequired', 'InvalidAccessKeyId']) {
    it(`is a region that is not enabled by ${code}, where another one takes the credentials`, async () => {
      const found = await identify(aws(), ({ region }) =>
        region === 'eu-west-1' ? Promise.reject(sdkError(code, 'x', 403)) : Promise.resolve(IDENTITY),
      );
      expect(found).to.include({
        code: 'region-not-enabled',
        message: 'The account has not enabled the region eu-west-1',
        meaning: 'Nothing can be made there.',
        fix: 'Enable it (aws account enable-region --region-name eu-west-1), or name another: --region',
      });
    });
  }

  it('is that a region is enabled, among all that there are', async () => {
    const { aws: context, sent } = recordedAws({
      DescribeRegions: { Regions: [{ RegionName: 'us-east-1' }] },
    });
    const check = regionCheck(context);
    expect(check.title).to.equal('Region');
    expect(await check.run()).to.eql({ fact: 'us-east-1 is enabled', findings: [] });
    expect(sent).to.eql([['DescribeRegions', { AllRegions: true }]]);
    expect((await regionCheck(recordedAws().aws).run()).findings).to.have.length(1);
  });
});
