import { expect } from 'chai';
import type { LogGroup } from '../../../src/logs/event.ts';
import { openTail, type TailRequest } from '../../../src/logs/tailing/open-tail.ts';
import { recordedAws, type SentRequest } from '../../support/recorded-aws.ts';
import { sdkError } from '../../support/world-aws.ts';

const STACK_ID = 'arn:aws:cloudformation:us-east-1:111122223333:stack/ci/1';
const GROUP = { OutputKey: 'AutoScalingGroupName', OutputValue: 'ci-Group' };
const OURS = { Description: 'made and run by bk-stack.' };
const OFFICIAL = { Description: 'Buildkite stack v6.40.0' };

/** A line by the end of its log group's name, its stream, and its second. */
type Line = readonly [group: string, stream: string, second: number];

interface Given {
  readonly stack?: object;
  readonly lines?: readonly Line[];
  /** The instances of the stack's group. */
  readonly instances?: readonly string[];
  /** What EC2 has of instances' consoles. */
  readonly consoles?: Readonly<Record<string, string>>;
  readonly request?: Partial<TailRequest>;
}

const at = (second: number) => second * 1000;

/** Reads logs as they are at second 100, and then follows for a few seconds if asked to. */
async function told({
  stack = OURS,
  lines = [],
  instances = [],
  consoles = {},
  request: wanted = {},
}: Given): Promise<{
  readonly batches: readonly (readonly [of: string | undefined, ...messages: string[]])[];
  readonly said: readonly string[];
  readonly sent: readonly SentRequest[];
}> {
  const linesOf = (name: string) => lines.filter(([group]) => name.endsWith(`/${group}`));
  const { aws, sent } = recordedAws({
    DescribeStacks: {
      Stacks: [{ StackName: 'ci', StackId: STACK_ID, CreationTime: new Date(0), Outputs: [GROUP], ...stack }],
    },
    DescribeAutoScalingGroups: {
      AutoScalingGroups: [{ Instances: instances.map((InstanceId) => ({ InstanceId })) }],
    },
    DescribeLogStreams: ({ logGroupName }: { readonly logGroupName: string }) => ({
      logStreams: [...new Set(linesOf(logGroupName).map(([, stream]) => stream))].map((logStreamName) => ({
        logStreamName,
        firstEventTimestamp: at(
          Math.min(
            ...linesOf(logGroupName).flatMap(([, stream, second]) =>
              stream === logStreamName ? second : [],
            ),
          ),
        ),
      })),
    }),
    FilterLogEvents: ({
      logGroupName,
      logStreamNames,
      startTime,
      endTime = Infinity,
    }: Readonly<{
      logGroupName: string;
      logStreamNames?: string[];
      startTime: number;
      endTime?: number;
    }>) => {
      const there = linesOf(logGroupName);
      if (logStreamNames?.every((name) => there.some(([, stream]) => stream === name)) === false) {
        return sdkError('ResourceNotFoundException', 'The specified log stream does not exist.');
      }
      return {
        events: there
          .filter(([, stream]) => logStreamNames?.includes(stream) !== false)
          .map(([group, stream, second]) => ({
            eventId: `${group} ${stream} ${second}`,
            logStreamName: stream,
            timestamp: at(second),
            message: `${group} ${second}`,
          }))
          .filter(({ timestamp }) => timestamp >= startTime && timestamp <= endTime)
          .sort((a, b) => a.timestamp - b.timestamp),
      };
    },
    GetConsoleOutput: ({ InstanceId }: { readonly InstanceId: string }) => ({
      Output: Buffer.from(consoles[InstanceId] ?? '').toString('base64'),
    }),
    StartLiveTail: sdkError('AccessDeniedException', 'not allowed to StartLiveTail'),
  });
  let now = at(100);
  const wait = (seconds: number): Promise<void> => {
    now += at(seconds);
    return now > at(110) ? Promise.reject(new Error('interrupted')) : Promise.resolve();
  };
  const request: TailRequest = {
    ...{ stackName: 'ci', groups: ['agent'], instances: undefined, since: 0, follow: false },
    ...{ live: false, apart: false, console: false },
    ...wanted,
  };
  const said: string[] = [];
  const batches: [of: string | undefined, ...messages: string[]][] = [];
  const context = {
    now: () => now,
    signal: new AbortController().signal,
    say: (line: string) => said.push(line),
  };
  try {
    for await (const { of, events } of openTail(Object.assign(aws, { wait }), request, context)) {
      const messages = events.map(({ message }) => message);
      const last = batches.at(-1);
      // Pages end anywhere.
      if (last !== undefined && last[0] === of) last.push(...messages);
      else batches.push([of, ...messages]);
    }
  } catch (error) {
    if ((error as Error).message !== 'interrupted') throw error;
  }
  return { batches, said, sent };
}

