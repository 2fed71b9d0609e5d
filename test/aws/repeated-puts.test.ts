import { expect } from 'chai';
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Clients } from '../../src/aws/clients.ts';
import { RepeatedPuts } from '../../src/aws/repeated-puts.ts';

const SECRET = 'secret';

interface Seen {
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What the signature has to be, by AWS's description of Signature Version 4. */
function signatureOf({ path, query, headers, body }: Seen): string {
  const [, scope = '', names = ''] =
    /Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+),/.exec(headers.authorization ?? '') ?? [];
  const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');
  const canonical = [
    ...['PUT', path, query],
    ...names.split(';').map((name) => `${name}:${String(headers[name])}`),
    ...['', names, sha256(body)],
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const hmac = (key: string | Buffer, part: string) => createHmac('sha256', key).update(part).digest();
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${SECRET}`);
  return hmac(key, text).toString('hex');
}

describe('puts that repeat one another', () => {
  let server: Server;
  let seen: Seen[];
  /** Keys whose first request fails, and how; undefined to cut the connection. */
  let failing: Map<string, readonly [status: number, code: string] | undefined>;

  beforeEach(async () => {
    seen = [];
    failing = new Map();
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const [path = '', query = ''] = request.url?.split('?') ?? [];
        const key = path.split('/').at(-1) ?? '';
        seen.push({ path, query, headers: request.headers, body: Buffer.concat(parts) });
        if (failing.has(key)) {
          const failure = failing.get(key);
          failing.delete(key);
          if (failure === undefined) request.socket.destroy();
          else response.writeHead(failure[0]).end(`<Error><Code>${failure[1]}</Code></Error>`);
          return;
        }
        response
          .writeHead(200, { 'x-amz-server-side-encryption': 'aws:kms', 'x-amz-version-id': `v-${key}` })
          .end();
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  async function puts(log?: (line: string) => void): Promise<RepeatedPuts> {
    const clients = new Clients({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: { accessKeyId: 'AKIA', secretAccessKey: SECRET },
    });
    const settings = { Bucket: 'b', ContentType: 'text/plain', ServerSideEncryption: 'aws:kms' } as const;
    return new RepeatedPuts(await clients.s3(), settings, log);
  }
  const body = (text: string) => Buffer.from(text);

  it('are signed, and say the same as the SDK does, whatever the key', async () => {
    const repeated = await puts();
    const keys = ['one', "two words/and it's (more)*!", 'ünï/cödé', 'last'];
    const answers = await Promise.all(keys.map((Key) => repeated.put({ Key, Body: body(Key) })));
    expect(answers.map(({ VersionId }) => VersionId)).to.eql(
      seen.map(({ path }) => `v-${path.split('/').at(-1)}`),
    );
    expect(answers[3]?.ServerSideEncryption).to.equal('aws:kms');
    const bySdk = await puts();
    const before = seen.splice(0);
    for (const Key of keys) {
      await (await puts()).put({ Key, Body: body(Key) });
      await bySdk.put({ Key, Body: body(Key) });
    }
    for (const [index, request] of before.entries()) {
      const own = seen.filter(({ path }) => path === request.path);
      expect(own, request.path).to.have.length(2);
      expect(request.query).to.equal(own[0]?.query);
      expect(request.body.toString()).to.equal(keys[index]);
      for (const name of ['content-type', 'content-length', 'x-amz-server-side-encryption', 'host']) {
        expect(request.headers[name], name).to.equal(own[0]?.headers[name]);
      }
    }
    for (const each of [...before, ...seen]) {
      expect(each.headers.authorization).to.match(new RegExp(`Signature=${signatureOf(each)}$`));
    }
  });

  it('go without the SDK, but for the first', async () => {
    const lines: string[] = [];
    const repeated = await puts((line) => lines.push(line));
    await Promise.all(['a', 'b', 'c'].map((Key) => repeated.put({ Key, Body: body(Key) })));
    expect(seen.filter(({ headers }) => 'amz-sdk-invocation-id' in headers)).to.have.length(1);
    expect(lines).to.have.length(2);
    expect(lines[0]).to.match(/^s3 PutObject 200 \d+ ms$/);
  });

  it('are done again by the SDK where they fail, with its errors', async () => {
    const repeated = await puts();
    await repeated.put({ Key: 'first', Body: body('1') });
    failing.set('cut', undefined).set('slow', [503, 'SlowDown']);
    expect((await repeated.put({ Key: 'cut', Body: body('2') })).VersionId).to.equal('v-cut');
    expect((await repeated.put({ Key: 'slow', Body: body('3') })).VersionId).to.equal('v-slow');
    expect(seen.map(({ path }) => path)).to.eql(['/b/first', '/b/cut', '/b/cut', '/b/slow', '/b/slow']);
    await repeated.put({ Key: 'there', Body: body('4'), IfNoneMatch: '*' });
    expect(seen.at(-1)?.headers['if-none-match']).to.equal('*');
  });

  it('tell a condition that is not met as the SDK does', async () => {
    const repeated = await puts();
    await repeated.put({ Key: 'first', Body: body('1'), IfMatch: '"e1"' });
    server.removeAllListeners('request').on('request', (request, response) => {
      request.resume();
      response.writeHead(412).end('<Error><Code>PreconditionFailed</Code></Error>');
    });
    const failure = await repeated
      .put({ Key: 'second', Body: body('2'), IfNoneMatch: '*' })
      .catch((error: unknown) => error as Error);
    expect((failure as Error).name).to.equal('PreconditionFailed');
    expect(seen[0]?.headers['if-match']).to.equal('"e1"');
  });

  it('all go by the SDK where the first cannot be made', async () => {
    const clients = new Clients({
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1:1',
      credentials: { accessKeyId: 'AKIA', secretAccessKey: SECRET },
    });
    const client = await clients.s3();
    client.config.credentials = () => Promise.reject(new Error('no credentials'));
    const repeated = new RepeatedPuts(client, { Bucket: 'b' }, undefined);
    const outcomes = await Promise.allSettled(
      ['a', 'b'].map((Key) => repeated.put({ Key, Body: body(Key) })),
    );
    expect(outcomes.map(({ status }) => status)).to.eql(['rejected', 'rejected']);
  });
});
