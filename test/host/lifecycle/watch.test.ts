import { expect } from 'chai';
import type { GroupCalls } from '../../../src/host/lifecycle/group.ts';
import { watch } from '../../../src/host/lifecycle/watch.ts';

interface Look {
  readonly target?: string;
  readonly rebalance?: boolean;
  readonly interruptionAt?: number;
  readonly agentRuns?: boolean;
}

/**
 * Watches an instance through looks that follow each other, five minutes apart, and ends the watch after the last.
 * @param failing how often each call fails
 */
async function watched(looks: readonly Look[], failing: Readonly<Record<string, number>> = {}) {
  const left = new Map(Object.entries(failing));
  const done: string[] = [];
  const lines: string[] = [];
  const abort = new AbortController();
  let index = -1;
  const look = () => looks[Math.min(index, looks.length - 1)] ?? {};
  const call = (name: string) => {
    const times = left.get(name) ?? 0;
    left.set(name, times - 1);
    if (times > 0) return Promise.reject(new Error(`${name} is throttled`));
    done.push(name);
    return Promise.resolve();
  };
  const unused = () => Promise.reject(new Error('not part of an end'));
  const group: GroupCalls = {
    lifecycleState: unused,
    heartbeat: () => call('heartbeat'),
    complete: () => call('complete'),
    heartbeatLaunch: unused,
    completeLaunch: unused,
    terminate: async ({ decrement }) => {
      await call(`terminate, decrement ${decrement}`);
      return true;
    },
    unprotect: unused,
    markUnhealthy: unused,
  };
  await watch(
    {
      notices: async () => {
        index += 1;
        if (index === looks.length - 1) abort.abort();
        await call('look');
        done.pop();
        const { target = 'InService', interruptionAt, rebalance = false } = look();
        return { targetState: target, interruptionAt, rebalance };
      },
      agent: {
        runs: () => Promise.resolve(look().agentRuns ?? true),
        stop: () => call('stop'),
        cancelJobs: () => call('cancel'),
        start: unused,
      },
      group,
      now: () => 1_000_000 + index * 300_000,
      say: (line) => lines.push(line),
    },
    { intervalSeconds: 0, signal: abort.signal },
  );
  return { done, lines, looks: index + 1 };
}

const ENDING = { target: 'Terminated' };
const ENDED = { ...ENDING, agentRuns: false };

describe('the watch of an instance', () => {
  const ROWS: readonly (readonly [
    what: string,
    looks: readonly Look[],
    failing: Readonly<Record<string, number>>,
    done: readonly string[],
  ])[] = [
    ['does nothing while nothing asks for an end', [{}, {}], {}, []],
    [
      'lets jobs finish, and completes',
      [ENDING, ENDING, ENDED, {}],
      {},
      ['stop', 'heartbeat', 'heartbeat', 'complete'],
    ],
    ['completes again where that failed', [ENDED, ENDED, {}], { complete: 1 }, ['complete']],
    ['completes as often as it takes', [ENDED, ENDED, ENDED, ENDED, {}], { complete: 3 }, ['complete']],
    ['stops the agent again where that failed', [ENDING, ENDED, {}], { stop: 1 }, ['complete']],
    [
      'stops the agent where that failed, before anything else',
      [ENDING, ENDING, ENDING],
      { stop: 1 },
      ['stop', 'heartbeat', 'heartbeat'],
    ],
    ['looks again where it could not', [ENDED, ENDED, {}], { look: 1 }, ['complete']],
    [
      'replaces itself by the group, without shrinking it',
      [{ rebalance: true, agentRuns: false }, {}],
      {},
      ['terminate, decrement false'],
    ],
    [
      'replaces itself again where that failed',
      [{ rebalance: true, agentRuns: false }, { rebalance: true, agentRuns: false }, {}],
      { 'terminate, decrement false': 1 },
      ['terminate, decrement false'],
    ],
    ['cancels jobs before EC2 takes it', [{ interruptionAt: 1_000_000 }, {}], {}, ['stop', 'cancel']],
    [
      'goes on after each of these, until the group ends the instance',
      [{ rebalance: true, interruptionAt: 1_000_000 }, { rebalance: true, agentRuns: false }, ENDED, {}],
      {},
      ['stop', 'cancel', 'terminate, decrement false', 'complete'],
    ],
    [
      'cancels jobs again where that failed',
      [{ interruptionAt: 1_000_000 }, { interruptionAt: 1_000_000 }],
      { cancel: 1 },
      ['stop', 'stop', 'cancel'],
    ],
  ];
  for (const [what, looks, failing, done] of ROWS) {
    it(what, async () => {
      expect((await watched(looks, failing)).done).to.eql(done);
    });
  }

  it('is over once the group has been told', async () => {
    expect(await watched([ENDED, {}, {}])).to.deep.include({ looks: 1 });
  });

  it('says what it does, and what fails', async () => {
    expect((await watched([ENDED, ENDED, {}], { complete: 1 })).lines).to.eql([
      'the agent is done: the group may end this instance',
      'watching failed, and goes on: complete is throttled',
      'the agent is done: the group may end this instance',
    ]);
  });
});