const ALL: readonly LogGroup[] = ['agent', 'boot', 'scaler'];
/** Two instances and the scaler; the second instance began first. */
const LINES: readonly Line[] = [
  ['agent', 'i-1', 20],
  ['agent', 'i-2', 10],
  ['boot', 'i-2', 30],
  ['scaler', '2026/11/30/[1]x', 15],
];
/** The official template's groups, in which another stack's instance writes too. */
const SHARED: readonly Line[] = [
  ['buildkite-agent', 'i-1', 20],
  ['buildkite-agent', 'i-other', 25],
];

describe('the logs of a stack', () => {
  const EXPECTED: readonly [what: string, given: Given, batches: readonly (readonly unknown[])[]][] = [
    [
      'are by time over the groups that are asked for',
      { lines: LINES, request: { groups: ['agent', 'boot'] } },
      [[undefined, 'agent 10', 'agent 20', 'boot 30']],
    ],
    [
      'have the scaler between its instances',
      { lines: LINES, request: { groups: ALL } },
      [[undefined, 'agent 10', 'scaler 15', 'agent 20', 'boot 30']],
    ],
    [
      'are those of one instance, without the scaler',
      { lines: LINES, request: { groups: ALL, instances: ['i-2'] } },
      [[undefined, 'agent 10', 'boot 30']],
    ],
    [
      'are of a time',
      { lines: LINES, request: { groups: ALL, since: at(12), until: at(20) } },
      [[undefined, 'scaler 15', 'agent 20']],
    ],
    [
      'are those of its own instances where others write to the same groups',
      { stack: OFFICIAL, instances: ['i-1'], lines: SHARED },
      [[undefined, 'buildkite-agent 20']],
    ],
    [
      'are those of an instance that is named, also where it is no longer in the group',
      { stack: OFFICIAL, instances: ['i-1'], lines: SHARED, request: { instances: ['i-other'] } },
      [[undefined, 'buildkite-agent 25']],
    ],
    [
      'are apart by instance, the one that began first before others, and the scaler last',
      { lines: LINES, request: { groups: ALL, apart: true } },
      [
        ['i-2', 'agent 10', 'boot 30'],
        ['i-1', 'agent 20'],
        ['scaler', 'scaler 15'],
      ],
    ],
    [
      'are apart without the scaler where that is not asked for',
      { lines: LINES, request: { groups: ['agent'], apart: true } },
      [
        ['i-2', 'agent 10'],
        ['i-1', 'agent 20'],
      ],
    ],
    [
      'are apart without the scaler where instances are named',
      { lines: LINES, request: { groups: ALL, apart: true, instances: ['i-1'] } },
      [['i-1', 'agent 20']],
    ],
    [
      'are apart for the own instances where others write to the same groups',
      { stack: OFFICIAL, instances: ['i-1'], lines: SHARED, request: { apart: true } },
      [['i-1', 'buildkite-agent 20']],
    ],
    [
      'end, where they are apart, though following is asked for',
      { lines: LINES, request: { groups: ALL, apart: true, follow: true, instances: ['i-1'] } },
      [['i-1', 'agent 20']],
    ],
  ];
  for (const [what, given, batches] of EXPECTED) {
    it(what, async () => {
      const found = await told(given);
      expect(found.batches).to.eql(batches);
      expect(found.said).to.eql([]);
    });
  }

  it('name the instances that have none', async () => {
    const request = { instances: ['i-1', 'i-8', 'i-9'] };
    expect((await told({ lines: LINES, request })).said).to.eql(['There is no log of i-8, i-9.']);
    expect(await told({ lines: LINES, request: { ...request, apart: true } })).to.deep.include({
      batches: [['i-1', 'agent 20']],
      said: ['There is no log of i-8, i-9 in this time.'],
    });
  });

  it('are none of a stack without agents', async () => {
    const failure = await told({ stack: {} }).catch((error: unknown) => (error as Error).message);
    expect(failure).to.match(/no stack of Buildkite agents/);
  });

  it('are sent by CloudWatch only where that is asked for', async () => {
    const follow = async (live: boolean) => {
      const { said, sent } = await told({ lines: LINES, request: { follow: true, live } });
      const asked = sent.filter(([operation]) => operation === 'StartLiveTail');
      return { said, groups: asked.map(([, { logGroupIdentifiers }]) => logGroupIdentifiers as string[]) };
    };
    expect(await follow(false)).to.eql({ said: [], groups: [] });
    expect(await follow(true)).to.eql({
      said: ['The live tail is refused (not allowed to StartLiveTail): polling instead.'],
      groups: [['arn:aws:logs:us-east-1:111122223333:log-group:/buildkite/ci/agent']],
    });
  });
});

