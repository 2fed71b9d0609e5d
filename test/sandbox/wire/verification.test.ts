import { createHash, createHmac } from 'node:crypto';
import { expect } from 'chai';
import { unwrapBody } from '../../../src/sandbox/wire/signing/body.ts';
import { Denial } from '../../../src/sandbox/wire/coding/denial.ts';
import { splitTarget } from '../../../src/sandbox/wire/coding/http.ts';
import { credentialScope, signatureOf } from '../../../src/sandbox/wire/signing/signature.ts';
import { checkTime, type SignerClock, verify } from '../../../src/sandbox/wire/signing/verification.ts';
import { signed } from '../../support/signed-request.ts';
import { TestWorld } from '../../support/world.ts';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 10, 30, 12);

describe('when a signature was made', () => {
  const refusal = (signedAt: number, clock: Partial<SignerClock>, lifetime?: number) => {
    const time = new Date(signedAt).toISOString().replace(/[-:]|\.\d+/g, '');
    const url = lifetime === undefined ? { presigned: false } : { presigned: true, lifetime };
    try {
      checkTime({ time, date: time.slice(0, 8), ...url }, { now: NOON, rate: 1, speed: 1, ...clock });
      return 'good';
    } catch (error) {
      if (!(error instanceof Denial)) throw error;
      return error.reason;
    }
  };

  it('may be 15 minutes from now, to either side', () => {
    for (const speed of [1, 200]) {
      expect(refusal(NOON - 15 * MINUTE, { speed })).to.equal('good');
      expect(refusal(NOON + 15 * MINUTE, { speed })).to.equal('good');
      expect(refusal(NOON - 15 * MINUTE - 1000, { speed })).to.equal('skewed');
      expect(refusal(NOON + 15 * MINUTE + 1000, { speed })).to.equal('skewed');
    }
  });

  it('may be 15 real minutes from now by a clock that runs faster', () => {
    const fast = { rate: 20, speed: 20 };
    expect(refusal(NOON - 300 * MINUTE, fast)).to.equal('good');
    expect(refusal(NOON - 301 * MINUTE, fast)).to.equal('skewed');
    expect(refusal(NOON + 301 * MINUTE, fast)).to.equal('skewed');
  });

  it('limits a presigned URL to its lifetime on the sandbox’s clock', () => {
    expect(refusal(NOON - 3600_000, {}, 3600)).to.equal('good');
    expect(refusal(NOON - 3602_000, {}, 3600)).to.equal('URL expired');
    const bySandbox = { rate: 20, speed: 20 };
    expect(refusal(NOON - 3600_000, bySandbox, 3600)).to.equal('good');
    expect(refusal(NOON - 3625_000, bySandbox, 3600)).to.equal('URL expired');
    // An hour is three minutes of this machine.
    expect(refusal(NOON - 3 * MINUTE, { speed: 20 }, 3600)).to.equal('good');
    expect(refusal(NOON - 3 * MINUTE - 2000, { speed: 20 }, 3600)).to.equal('URL expired');
  });

  it('may be no later for a presigned URL than for others', () => {
    expect(refusal(NOON + 15 * MINUTE, {}, 3600)).to.equal('good');
    expect(refusal(NOON + 16 * MINUTE, {}, 3600)).to.equal('skewed');
  });

  it('limits a presigned URL to a week', () => {
    expect(refusal(NOON, {}, 604_800)).to.equal('good');
    for (const lifetime of [604_801, 0, -1, NaN]) {
      expect(refusal(NOON, {}, lifetime), String(lifetime)).to.equal('incomplete');
    }
  });

  it('is on the day of its scope', () => {
    const other = () => {
      checkTime(
        { time: '20261130T120000Z', date: '20261129', presigned: false },
        { now: NOON, rate: 1, speed: 1 },
      );
    };
    expect(other).to.throw(Denial, /Date in Credential scope does not match/);
  });
});

