import { expect } from 'chai';
import type { OperationError } from '../../../src/errors.ts';
import { changeEnv, type RetryTiming } from '../../../src/secrets/put/change-env.ts';
import type { NewSecret, PutRequest } from '../../../src/secrets/put/gather.ts';
import { putSecrets } from '../../../src/secrets/put/put.ts';
import { SecretBucket } from '../../support/secret-bucket.ts';

/** Time that passes while somebody waits, and then only. */
class Watch implements RetryTiming {
  #time = 0;
  readonly now = () => this.#time;
  readonly pause = (milliseconds: number) => {
    this.#time += milliseconds;
    return Promise.resolve();
  };
  readonly random = () => 0.5;
}

const QUIET = () => undefined;

const order = (...secrets: NewSecret[]): PutRequest => ({
  pipeline: undefined,
  secrets,
  edits: [],
  warnings: [],
});
const envFile = (text: string): NewSecret => ({
  key: 'env',
  kind: 'env',
  body: Buffer.from(text),
  replaces: true,
});

async function failure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => expect.fail('it went well'),
    (thrown: unknown) => thrown as OperationError,
  );
  return `${error.name}: ${error.message}\n${error.hint}`;
}

describe('storing secrets beside others who do', () => {
  it('leaves an env file alone that somebody else has changed, where the whole of it was to be replaced', async () => {
    const bucket = new SecretBucket({ env: 'A=1\n' });
    bucket.meanwhile = () => {
      bucket.set('env', 'A=1\nTHEIRS=1\n');
    };
    expect(await failure(putSecrets(bucket, order(envFile('B=1\n')), new Watch(), QUIET))).to.match(
      /^OperationError: env was changed by somebody else just now, so it was left alone.*secrets get.*--set/s,
    );
    expect(bucket.contents).to.eql({ env: 'A=1\nTHEIRS=1\n' });
  });

  it('makes an edit again on top of what others have written', async () => {
    const bucket = new SecretBucket({ env: 'A=1\n' });
    let times = 0;
    bucket.meanwhile = () => {
      if ((times += 1) <= 3) bucket.set('env', `A=1\nTHEIRS=${times}\n`);
    };
    await changeEnv(bucket, ['env', 'environment'], [{ name: 'B', value: '1' }], new Watch());
    expect(bucket.contents).to.eql({ env: 'A=1\nTHEIRS=3\nB=1\n' });
  });

  it('gives up where others never stop', async () => {
    const bucket = new SecretBucket();
    let times = 0;
    bucket.meanwhile = () => {
      bucket.set('env', `THEIRS=${(times += 1)}\n`);
    };
    const edit = changeEnv(bucket, ['env', 'environment'], [{ name: 'B', value: '1' }], new Watch());
    expect(await failure(edit)).to.match(
      /^OperationError: env and environment are changed by others all the time: gave up after \d+ tries\nRepeat/,
    );
    expect(bucket.contents).to.eql({ env: `THEIRS=${times}\n` });
  });

  it('stores nothing beside a key that is made where there is one already', async () => {
    const bucket = new SecretBucket({ private_ssh_key: 'theirs' });
    const made = {
      key: 'private_ssh_key',
      kind: 'ssh-key',
      body: Buffer.from('x'),
      replaces: false,
    } as const;
    const put = () => failure(putSecrets(bucket, order(made, envFile('B=1\n')), new Watch(), QUIET));
    expect(await put()).to.match(/^OperationError: There is a key at private_ssh_key already.*secrets rm/s);
    expect(bucket.contents).to.eql({ private_ssh_key: 'theirs' });
    await bucket.remove('private_ssh_key');
    bucket.meanwhile = () => {
      bucket.set('private_ssh_key', 'just now');
    };
    expect(await put()).to.match(/^OperationError: There is a key at private_ssh_key already/);
    expect(bucket.contents['private_ssh_key']).to.equal('just now');
  });

  it('tells of the file that wins over the one that was stored', async () => {
    const bucket = new SecretBucket({ environment: 'B=2\n' });
    const { warnings } = await putSecrets(bucket, order(envFile('B=1\n')), new Watch(), QUIET);
    expect(warnings).to.eql(['environment is there too. It is loaded after env, and wins.']);
  });
});
