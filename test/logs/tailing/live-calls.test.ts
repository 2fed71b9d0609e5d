import type { StartLiveTailCommand, StartLiveTailResponseStream } from '@aws-sdk/client-cloudwatch-logs';
import { expect } from 'chai';
import type { AwsContext } from '../../../src/aws/context.ts';
import type { GroupTarget } from '../../../src/logs/event.ts';
import { type LiveUpdate, openLiveOn } from '../../../src/logs/tailing/live-calls.ts';

const STACK = 'arn:aws-cn:cloudformation:cn-north-1:111122223333:stack/ci/0a1b';
const TARGETS: readonly GroupTarget[] = [
  { group: 'agent', name: '/buildkite/ci/agent' },
  { group: 'boot', name: '/buildkite/ci/boot' },
];

async function session(
  answers?: readonly object[],
  { stackId = STACK, pattern = undefined as string | undefined } = {},
) {
  const sent: { input: StartLiveTailCommand['input']; options: { abortSignal?: AbortSignal } }[] = [];
  const send = ({ input }: StartLiveTailCommand, options: { abortSignal?: AbortSignal }) => {
    sent.push({ input, options });
    return Promise.resolve({ responseStream: answers as readonly StartLiveTailResponseStream[] | undefined });
  };
  const clients = { cloudWatchLogs: () => Promise.resolve({ send }) };
  const aws = { region: 'eu-west-1', clients } as unknown as AwsContext;
  const { signal } = new AbortController();
  const updates: LiveUpdate[] = [];
  const stream = await openLiveOn(aws, stackId)(TARGETS, pattern, signal);
  for await (const update of stream) updates.push(update);
  return { sent, signal, updates };
}

describe('a session of the live tail', () => {
  for (const [about, stackId, start] of [
    ['of the stack', STACK, 'arn:aws-cn:logs:cn-north-1:111122223333'],
    ['of this region where the stack has none', 'ci', 'arn:aws:logs:eu-west-1:'],
  ] as const) {
    it(`names groups by the partition, region and account ${about}`, async () => {
      const { sent, signal } = await session([], { stackId });
      expect(sent.map(({ input }) => input)).to.eql([
        { logGroupIdentifiers: TARGETS.map(({ name }) => `${start}:log-group:${name}`) },
      ]);
      expect(sent[0]?.options.abortSignal).to.equal(signal);
    });
  }

  it('has CloudWatch filter', async () => {
    const { sent } = await session([], { pattern: 'x' });
    expect(sent[0]?.input.logEventFilterPattern).to.equal('x');
  });

  it('tells that it is open, and nothing of what it does not know', async () => {
    expect((await session()).updates).to.eql([]);
    expect((await session([{ sessionStart: {} }, { somethingNew: {} }])).updates).to.eql([
      { events: [], sampled: false },
    ]);
  });

  for (const logGroupIdentifier of [
    '/buildkite/ci/boot',
    '111122223333:/buildkite/ci/boot',
    'arn:aws-cn:logs:cn-north-1:111122223333:log-group:/buildkite/ci/boot',
    'arn:aws-cn:logs:cn-north-1:111122223333:log-group:/buildkite/ci/boot:*',
  ]) {
    it(`knows a group as ${logGroupIdentifier}`, async () => {
      const results = {
        logGroupIdentifier,
        logStreamName: 'i-1',
        timestamp: 5,
        ingestionTime: 6,
        message: 'm',
      };
      const { updates } = await session([
        { sessionUpdate: { sessionResults: [results], sessionMetadata: { sampled: true } } },
      ]);
      const [, { group, name: groupName } = TARGETS[0]!] = TARGETS;
      const event = { id: '', group, groupName, stream: 'i-1', timestamp: 5, ingestedAt: 6, message: 'm' };
      expect(updates).to.eql([{ events: [event], sampled: true }]);
    });
  }

  for (const logGroupIdentifier of [
    undefined,
    '/buildkite/ci/other',
    'x111:/buildkite/ci/boot',
    '/buildkite/ci/boot:*x',
  ]) {
    it(`leaves out events of ${logGroupIdentifier ?? 'no group'}`, async () => {
      const sessionUpdate = { sessionResults: [{ logGroupIdentifier, message: 'm' }] };
      expect((await session([{ sessionUpdate }])).updates).to.eql([{ events: [], sampled: false }]);
    });
  }

  it('takes an update without anything in it', async () => {
    const [empty, bare] = (
      await session([
        { sessionUpdate: {} },
        { sessionUpdate: { sessionResults: [{ logGroupIdentifier: '/buildkite/ci/agent' }] } },
      ])
    ).updates;
    expect(empty).to.eql({ events: [], sampled: false });
    const nothing = { id: '', stream: '', timestamp: 0, ingestedAt: 0, message: '' };
    expect(bare?.events).to.eql([{ ...nothing, group: 'agent', groupName: '/buildkite/ci/agent' }]);
  });

  for (const name of ['SessionTimeoutException', 'SessionStreamingException']) {
    it(`throws ${name}`, async () => {
      const failure = Object.assign(new Error('over'), { name });
      expect(await session([{ [name]: failure }]).catch((error: unknown) => error)).to.equal(failure);
    });
  }
});