describe('the console of an instance without a boot log', () => {
  const CONSOLE = 'i-1 has written no boot log: this is its console, as EC2 has it.';
  const SILENT = 'i-1 has written no boot log, and EC2 has no console output of it (yet).';
  const consoles = { 'i-1': 'kernel\nlogin', 'i-2': 'unused' };
  const booted = { lines: LINES, instances: ['i-1', 'i-2'], consoles };
  const BOOT: Partial<TailRequest> = { groups: ['boot'], console: true };

  const EXPECTED: readonly [what: string, given: Given, batches: unknown, said: readonly string[]][] = [
    [
      'stands in for the log, before those of other instances',
      { ...booted, request: BOOT },
      [[undefined, 'kernel', 'login', 'boot 30']],
      [CONSOLE],
    ],
    [
      "is the instance's where they are apart",
      { ...booted, request: { ...BOOT, apart: true } },
      [
        ['i-1', 'kernel', 'login'],
        ['i-2', 'boot 30'],
      ],
      [CONSOLE],
    ],
    [
      'is told of in place of its log where it is named',
      { ...booted, instances: [], request: { ...BOOT, instances: ['i-1'] } },
      [[undefined, 'kernel', 'login']],
      [CONSOLE],
    ],
    [
      'is told of in place of its log where it is named and apart',
      { ...booted, request: { ...BOOT, apart: true, instances: ['i-1', 'i-9'] } },
      [['i-1', 'kernel', 'login']],
      [CONSOLE, 'i-9 has written no boot log, and EC2 has no console output of it (yet).'],
    ],
    ['may be empty', { ...booted, consoles: {}, request: BOOT }, [[undefined, 'boot 30']], [SILENT]],
    [
      'is left alone where it is not wanted',
      { ...booted, request: { groups: ['boot'] } },
      [[undefined, 'boot 30']],
      [],
    ],
    [
      'is left alone where no boot log is asked for',
      { ...booted, request: { groups: ['agent'], console: true } },
      [[undefined, 'agent 10', 'agent 20']],
      [],
    ],
  ];
  for (const [what, given, batches, said] of EXPECTED) {
    it(what, async () => {
      expect(await told(given)).to.deep.include({ batches, said });
    });
  }

  it('is that of the instances of the group, or of the ones that are named', async () => {
    const asked = async (request: Partial<TailRequest>) =>
      (await told({ ...booted, request: { ...BOOT, ...request } })).sent
        .filter(([operation]) => operation === 'GetConsoleOutput')
        .map(([, { InstanceId }]) => InstanceId as string);
    expect(await asked({})).to.eql(['i-1']);
    expect(await asked({ instances: ['i-7'] })).to.eql(['i-7']);
  });
});
