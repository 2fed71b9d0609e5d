import { expect } from 'chai';
import type { OperationError } from '../../src/errors.ts';
import { copySecrets } from '../../src/secrets/copy.ts';
import { SecretBucket } from '../support/secret-bucket.ts';

const QUIET = () => undefined;
const MINE = { overwrite: false };

async function refusal(work: Promise<unknown>): Promise<OperationError> {
  return work.then(
    () => expect.fail('it was copied'),
    (error: unknown) => error as OperationError,
  );
}

describe('copying secrets from a stack to another', () => {
  const ALL = {
    env: 'A=1\n',
    'app/env': 'A=2\n',
    'app/private_ssh_key': 'key',
    'other/git-credentials': 'https://a:b@c\n',
    'secret-files/NPM_TOKEN': 'token',
    'app/notes.txt': 'read by no build',
  };
  const { 'app/notes.txt': _, ...READ } = ALL;

  it('takes what builds read, and says what it left', async () => {
    const target = new SecretBucket();
    const { copied, same, left } = await copySecrets(new SecretBucket(ALL), target, MINE, QUIET);
    expect(target.contents).to.eql(READ);
    expect(copied.map(({ key }) => key)).to.have.members(Object.keys(READ));
    expect([same, left]).to.eql([[], ['app/notes.txt']]);
  });

  it('takes one pipeline’s own alone', async () => {
    const target = new SecretBucket();
    const source = new SecretBucket({ ...ALL, 'app2/env': 'B=1\n' });
    const { left } = await copySecrets(source, target, { ...MINE, pipeline: 'app' }, QUIET);
    expect(Object.keys(target.contents)).to.have.members(['app/env', 'app/private_ssh_key']);
    expect(left).to.eql(['app/notes.txt']);
  });

  it('leaves what is the same on both sides, and writes it not again', async () => {
    const target = new SecretBucket({ env: 'A=1\n' });
    let writes = 0;
    target.meanwhile = () => (writes += 1);
    const { copied, same } = await copySecrets(
      new SecretBucket({ env: 'A=1\n', 'app/env': 'A=2\n' }),
      target,
      MINE,
      QUIET,
    );
    expect(copied.map(({ key }) => key)).to.eql(['app/env']);
    expect(same).to.eql(['env']);
    expect(writes).to.equal(1);
  });

  it('copies nothing where the other side has something else, and names it', async () => {
    const target = new SecretBucket({ env: 'THEIRS=1\n' });
    const error = await refusal(copySecrets(new SecretBucket(ALL), target, MINE, QUIET));
    expect(error.message).to.equal('The other side has something else at env');
    expect(error.hint).to.match(/^Nothing was copied\..*--overwrite$/);
    expect(error.details).to.eql({ inTheWay: ['env'] });
    expect(target.contents).to.eql({ env: 'THEIRS=1\n' });
  });

  it('names ten at most of what is in the way', async () => {
    const keys = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}/env`, 'A=1\n']));
    const theirs = (count: number) =>
      new SecretBucket(Object.fromEntries(Object.keys(keys(count)).map((key) => [key, 'B=1\n'])));
    const message = async (count: number) =>
      (await refusal(copySecrets(new SecretBucket(keys(count)), theirs(count), MINE, QUIET))).message;
    expect(await message(10)).to.match(/p9\/env$/);
    expect(await message(11)).to.match(/p9\/env, \.\.\.$/);
  });

  it('replaces it where that is meant', async () => {
    const target = new SecretBucket({ env: 'THEIRS=1\n' });
    await copySecrets(new SecretBucket({ env: 'A=1\n' }), target, { overwrite: true }, QUIET);
    expect(target.contents).to.eql({ env: 'A=1\n' });
  });

  /** A write that doesn't check would take the place of what somebody has stored since the sides were compared. */
  for (const [what, theirs] of [
    ['has changed since it was compared', { env: 'OLD=1\n' }],
    ['has come since there was nothing', {}],
  ] as const) {
    it(`copies over nothing that ${what}`, async () => {
      const target = new SecretBucket(theirs);
      target.meanwhile = () => {
        target.set('env', 'THEIRS=1\n');
      };
      const copy = copySecrets(new SecretBucket({ env: 'A=2\n' }), target, { overwrite: true }, QUIET);
      const error = await refusal(copy);
      expect(error).to.have.property('name', 'OperationError');
      expect(error.message).to.equal('env was changed on the other side by somebody else just now');
      expect(error.hint).to.match(/^It was left alone; 0 of 1 secrets were copied\. Repeat/);
      expect(target.contents).to.eql({ env: 'THEIRS=1\n' });
    });
  }

  it('fails as the bucket does', async () => {
    const target = new SecretBucket();
    target.meanwhile = () => {
      throw new Error('AccessDenied');
    };
    const error = await refusal(copySecrets(new SecretBucket({ env: 'A=1\n' }), target, MINE, QUIET));
    expect(error.message).to.equal('AccessDenied');
  });

  it('tells how many are done', async () => {
    const told: string[] = [];
    await copySecrets(new SecretBucket(READ), new SecretBucket(), MINE, (done, all) =>
      told.push(`${done} of ${all}`),
    );
    expect(told).to.eql(['1 of 5', '2 of 5', '3 of 5', '4 of 5', '5 of 5']);
  });
});
