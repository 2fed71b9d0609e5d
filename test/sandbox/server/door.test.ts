import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { EC2 } from '@aws-sdk/client-ec2';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { SSM } from '@aws-sdk/client-ssm';
import { STS } from '@aws-sdk/client-sts';
import { expect } from 'chai';
import { type Route, ROUTES } from '../../../src/sandbox/server/routes.ts';
import { until } from '../../support/until.ts';
import { TestServer } from '../../support/server.ts';
import {
  presigned,
  type RequestToSign,
  send,
  type SignedRequest,
  signed,
} from '../../support/signed-request.ts';

const HANDLE = JSON.stringify({
  Resources: { Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' } },
});
const CREATE = `Action=CreateStack&Version=2010-05-15&StackName=planted&TemplateBody=${encodeURIComponent(HANDLE)}`;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const WHO: RequestToSign = { service: 'sts', path: '/?Action=GetCallerIdentity&Version=2011-06-15' };
const LIST: RequestToSign = {
  ...{ service: 'cloudformation', method: 'POST', headers: FORM },
  body: 'Action=ListStacks&Version=2010-05-15',
};
const OBJECT: RequestToSign = {
  ...{ service: 's3', method: 'PUT', path: '/door/key', body: 'as it was signed' },
  headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
};

describe('the door of the sandbox', function () {
  this.timeout(60_000);
  const server = new TestServer();
  before(async () => {
    await server.start({ speed: 200 });
    await new S3({ ...server.client, forcePathStyle: true }).createBucket({ Bucket: 'door' });
  });
  afterEach(async () => {
    expect(server.failures).to.deep.equal([]);
    const { StackSummaries = [] } = await new CloudFormation(server.client).listStacks({});
    expect(StackSummaries.map(({ StackName }) => StackName)).to.not.include('planted');
  });
  after(() => server.remove());

  const plain = (path: string, headers: Record<string, string> = {}, method = 'GET'): SignedRequest => ({
    url: server.endpoint + path,
    method,
    headers: { host: new URL(server.endpoint).host, ...headers },
  });
  const code = ({ status, text }: { readonly status: number; readonly text: string }) => {
    const [, xml = '', json = ''] = /<Code>(\w+)<\/Code>|"__type":"(\w+)"/.exec(text) ?? [];
    return `${status} ${xml}${json}`.trim();
  };
  /** What is answered to a request that is signed and then changed. */
  const asked = async (
    request: RequestToSign,
    change: (request: SignedRequest) => Partial<SignedRequest> = () => ({}),
    client = server.client,
  ) => {
    const ready = await signed(client, request);
    return code(await send({ ...ready, ...change(ready) }));
  };
  const withHeaders = (headers: Record<string, string>) => (request: SignedRequest) => ({
    headers: { ...request.headers, ...headers },
  });
  const authorization = (from: RegExp, to: string) => (request: SignedRequest) => ({
    headers: { ...request.headers, authorization: request.headers['authorization']?.replace(from, to) ?? '' },
  });
  const sessionOf = async (RoleArn = 'arn:aws:iam::111122223333:role/deploy', DurationSeconds = 3600) => {
    const { Credentials } = await new STS(server.client).assumeRole({
      ...{ RoleArn, RoleSessionName: 'night', DurationSeconds },
    });
    return {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
  };

  describe('has a lock on each route, which', () => {
    interface Probe {
      /** Requests by what is wrong with them. */
      readonly shut: () => Readonly<Record<string, SignedRequest>>;
      readonly open: () => SignedRequest | Promise<SignedRequest>;
    }
    const bearers = (path: string) => () => ({
      'no bearer': plain(path),
      'the header of an older bk-stack': plain(path, { 'x-bk-stack-sandbox': '1' }),
      'another bearer': plain(path, { authorization: `Bearer ${'x'.repeat(40)}` }),
      'an empty bearer': plain(path, { authorization: 'Bearer ' }),
      'the access key id': plain(path, { authorization: `Bearer ${server.client.credentials.accessKeyId}` }),
      'another kind of credentials': plain(path, {
        authorization: server.bearer.authorization.replace('Bearer', 'Token'),
      }),
    });
    const probes: Readonly<Record<Route['to'], Probe>> = {
      control: {
        shut: bearers('/_sandbox/status'),
        open: () => plain('/_sandbox/status', { ...server.bearer }),
      },
      'REST API': {
        shut: bearers('/_buildkite/v2/organizations/sandbox/agents'),
        open: () => plain('/_buildkite/v2/organizations/sandbox/agents', { ...server.bearer }),
      },
      'agent API': {
        shut: () => ({
          'no token': plain('/_buildkite/v3/register', {}, 'POST'),
          'a token of one’s own': plain(
            '/_buildkite/v3/register',
            { authorization: 'Token bkct_mine' },
            'POST',
          ),
          'no agent’s token': plain('/_buildkite/v3/ping', { authorization: 'Token bkct_mine' }),
          'counts without a token': plain('/_buildkite/v3/metrics'),
        }),
        open: () => {
          const token = `Token ${server.client.credentials.secretAccessKey}`;
          return plain('/_buildkite/v3/register', { authorization: token }, 'POST');
        },
      },
      metadata: {
        shut: () => ({
          'no key': plain(`/_imds/us-east-1/i-0123456789abcdef0/latest/meta-data/instance-id`),
          'a key of one’s own': plain(
            `/_imds/us-east-1/i-0123456789abcdef0/key/latest/meta-data/instance-id`,
          ),
        }),
        open: async () => {
          const ec2 = new EC2(server.client);
          const { Images: [{ ImageId } = {}] = [] } = await ec2.describeImages({ Owners: ['amazon'] });
          const { Instances: [{ InstanceId = '' } = {}] = [] } = await ec2.runInstances({
            ...{ ImageId, InstanceType: 't3.large', MinCount: 1, MaxCount: 1 },
          });
          await until('it runs', async () => {
            const { Reservations } = await ec2.describeInstances({ InstanceIds: [InstanceId] });
            return Reservations?.[0]?.Instances?.[0]?.State?.Name === 'running';
          });
          const base = new URL(server.metadataEndpoint('us-east-1', InstanceId)).pathname;
          const ttl = { 'x-aws-ec2-metadata-token-ttl-seconds': '60' };
          return plain(`${base}/latest/api/token`, ttl, 'PUT');
        },
      },
      'CloudFormation response': {
        shut: () => ({
          'a token of one’s own': plain(
            ...([`/_cloudformation/response/us-east-1-${'0'.repeat(32)}`, {}, 'PUT'] as const),
          ),
          'a token without a region': plain('/_cloudformation/response/x', {}, 'PUT'),
        }),
        open: async () => {
          const cloudFormation = new CloudFormation(server.client);
          await cloudFormation.createStack({ StackName: 'handle', TemplateBody: HANDLE });
          let url = '';
          await until('the handle is there', async () => {
            const { StackResources } = await cloudFormation.describeStackResources({ StackName: 'handle' });
            url = StackResources?.[0]?.PhysicalResourceId ?? '';
            return url.startsWith('http');
          });
          return plain(new URL(url).pathname, {}, 'PUT');
        },
      },
      AWS: {
        shut: () => ({
          'no signature': plain(`/?${CREATE}`),
          'a made-up credential': plain(
            `/?${CREATE}&X-Amz-Credential=AKIA%2F20261130%2Fus-east-1%2Fcloudformation%2Faws4_request&X-Amz-Signature=0`,
          ),
          'the bearer': plain(`/?${CREATE}`, { ...server.bearer }),
        }),
        open: () => signed(server.client, LIST),
      },
    };

    for (const { to, lock } of ROUTES) {
      it(`${to} opens with: ${lock}`, async () => {
        const { shut, open } = probes[to];
        for (const [what, request] of Object.entries(shut())) {
          expect((await send(request)).status, what).to.be.within(400, 404);
        }
        expect((await send(await open())).status).to.equal(200);
      });
    }

    it('is tried for every route', () => {
      expect(ROUTES.map(({ to }) => to)).to.have.members(Object.keys(probes));
    });

    it('says how to get the bearer', async () => {
      const { status, text } = await send(plain('/_sandbox/reset', {}, 'POST'));
      expect(status).to.equal(401);
      expect(text).to.contain('bk-stack sandbox env');
    });

    it('holds for a control endpoint that there is not, too', async () => {
      expect((await send(plain('/_sandbox/anything', {}, 'POST'))).status).to.equal(401);
    });

    it('shows REST and control to no session', async () => {
      const { secretAccessKey } = await sessionOf();
      const headers = { authorization: `Bearer ${secretAccessKey}` };
      expect((await send(plain('/_sandbox/status', headers))).status).to.equal(401);
    });
  });

  describe('refuses a page in a browser', () => {
    const everywhere = [
      ['signed', async () => signed(server.client, LIST)],
      ['with the bearer', () => plain('/_sandbox/status', { ...server.bearer })],
      ['presigned', async () => presigned(server.client, WHO, 60)],
    ] as const;

    for (const [what, headers] of [
      ['of another site', { 'sec-fetch-site': 'cross-site' }],
      ['of another port of this machine', { 'sec-fetch-site': 'same-site' }],
      ['by its origin', { origin: 'https://example.com' }],
      ['by this machine’s own origin', { origin: 'http://localhost:3000' }],
      ['of a file', { origin: 'null' }],
      ['by a rebound name', { host: 'evil.example.com' }],
      ['by a name that only begins well', { host: 'localhost.example.com' }],
      ['by a name that only ends well', { host: 'evillocalhost' }],
      ['by an address of the network', { host: '192.168.1.2:4599' }],
    ] as const) {
      it(what, async () => {
        for (const [kind, request] of everywhere) {
          const ready = await request();
          const { status, text } = await send({ ...ready, headers: { ...ready.headers, ...headers } });
          expect(status, kind).to.equal(403);
          expect(text).to.match(/^The sandbox answers programs on this machine only.*\n$/);
        }
      });
    }

    it('takes hosts of AWS’s own names from a proxy that has the owner’s secret, and from no other', async () => {
      const names = { host: 'sts.us-east-1.amazonaws.com' };
      const { secretAccessKey } = server.client.credentials;
      const forwarded = async (secret: string | undefined, headers: Record<string, string> = names) => {
        const ready = await signed({ ...server.client, endpoint: `http://${names.host}` }, WHO);
        const forwarder = secret === undefined ? {} : { 'x-bk-stack-forwarder': secret };
        const { pathname, search } = new URL(ready.url);
        return code(
          await send({
            ...ready,
            url: server.endpoint + pathname + search,
            headers: { ...ready.headers, ...headers, ...forwarder },
          }),
        );
      };
      expect(await forwarded(secretAccessKey)).to.equal('200');
      for (const secret of [undefined, '', 'x']) expect(await forwarded(secret)).to.equal('403');
      const ofPage = { ...names, origin: 'https://example.com' };
      expect(await forwarded(secretAccessKey, ofPage)).to.equal('403');
    });

    it('but not what a person types into its address bar', async () => {
      const { status } = await send({ ...(await presigned(server.client, WHO, 60)) });
      expect(status).to.equal(200);
      const typed = await presigned(server.client, WHO, 60);
      const headers = { ...typed.headers, 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' };
      expect((await send({ ...typed, headers })).status).to.equal(200);
    });

    it('and no program, by whichever name of this machine', async () => {
      const { port } = new URL(server.endpoint);
      for (const host of ['127.0.0.1', 'localhost', '[::1]', 'door.s3.localhost', 'LOCALHOST']) {
        const { status } = await send(
          plain('/_sandbox/status', { ...server.bearer, host: `${host}:${port}` }),
        );
        expect(status, host).to.equal(200);
      }
    });
  });

  describe('refuses a request', () => {
    it('that is not signed, of any protocol', async () => {
      expect(code(await send(plain(`/?${CREATE}`)))).to.equal('403 MissingAuthenticationToken');
      expect(code(await send(plain('/door/key')))).to.equal('403 AccessDenied');
      const json = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.GetParameter' };
      expect(code(await send(plain('/', json, 'POST')))).to.equal('400 MissingAuthenticationTokenException');
    });

    it('whose signature lacks a part', async () => {
      for (const part of ['SignedHeaders', 'Signature', 'Credential']) {
        expect(await asked(WHO, authorization(new RegExp(`${part}=[^,]+,? ?`), '')), part).to.equal(
          '400 IncompleteSignature',
        );
      }
      const { 'x-amz-date': _, ...headers } = (await signed(server.client, WHO)).headers;
      expect(await asked(WHO, () => ({ headers }))).to.equal('400 IncompleteSignature');
    });

    it('whose signature is another', async () => {
      expect(await asked(WHO, authorization(/Signature=\w/, 'Signature=x'))).to.equal(
        '403 SignatureDoesNotMatch',
      );
      expect(await asked(WHO, authorization(/Signature=\w+/, 'Signature='))).to.equal(
        '403 SignatureDoesNotMatch',
      );
      expect(await asked(WHO, authorization(/(Signature=\w+)/, '$1$1'))).to.equal(
        '403 SignatureDoesNotMatch',
      );
    });

    it('that is changed after it was signed: path, query, header, body, method', async () => {
      for (const [what, change] of [
        ['path', ({ url }: SignedRequest) => ({ url: url.replace('/?', '/x?') })],
        ['query', ({ url }: SignedRequest) => ({ url: url.replace('GetCallerIdentity', 'GetSessionToken') })],
        ['another parameter', ({ url }: SignedRequest) => ({ url: `${url}&DurationSeconds=900` })],
        [
          'time',
          withHeaders({
            'x-amz-date': new Date(Date.now() - 60_000).toISOString().replace(/[-:]|\.\d+/g, ''),
          }),
        ],
        ['method', () => ({ method: 'POST' })],
      ] as const) {
        expect(await asked(WHO, change), what).to.equal('403 SignatureDoesNotMatch');
      }
      const evil = { body: CREATE };
      expect(await asked(LIST, () => evil), 'body').to.equal('403 SignatureDoesNotMatch');
      const target = { ...LIST, headers: { ...FORM, 'x-amz-meta-a': '1' } };
      expect(await asked(target, withHeaders({ 'x-amz-meta-a': '2' })), 'header').to.equal(
        '403 SignatureDoesNotMatch',
      );
    });

    it('whose scope is another than it was signed for', async () => {
      for (const [from, to] of [
        ['/cloudformation/', '/sts/'],
        ['/us-east-1/', '/eu-west-1/'],
        ['/aws4_request', '/aws5_request'],
      ] as const) {
        expect(await asked(LIST, authorization(new RegExp(from), to)), to).to.match(
          /^403 SignatureDoesNotMatch|^400 IncompleteSignature/,
        );
      }
      expect(await asked({ ...LIST, service: 'sts' }), 'signed for STS').to.equal('400 InvalidAction');
      expect(await asked({ ...LIST, service: 'unknown' })).to.equal('501 NotImplemented');
      const stranger = { ...server.client, credentials: { accessKeyId: 'AKIA', secretAccessKey: 'x' } };
      expect(await asked({ ...LIST, service: 'unknown' }, undefined, stranger)).to.equal(
        '403 InvalidClientTokenId',
      );
    });

    it('that leaves the host or one of AWS’s headers unsigned', async () => {
      expect(await asked(LIST, withHeaders({ 'x-amz-added': '1' }))).to.equal('403 SignatureDoesNotMatch');
      expect(await asked(OBJECT, withHeaders({ 'x-amz-acl': 'public-read' }))).to.equal('403 AccessDenied');
      expect(await asked(LIST, authorization(/;host/, ''))).to.equal('403 SignatureDoesNotMatch');
    });

    it('that was signed long ago, or will be', async () => {
      const at = (minutes: number) => ({ signedAt: new Date(Date.now() + minutes * 60_000) });
      expect(await asked({ ...WHO, ...at(-14) })).to.equal('200');
      expect(await asked({ ...WHO, ...at(-16) })).to.equal('403 SignatureDoesNotMatch');
      expect(await asked({ ...WHO, ...at(16) })).to.equal('403 SignatureDoesNotMatch');
      expect(await asked({ ...OBJECT, ...at(-16) })).to.equal('403 RequestTimeTooSkewed');
      expect(
        await asked({ ...WHO, ...{ service: 'ec2', path: '/?Action=DescribeVpcs' }, ...at(-16) }),
      ).to.equal('400 RequestExpired');
    });

    it('of S3 whose body is not the one that was signed', async () => {
      const put = { ...OBJECT, headers: {} };
      expect(await asked(put)).to.equal('200');
      expect(await asked(put, () => ({ body: 'another' }))).to.equal('400 XAmzContentSHA256Mismatch');
      expect(await asked(put, withHeaders({ 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }))).to.equal(
        '403 SignatureDoesNotMatch',
      );
    });

    it('by a presigned URL that is changed, old or for longer than AWS allows', async () => {
      const object = { service: 's3', path: '/door/key' };
      const url = async (asked: RequestToSign, seconds: number, from = '', to = '') => {
        const made = await presigned(server.client, asked, seconds);
        return code(await send({ ...made, url: made.url.replace(from, to) }));
      };
      expect(await url(object, 3600)).to.equal('200');
      expect(await url(object, 3600, '/door/key', '/door/other')).to.equal('403 SignatureDoesNotMatch');
      expect(await url(object, 3600, 'X-Amz-Expires=3600', 'X-Amz-Expires=36000')).to.equal(
        '403 SignatureDoesNotMatch',
      );
      const old = { ...object, signedAt: new Date(Date.now() - 60_000) };
      expect(await url(old, 3600)).to.equal('403 AccessDenied');
      expect(await url(object, 3600, 'X-Amz-Expires=3600', 'X-Amz-Expires=999999')).to.equal(
        '400 AuthorizationHeaderMalformed',
      );
      expect(await url(WHO, 3600)).to.equal('200');
      expect(await url(WHO, 3600, 'GetCallerIdentity', 'GetSessionToken')).to.equal(
        '403 SignatureDoesNotMatch',
      );
    });

    it('with a key or a secret that is not the sandbox’s, as each of AWS’s services words it', async () => {
      const outcomes = async (credentials: { accessKeyId: string; secretAccessKey: string }) => {
        const client = { ...server.client, credentials, maxAttempts: 1 };
        const refusals = [
          new CloudFormation(client).listStacks({}),
          new EC2(client).describeVpcs({}),
          new S3({ ...client, forcePathStyle: true }).listBuckets({}),
          new SSM(client).describeParameters({}),
          new Lambda(client).listFunctions({}),
          new CloudWatch(client).listMetrics({}),
        ].map((call) =>
          (call as Promise<unknown>).then(
            () => 'taken',
            (error: unknown) => error as Error,
          ),
        );
        return Promise.all(refusals);
      };
      const { accessKeyId, secretAccessKey } = server.client.credentials;
      const names = (errors: readonly unknown[]) => errors.map((error) => (error as Error).name);
      const unknown = await outcomes({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey });
      expect(names(unknown)).to.deep.equal([
        ...['InvalidClientTokenId', 'AuthFailure', 'InvalidAccessKeyId'],
        ...['UnrecognizedClientException', 'UnrecognizedClientException', 'UnrecognizedClientException'],
      ]);
      for (const error of unknown)
        expect((error as Error).message).to.contain('eval "$(bk-stack sandbox env)"');
      expect(names(await outcomes({ accessKeyId, secretAccessKey: 'sandbox' }))).to.deep.equal([
        ...['SignatureDoesNotMatch', 'AuthFailure', 'SignatureDoesNotMatch'],
        ...['InvalidSignatureException', 'InvalidSignatureException', 'InvalidSignatureException'],
      ]);
    });
  });

  describe('lets in whoever has assumed a role', () => {
    it('as that role, with every protocol', async () => {
      const client = { ...server.client, credentials: await sessionOf() };
      expect(await new STS(client).getCallerIdentity({})).to.include({
        Arn: 'arn:aws:sts::111122223333:assumed-role/deploy/night',
      });
      await new EC2(client).describeVpcs({});
      await new S3({ ...client, forcePathStyle: true }).listBuckets({});
      await new SSM(client).describeParameters({});
      await new Lambda(client).listFunctions({});
      await new CloudWatch(client).listMetrics({});
    });

    it('but with the token of that session alone', async () => {
      const { sessionToken, ...credentials } = await sessionOf();
      const client = { ...server.client, credentials };
      const other = await sessionOf('arn:aws:iam::111122223333:role/other');
      const [content = '', mac = ''] = sessionToken.split('.');
      const forged = Buffer.from(
        JSON.stringify({
          ...(JSON.parse(Buffer.from(content, 'base64url').toString()) as object),
          callerArn: 'arn:aws:sts::111122223333:assumed-role/admin/night',
        }),
      ).toString('base64url');
      expect(await asked({ ...WHO, sessionToken }, undefined, client)).to.equal('200');
      for (const token of [undefined, other.sessionToken, `${forged}.${mac}`, content, 'x']) {
        const asking = { ...WHO, ...(token !== undefined && { sessionToken: token }) };
        expect(await asked(asking, undefined, client), token).to.equal('403 InvalidClientTokenId');
      }
      // A long-term key has no token.
      expect(await asked({ ...WHO, sessionToken })).to.equal('403 InvalidClientTokenId');
    });

    it('for as long as was asked, on the sandbox’s clock', async () => {
      const { sessionToken, ...credentials } = await sessionOf(undefined, 900);
      const asking = () => asked({ ...WHO, sessionToken }, undefined, { ...server.client, credentials });
      expect(await asking()).to.equal('200');
      await until('it expires', async () => (await asking()) === '403 ExpiredToken');
    });
  });

  it('lets a function in as its role, and gives it nothing that opens more', async () => {
    const lambda = await functionInside(server);
    const FunctionName = 'inside';
    process.env['BK_STACK_OWN'] = 'of the sandbox';
    try {
      const { Payload } = await lambda.invoke({ FunctionName });
      const told = JSON.parse(Buffer.from(Payload ?? []).toString()) as {
        readonly arn: string;
        readonly env: Readonly<Record<string, string>>;
        readonly cwd: string;
      };
      expect(told.arn).to.equal('arn:aws:sts::111122223333:assumed-role/inside-role/inside');
      expect(told.env).to.not.have.any.keys('BK_STACK_OWN', 'HOME', 'XDG_STATE_HOME', 'USER');
      expect(JSON.stringify(told)).to.not.contain(server.client.credentials.secretAccessKey);
      expect(told.cwd).to.contain('bk-stack-lambda-').and.to.not.equal(process.cwd());
    } finally {
      Reflect.deleteProperty(process.env, 'BK_STACK_OWN');
    }
  });

  it('lets a function in however far the sandbox’s clock is ahead of this machine’s', async () => {
    const ahead = new TestServer();
    try {
      await ahead.start({ speed: 100_000 });
      await until('the clock is days ahead', async () => {
        const answer = await fetch(`${ahead.endpoint}/_sandbox/status`, { headers: ahead.bearer });
        return Date.parse(((await answer.json()) as { now: string }).now) - Date.now() > 2 * 86_400_000;
      });
      await ahead.stop();
      await ahead.start({ speed: 5 });
      const lambda = await functionInside(ahead);
      // The second request of an SDK is signed by what it has learned of the clock from the first.
      for (const run of ['first', 'second', 'third']) {
        const { FunctionError, Payload } = await lambda.invoke({ FunctionName: 'inside' });
        expect(FunctionError, `${run}: ${Buffer.from(Payload ?? []).toString()}`).to.equal(undefined);
      }
      const { $metadata } = await new STS(ahead.client).getCallerIdentity({});
      expect($metadata.httpStatusCode, 'a client with this machine’s clock').to.equal(200);
    } finally {
      await ahead.remove();
    }
  });

  it('has new keys after a restart, and says so to who has the old ones', async () => {
    const before = server.client;
    const { bearer } = server;
    const session = await sessionOf();
    await server.stop();
    await server.start({ speed: 200 });
    const old = { ...before, endpoint: server.endpoint };
    const { text, status } = await send(await signed(old, WHO));
    expect(code({ text, status })).to.equal('403 InvalidClientTokenId');
    expect(text).to.contain('Each start makes new keys');
    const { sessionToken, ...credentials } = session;
    expect(await asked({ ...WHO, sessionToken }, undefined, { ...old, credentials })).to.equal(
      '403 InvalidClientTokenId',
    );
    expect((await send(plain('/_sandbox/status', { ...bearer }))).status).to.equal(401);
    expect(server.client.credentials.secretAccessKey).to.match(/^[\w-]{40}$/);
    expect(await asked(WHO)).to.equal('200');
    expect(server.logged.join('\n')).to.not.contain(before.credentials.secretAccessKey);
  });
});

/** Makes the function `inside`, which says who it is by the SDK. */
async function functionInside(server: TestServer): Promise<Lambda> {
  const lambda = new Lambda(server.client);
  const FunctionName = 'inside';
  const ZipFile = `
    const { STS } = require('@aws-sdk/client-sts');
    const sts = new STS({});
    exports.handler = async () => ({ arn: (await sts.getCallerIdentity({})).Arn, env: process.env, cwd: process.cwd() });`;
  await new CloudFormation(server.client).createStack({
    StackName: 'function',
    Capabilities: ['CAPABILITY_NAMED_IAM'],
    TemplateBody: JSON.stringify({
      Resources: {
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: {
            RoleName: 'inside-role',
            AssumeRolePolicyDocument: {
              Statement: [
                {
                  Effect: 'Allow',
                  Principal: { Service: 'lambda.amazonaws.com' },
                  Action: 'sts:AssumeRole',
                },
              ],
            },
          },
        },
        Function: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            FunctionName,
            Runtime: 'nodejs22.x',
            Handler: 'index.handler',
            Timeout: 30,
            Code: { ZipFile },
            Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          },
        },
      },
    }),
  });
  await until('the function is there', () =>
    lambda.getFunction({ FunctionName }).then(
      ({ Configuration }) => Configuration?.State === 'Active',
      () => false,
    ),
  );
  return lambda;
}
