import { CloudWatchLogs, type StartLiveTailResponseStream } from '@aws-sdk/client-cloudwatch-logs';
import { expect } from 'chai';
import { TestServer } from '../../../support/server.ts';

const GROUP = '/buildkite/ci/agent';
const ARN = `arn:aws:logs:us-east-1:111122223333:log-group:${GROUP}`;

describe('the live tail of CloudWatch Logs', () => {
  let server: TestServer;
  let logs: CloudWatchLogs;
  const start = async (speed: number) => {
    await server.start({ speed });
    logs = new CloudWatchLogs({ ...server.client, disableHostPrefix: true, maxAttempts: 1 });
    await logs.createLogGroup({ logGroupName: GROUP });
    await logs.createLogStream({ logGroupName: GROUP, logStreamName: 'i-1' });
  };
  const say = (messages: readonly string[]) =>
    logs.putLogEvents({
      logGroupName: GROUP,
      logStreamName: 'i-1',
      logEvents: messages.map((message) => ({ timestamp: Date.now(), message })),
    });
  const open = async (more: object = {}) => {
    const { responseStream } = await logs.startLiveTail({ logGroupIdentifiers: [ARN], ...more });
    return responseStream![Symbol.asyncIterator]();
  };
  /** The first update with events in it. */
  const told = async (events: AsyncIterator<StartLiveTailResponseStream>) => {
    for (;;) {
      const { value, done } = await events.next();
      if (done === true) throw new Error('the session has ended');
      const { sessionUpdate } = value;
      if ((sessionUpdate?.sessionResults ?? []).length > 0) return sessionUpdate!;
    }
  };

  beforeEach(() => {
    server = new TestServer();
  });
  afterEach(() => server.remove());

  it('sends what comes, by the pattern that is asked for', async () => {
    await start(20);
    const events = await open({ logEventFilterPattern: 'wanted' });
    expect((await events.next()).value).to.have.nested.property('sessionStart.sessionId');
    await say(['not this', 'a wanted one']);
    const { sessionMetadata, sessionResults } = await told(events);
    expect(sessionMetadata).to.eql({ sampled: false });
    expect(sessionResults).to.have.length(1);
    expect(sessionResults![0]).to.include({
      logGroupIdentifier: `111122223333:${GROUP}`,
      logStreamName: 'i-1',
      message: 'a wanted one',
    });
    await events.return?.();
    expect(server.failures).to.eql([]);
  });

  it('sends five hundred of more in a second, and says so', async () => {
    await start(20);
    const events = await open();
    await events.next();
    await say(Array.from({ length: 501 }, (_, index) => `line ${index}`));
    const { sessionMetadata, sessionResults } = await told(events);
    expect(sessionMetadata).to.eql({ sampled: true });
    expect(sessionResults).to.have.length(500);
    await events.return?.();
  });

  it('ends after three hours', async () => {
    await start(100_000);
    const events = await open();
    const toTheEnd = async () => {
      while ((await events.next()).done !== true);
    };
    const end = await toTheEnd().then(
      () => '',
      (error: unknown) => (error as Error).name,
    );
    expect(end).to.equal('SessionTimeoutException');
  });

  it('refuses what AWS would', async () => {
    await start(20);
    const name = (input: object) =>
      open(input).then(
        () => '',
        (error: unknown) => (error as Error).name,
      );
    expect(await name({ logGroupIdentifiers: [GROUP] })).to.equal('InvalidParameterException');
    expect(await name({ logGroupIdentifiers: Array.from({ length: 11 }, () => ARN) })).to.equal(
      'InvalidParameterException',
    );
    expect(await name({ logGroupIdentifiers: [`${ARN}s`] })).to.equal('ResourceNotFoundException');
    expect(await name({ logGroupIdentifiers: [ARN, ARN], logStreamNames: ['i-1'] })).to.equal(
      'InvalidParameterException',
    );
  });
});
