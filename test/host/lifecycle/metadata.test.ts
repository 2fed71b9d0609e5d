import { expect } from 'chai';
import nock from 'nock';
import { Metadata, readNotices } from '../../../src/host/lifecycle/metadata.ts';
import { failureOf } from '../../support/hook-calls.ts';

const HOST = 'http://169.254.169.254';

/** The metadata service, which gives the tokens t1, t2, ... */
function service() {
  let tokens = 0;
  nock(HOST, { reqheaders: { 'x-aws-ec2-metadata-token-ttl-seconds': '21600' } })
    .persist()
    .put('/latest/api/token')
    .reply(() => [200, `t${(tokens += 1)}`]);
  return {
    get tokens() {
      return tokens;
    },
    /** One answer to a request that has this token. */
    answers(path: string, token: string, status: number, body = '') {
      nock(HOST, { reqheaders: { 'x-aws-ec2-metadata-token': token } })
        .get(`/latest/meta-data/${path}`)
        .reply(status, body);
    },
  };
}

describe('the instance metadata service', () => {
  afterEach(() => {
    nock.cleanAll();
  });
  const metadata = () => new Metadata(HOST);

  it('is asked with one token for everything', async () => {
    const imds = service();
    imds.answers('instance-id', 't1', 200, 'i-1');
    imds.answers('mac', 't1', 200, '0a:0b');
    const asked = metadata();
    expect(await asked.get('meta-data/instance-id')).to.equal('i-1');
    expect(await asked.get('meta-data/mac')).to.equal('0a:0b');
    expect(imds.tokens).to.equal(1);
  });

  it('gets a new token where the old one has run out', async () => {
    const imds = service();
    imds.answers('instance-id', 't1', 401);
    imds.answers('instance-id', 't2', 200, 'i-1');
    imds.answers('mac', 't2', 200, '0a:0b');
    const asked = metadata();
    expect(await asked.get('meta-data/instance-id')).to.equal('i-1');
    expect(await asked.get('meta-data/mac')).to.equal('0a:0b');
    expect(imds.tokens).to.equal(2);
  });

  it('gets a new token once for a question, and then fails', async () => {
    const imds = service();
    for (const token of ['t1', 't2', 't3']) imds.answers('instance-id', token, 401);
    expect(await failureOf(metadata().get('meta-data/instance-id'))).to.equal(
      'The metadata service answers meta-data/instance-id with 401',
    );
    expect(imds.tokens).to.equal(2);
  });

  it('has nothing of what the instance does not have, which may be required', async () => {
    const imds = service();
    imds.answers('spot/instance-action', 't1', 404);
    imds.answers('instance-id', 't1', 404);
    const asked = metadata();
    expect(await asked.get('meta-data/spot/instance-action')).to.equal(undefined);
    expect(await failureOf(asked.required('meta-data/instance-id'))).to.equal(
      'The metadata service has no meta-data/instance-id',
    );
    expect(imds.tokens).to.equal(1);
  });

  it('gives what is required', async () => {
    service().answers('instance-id', 't1', 200, 'i-1');
    expect(await metadata().required('meta-data/instance-id')).to.equal('i-1');
  });

  it('fails where it gives no token', async () => {
    nock(HOST).put('/latest/api/token').reply(503, 'down');
    expect(await failureOf(metadata().get('meta-data/mac'))).to.equal(
      'The metadata service gives no token: 503',
    );
  });

  it('is where the environment says, with a path', async () => {
    nock('http://imds.test').put('/us/latest/api/token').reply(200, 't');
    nock('http://imds.test').get('/us/latest/meta-data/mac').reply(200, '0a');
    expect(await new Metadata('http://imds.test/us//').get('meta-data/mac')).to.equal('0a');
    const before = process.env['AWS_EC2_METADATA_SERVICE_ENDPOINT'];
    try {
      delete process.env['AWS_EC2_METADATA_SERVICE_ENDPOINT'];
      service().answers('mac', 't1', 200, '0b');
      expect(await new Metadata().get('meta-data/mac')).to.equal('0b');
      process.env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] = 'http://imds.test';
      nock('http://imds.test').put('/latest/api/token').reply(200, 't');
      nock('http://imds.test').get('/latest/meta-data/mac').reply(200, '0c');
      expect(await new Metadata().get('meta-data/mac')).to.equal('0c');
    } finally {
      if (before === undefined) delete process.env['AWS_EC2_METADATA_SERVICE_ENDPOINT'];
      else process.env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] = before;
    }
  });
});

describe('the notices of an end', () => {
  const TARGET = 'meta-data/autoscaling/target-lifecycle-state';
  const SPOT = 'meta-data/spot/instance-action';
  const REBALANCE = 'meta-data/events/recommendations/rebalance';
  const ROWS: readonly (readonly [metadata: Record<string, string>, notices: object])[] = [
    [{}, { targetState: undefined, interruptionAt: undefined, rebalance: false }],
    [
      { [TARGET]: 'Terminated\n' },
      { targetState: 'Terminated', interruptionAt: undefined, rebalance: false },
    ],
    [
      { [TARGET]: 'InService', [SPOT]: '{"action":"terminate","time":"1970-01-01T00:02:00Z"}' },
      { targetState: 'InService', interruptionAt: 120_000, rebalance: false },
    ],
    [
      { [REBALANCE]: '{"noticeTime":"1970-01-01T00:02:00Z"}' },
      { targetState: undefined, interruptionAt: undefined, rebalance: true },
    ],
  ];
  for (const [metadata, notices] of ROWS) {
    it(`are read from ${JSON.stringify(metadata)}`, async () => {
      expect(await readNotices({ get: (path) => Promise.resolve(metadata[path]) })).to.eql(notices);
    });
  }
});
