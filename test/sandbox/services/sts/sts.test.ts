import { expect } from 'chai';
import { sts } from '../../../../src/sandbox/services/sts/index.ts';
import { Caller } from '../../../support/service.ts';

describe('STS', () => {
  const aws = new Caller([sts]);

  it('says who is asking', async () => {
    expect(await aws.call('sts', 'GetCallerIdentity')).to.include({ Account: '111122223333' });
  });

  it('gives credentials for a role, for as long as is asked', async () => {
    const RoleArn = 'arn:aws:iam::111122223333:role/deploy';
    const { Credentials, AssumedRoleUser } = await aws.call('sts', 'AssumeRole', {
      ...{ RoleArn, RoleSessionName: 'night', DurationSeconds: 900 },
    });
    expect(AssumedRoleUser.Arn).to.equal('arn:aws:sts::111122223333:assumed-role/deploy/night');
    expect(Credentials.Expiration.getTime() - aws.world.now()).to.equal(900_000);
    expect(Credentials.AccessKeyId).to.match(/^ASIA/);
    const short = { RoleArn, RoleSessionName: 'night', DurationSeconds: 60 };
    expect((await aws.refused('sts', 'AssumeRole', short)).code).to.match(/Validation/);
  });
});
