import { expect } from 'chai';
import {
  type BucketState,
  checkSecretsBucket,
} from '../../../../src/stack/preflight/checks/secrets-bucket.ts';

describe('the secrets bucket, before a stack is made', () => {
  const check = (state: BucketState, parameters: Readonly<Record<string, string>>) =>
    checkSecretsBucket(
      { bucket: () => Promise.resolve(state) },
      new Map(Object.entries(parameters)),
      'us-east-1',
    );
  const named = { SecretsBucket: 'ours' };

  it('is the stack’s own where none is named', async () => {
    const { problems, warnings } = await check({ kind: 'missing' }, { SecretsBucket: '' });
    expect([...problems, ...warnings]).to.eql([]);
  });

  it('has to be there', async () => {
    const { problems } = await check({ kind: 'missing' }, named);
    expect(problems[0]?.message).to.equal('There is no bucket ours');
  });

  it('has to be in the region in which it is looked for', async () => {
    const there: BucketState = { kind: 'there', region: 'eu-west-1' };
    const { problems } = await check(there, named);
    expect(problems[0]?.message).to.equal('The bucket ours is in eu-west-1, not in us-east-1');
    expect(problems[0]?.hint).to.contain('--param SecretsBucketRegion=eu-west-1');
    expect((await check(there, { ...named, SecretsBucketRegion: 'eu-west-1' })).problems).to.eql([]);
  });

  it('is not in the way where it may not be looked at', async () => {
    const { problems, warnings } = await check({ kind: 'hidden' }, named);
    expect([problems.length, warnings.length]).to.eql([0, 1]);
  });
});
