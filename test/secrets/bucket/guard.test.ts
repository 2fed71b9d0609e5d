import { expect } from 'chai';
import nock from 'nock';
import { AwsContext } from '../../../src/aws/context.ts';
import type { OperationError } from '../../../src/errors.ts';
import { type BucketAccess, guardBucket, waysIn } from '../../../src/secrets/bucket/guard.ts';

const ENDPOINT = 'http://s3.test';
const PLACE = { bucket: 'secrets', region: 'us-east-1', account: '123456789012', name: 'ci' };
const ALL_BLOCKED = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** What S3 says of a bucket's settings, by the parameter that asks for each. */
type Answers = Readonly<Record<string, readonly [status: number, body: string]>>;

const block = (settings: Readonly<Record<string, boolean>>): readonly [number, string] => [
  200,
  `<PublicAccessBlockConfiguration>${Object.entries(settings)
    .map(([name, on]) => `<${name}>${on}</${name}>`)
    .join('')}</PublicAccessBlockConfiguration>`,
];
const refused = (code: string): readonly [number, string] => [
  code === 'AccessDenied' ? 403 : 404,
  `<Error><Code>${code}</Code><Message>${code}</Message></Error>`,
];
const policy = (open: boolean): readonly [number, string] => [
  200,
  `<PolicyStatus><IsPublic>${open}</IsPublic></PolicyStatus>`,
];
const accessList = (uri: string): readonly [number, string] => [
  200,
  `<AccessControlPolicy><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>http://acs.amazonaws.com/groups/${uri}</URI></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>`,
];

const NOTHING_SET: Answers = {
  publicAccessBlock: refused('NoSuchPublicAccessBlockConfiguration'),
  encryption: refused('ServerSideEncryptionConfigurationNotFoundError'),
  policyStatus: refused('NoSuchBucketPolicy'),
  acl: accessList('s3/LogDelivery'),
};

describe('who gets into a bucket', () => {
  const POLICY = 'its policy lets anybody in';
  const LIST = 'its access list lets anybody in';
  const group = (name: string) => [
    { Grantee: { Type: 'Group' as const, URI: `http://acs.amazonaws.com/groups/${name}` } },
  ];
  const OPEN: BucketAccess = { block: undefined, publicPolicy: true, grants: group('global/AllUsers') };
  const ROWS: readonly (readonly [what: string, access: Partial<BucketAccess>, ways: readonly string[]])[] = [
    ['anybody, where nothing is blocked', {}, [POLICY, LIST]],
    ['nobody, where all is blocked', { block: ALL_BLOCKED }, []],
    [
      'anybody, by access lists that are not ignored',
      { block: { ...ALL_BLOCKED, IgnorePublicAcls: false } },
      [LIST],
    ],
    [
      'anybody, by a policy that is not restricted',
      { block: { ...ALL_BLOCKED, RestrictPublicBuckets: false } },
      [POLICY],
    ],
    [
      'anybody, where only new settings are refused',
      { block: { ...ALL_BLOCKED, IgnorePublicAcls: false, RestrictPublicBuckets: false } },
      [POLICY, LIST],
    ],
    ['anybody, where the block says nothing', { block: {} }, [POLICY, LIST]],
    [
      'nobody by what counts not, whatever may be added',
      { block: { IgnorePublicAcls: true, RestrictPublicBuckets: true } },
      [],
    ],
    [
      'anybody with an AWS account',
      { publicPolicy: false, grants: group('global/AuthenticatedUsers') },
      [LIST],
    ],
    ['nobody by the group that delivers logs', { publicPolicy: false, grants: group('s3/LogDelivery') }, []],
    [
      'nobody by a group of a longer name',
      { publicPolicy: false, grants: group('global/AllUsersOfMine') },
      [],
    ],
    [
      'nobody by an account',
      { publicPolicy: false, grants: [{ Grantee: { Type: 'CanonicalUser', ID: 'x' } }, {}] },
      [],
    ],
    ['anybody by one grant of several', { publicPolicy: false, grants: [{}, ...OPEN.grants] }, [LIST]],
    ['nobody without grants', { publicPolicy: false, grants: [] }, []],
  ];
  for (const [what, access, ways] of ROWS) {
    it(what, () => {
      expect(waysIn({ ...OPEN, ...access })).to.eql(ways);
    });
  }
});