describe('whose clock a signature goes by', () => {
  const world = new TestWorld([]);
  const outcome = async (terms: { onSandboxTime?: boolean }, signedAt: Date) => {
    const { sessionToken, ...credentials } = world.keys.session('arn:aws:sts::1:assumed-role/a/b', terms);
    const client = { endpoint: world.endpoint, credentials };
    const request = await signed(client, { service: 'sts', path: '/', sessionToken, signedAt });
    const received = { ...request, ...splitTarget('/'), body: Buffer.alloc(0) };
    const scope = credentialScope(received);
    const signature = scope && signatureOf(received, scope);
    if (signature === undefined) throw new Error('no signature');
    return verify(world, received, signature, 'sts').then(
      () => 'good',
      (error: unknown) => (error as Denial).reason,
    );
  };

  it('is the sandbox’s for functions, this machine’s for all others', async () => {
    const [sandbox, real] = [new Date(world.now()), new Date()];
    expect(await outcome({ onSandboxTime: true }, sandbox)).to.equal('good');
    expect(await outcome({ onSandboxTime: true }, real)).to.equal('skewed');
    expect(await outcome({}, real)).to.equal('good');
    expect(await outcome({}, sandbox)).to.equal('skewed');
  });
});

/** AWS's own example: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html */
describe('a body in signed chunks', () => {
  const SCOPE = '20130524/us-east-1/s3/aws4_request';
  const CHUNKS = [
    ['a'.repeat(65_536), 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'],
    ['a'.repeat(1024), '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'],
    ['', 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'],
  ] as const;
  const key = SCOPE.split('/').reduce<Buffer>(
    (made, part) => createHmac('sha256', made).update(part).digest(),
    Buffer.from('AWS4wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'),
  );
  const sign = (kind: string, rest: readonly string[]) =>
    createHmac('sha256', key)
      .update([kind, '20130524T000000Z', SCOPE, ...rest].join('\n'))
      .digest('hex');
  const signing = {
    seed: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
    sign: (kind: string, rest: readonly string[]) => Promise.resolve(sign(kind, rest)),
  };
  const wrapped = (chunks: readonly (readonly [string, string])[]) =>
    chunks
      .map(
        ([content, signature]) =>
          `${content.length.toString(16)};chunk-signature=${signature}\r\n${content}${content === '' ? '' : '\r\n'}`,
      )
      .join('');
  const unwrap = (text: string, form = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD') =>
    unwrapBody(
      {
        ...{ method: 'PUT', path: '/bucket/key', query: new URLSearchParams() },
        headers: { 'x-amz-content-sha256': form, 'x-amz-decoded-content-length': '66560' },
        body: Buffer.from(text),
      },
      's3',
      signing,
    );
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => 'taken',
      (error: unknown) => (error as Error).message,
    );
  const body = `${wrapped(CHUNKS)}\r\n`;

  it('is read when every chunk has the signature that AWS gives it', async () => {
    expect((await unwrap(body)).body.toString()).to.equal('a'.repeat(66_560));
  });

  it('is refused when a chunk is changed, moved, left out or not signed', async () => {
    const [first, second, last] = CHUNKS;
    const changed = ['b'.repeat(65_536), first[1]] as const;
    for (const [what, chunks] of [
      ['changed', [changed, second, last]],
      ['moved', [second, first, last]],
      ['left out', [first, last]],
      ['wrong at the end', [first, second, ['', first[1]] as const]],
    ] as const) {
      expect(await refusal(unwrap(`${wrapped(chunks)}\r\n`)), what).to.contain('chunk signature');
    }
    const unsigned = body.replace(/;chunk-signature=\w+/, '');
    expect(await refusal(unwrap(unsigned)), 'not signed').to.contain('chunk signature');
  });

  it('is refused when its trailer is changed or not signed', async () => {
    const trailer = 'x-amz-checksum-crc32c:sOO8/Q==';
    const hash = createHash('sha256').update(`${trailer}\n`).digest('hex');
    const signature = sign('AWS4-HMAC-SHA256-TRAILER', [CHUNKS[2][1], hash]);
    const trailed = (lines: string) =>
      unwrap(`${wrapped(CHUNKS)}${lines}\r\n\r\n`, 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER');
    const { headers } = await trailed(`${trailer}\r\nx-amz-trailer-signature:${signature}`);
    expect(headers).to.include({ 'x-amz-checksum-crc32c': 'sOO8/Q==' });
    expect(headers).to.not.have.property('x-amz-trailer-signature');
    expect(await refusal(trailed(trailer))).to.contain('chunk signature');
    const other = trailer.replace('sOO8', 'AAAA');
    expect(await refusal(trailed(`${other}\r\nx-amz-trailer-signature:${signature}`))).to.contain(
      'chunk signature',
    );
  });

  it('is refused in a form that the sandbox does not read', async () => {
    const form = 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD';
    expect(await refusal(unwrap(body, form))).to.contain('does not read bodies of the form');
  });
});