describe('a bucket that secrets are to be stored in', () => {
  const guard = (answers: Answers, head: readonly [number, Record<string, string>] = [200, {}]) => {
    nock(ENDPOINT, { reqheaders: { 'x-amz-expected-bucket-owner': PLACE.account } })
      .persist()
      .intercept('/secrets/', 'HEAD')
      .query(true)
      .reply(head[0], '', head[1])
      .get('/secrets/')
      .query(true)
      .reply((path) => {
        const asked = Object.keys(answers).find((name) => new URL(path, ENDPOINT).searchParams.has(name));
        return [...(answers[asked ?? ''] ?? [500, ''])];
      });
    return guardBucket(new AwsContext('us-east-1', { endpoint: ENDPOINT }), PLACE);
  };
  const refusal = async (answers: Answers, head?: readonly [number, Record<string, string>]) => {
    const error = await guard(answers, head).then(
      () => expect.fail('it was taken'),
      (thrown: unknown) => thrown as OperationError,
    );
    return `${error.name}: ${error.message}\n${error.hint}`;
  };
  afterEach(() => {
    nock.cleanAll();
  });

  it('may have nothing set at all, or settings that this identity may not look at, which is told', async () => {
    expect(await guard(NOTHING_SET)).to.eql({ openBy: [], unknown: [] });
    nock.cleanAll();
    const hidden = Object.fromEntries(
      Object.keys(NOTHING_SET).map((name) => [name, refused('AccessDenied')]),
    );
    expect((await guard(hidden)).unknown).to.eql(['public access', 'encryption', 'policy', 'access list']);
  });

  it('is refused where its policy or its access list lets anybody in', async () => {
    const open = 'OperationError: The bucket secrets is open to others: ';
    expect(await refusal({ ...NOTHING_SET, policyStatus: policy(true) })).to.match(
      new RegExp(`^${open}its policy lets anybody in\nNothing was stored.*put-public-access-block`),
    );
    for (const group of ['global/AllUsers', 'global/AuthenticatedUsers']) {
      nock.cleanAll();
      expect(await refusal({ ...NOTHING_SET, acl: accessList(group) })).to.match(
        new RegExp(`^${open}its access list lets anybody in`),
      );
    }
  });

  it('is taken where what would let others in is blocked', async () => {
    const open = { ...NOTHING_SET, policyStatus: policy(true), acl: accessList('global/AllUsers') };
    expect(await guard({ ...open, publicAccessBlock: block(ALL_BLOCKED) })).to.deep.include({
      openBy: [],
    });
    nock.cleanAll();
    for (const [setting, reason] of [
      ['RestrictPublicBuckets', 'its policy lets anybody in'],
      ['IgnorePublicAcls', 'its access list lets anybody in'],
    ] as const) {
      nock.cleanAll();
      const halfBlocked = block({ ...ALL_BLOCKED, [setting]: false });
      expect(await refusal({ ...open, publicAccessBlock: halfBlocked })).to.contain(reason);
    }
  });

  it('is refused where it is another account’s, in another region or not there', async () => {
    expect(await refusal(NOTHING_SET, [403, {}])).to.match(
      /^OperationError: The bucket secrets does not belong to the account 123456789012, or.*\nNothing was stored.*get-caller-identity/,
    );
    nock.cleanAll();
    expect(await refusal(NOTHING_SET, [301, { 'x-amz-bucket-region': 'eu-west-1' }])).to.match(
      /^OperationError: The bucket secrets is in eu-west-1, not in us-east-1\n.*--region eu-west-1/,
    );
    nock.cleanAll();
    expect(await refusal(NOTHING_SET, [404, {}])).to.match(/^OperationError: There is no bucket secrets\n/);
  });
});
