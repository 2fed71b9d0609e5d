import { expect } from 'chai';
import type { OperationError } from '../../../src/errors.ts';
import { awaitZero, nextWait, remainingText } from '../../../src/stack/capacity/await-zero.ts';
import type { SizedInstance } from '../../../src/stack/capacity/group-size.ts';
import { FakeGroup, protectedInstance } from '../../support/fake-group.ts';

const SIZE = { min: 2, max: 10, desired: 4 };
const NO_WAIT = { pause: () => Promise.resolve(), random: () => 0 };
const twoProtected = () => new FakeGroup(SIZE, { Name: 'ci' });

describe('waiting for a group to be empty', () => {
  const PAUSED = { 'bk-stack:paused': 'scale-to-zero' };
  const ending = (instanceId: string): SizedInstance => ({
    ...{ instanceId, lifecycleState: 'Terminating:Wait', protectedFromScaleIn: false },
  });
  const unprotect = { kind: 'unprotect', instanceIds: ['a'] };
  const resize = { kind: 'resize', size: { min: 0, max: 0, desired: 0 } };
  const release = { kind: 'release', instanceId: 'b' };
  for (const [what, instances, tags, waited, force, expected] of [
    ['is done without instances', [], PAUSED, 99, false, { kind: 'done' }],
    ['only looks again where all are ending', [ending('b')], PAUSED, 0, false, { kind: 'wait', steps: [] }],
    ['waits to the last second', [ending('b')], PAUSED, 59, false, { kind: 'wait', steps: [] }],
    ['gives up when the time is up', [ending('b')], PAUSED, 60, false, { kind: 'give up', steps: [] }],
    [
      'unprotects what came late, then scales in again',
      [protectedInstance('a'), ending('b')],
      PAUSED,
      0,
      false,
      { kind: 'wait', steps: [unprotect, resize] },
    ],
    [
      'does not scale in what somebody has resumed',
      [protectedInstance('a')],
      { 'bk-stack:paused': 'false' },
      0,
      false,
      { kind: 'wait', steps: [unprotect] },
    ],
    [
      'ends by force what finishes jobs',
      [protectedInstance('a'), ending('b')],
      PAUSED,
      60,
      true,
      { kind: 'give up', steps: [unprotect, resize, release] },
    ],
  ] as const) {
    it(what, () => {
      const found = { size: SIZE, instances, tags };
      expect(nextWait(found, waited, { timeoutSeconds: 60, force })).to.eql(expected);
    });
  }

  it('waits until no instance is left, or for as long as it may', async () => {
    const group = twoProtected();
    const left: number[] = [];
    const wait = {
      timeoutSeconds: 60,
      force: false,
      changed: (all: { instances: number }) => left.push(all.instances),
    };
    const retry = {
      ...NO_WAIT,
      pause: () => {
        group.instances = group.instances.slice(1);
        return Promise.resolve();
      },
    };
    await awaitZero(group, 'g', retry, wait);
    expect(left).to.eql([2, 1]);
    const stuck = async (sooner?: string) =>
      (await awaitZero(twoProtected(), 'g', NO_WAIT, {
        ...wait,
        ...(sooner !== undefined && { sooner }),
      }).catch((error: unknown) => error)) as OperationError;
    expect((await stuck()).message).to.match(/2 instances still there after 60 seconds/);
    // Not every command that waits has --force.
    expect((await stuck()).hint)
      .to.match(/repeat the command/)
      .and.not.contain('--force');
    expect((await stuck('End them: --force')).hint).to.match(/repeat the command.*\nEnd them: --force$/);
  });

  it('tells each change once, with the agents that are busy where they are known', async () => {
    const told: object[] = [];
    const busy = [3, 3, undefined, 0];
    const group = new FakeGroup(SIZE, {}, [ending('a'), ending('b')]);
    let looks = 0;
    const retry = { ...NO_WAIT, pause: () => Promise.resolve() };
    await awaitZero(
      Object.assign(group, {
        read: () => {
          looks += 1;
          return Promise.resolve({
            ...{ size: SIZE, tags: {} },
            instances: looks === 5 ? [] : [ending('a'), protectedInstance('b')],
          });
        },
      }),
      'g',
      retry,
      {
        ...{ timeoutSeconds: 600, force: false },
        changed: (left) => told.push(left),
        busyAgents: () => Promise.resolve(busy[looks - 1]),
      },
    );
    const left = { instances: 2, finishing: 1 };
    expect(told).to.eql([{ ...left, busyAgents: 3 }, left, { ...left, busyAgents: 0 }]);
  });

  it('pauses ten seconds between two looks', async () => {
    const pauses: number[] = [];
    const retry = {
      random: () => 0,
      pause: (seconds: number) => {
        pauses.push(seconds);
        return Promise.resolve();
      },
    };
    const wait = { timeoutSeconds: 30, force: false, changed: () => undefined };
    const failure = await awaitZero(new FakeGroup(SIZE, {}, [ending('a')]), 'g', retry, wait).catch(
      (error: unknown) => error as OperationError,
    );
    expect(pauses).to.eql([10, 10, 10]);
    expect(failure).to.deep.include({
      message: '1 instance still there after 30 seconds',
      hint: 'They end when their jobs are done. To keep waiting, repeat the command.',
      details: { instances: [ending('a')] },
    });
  });

  it('is told in one line', () => {
    expect(remainingText({ instances: 1, finishing: 0 })).to.equal('1 instance left, 0 finishing jobs');
    expect(remainingText({ instances: 3, finishing: 2, busyAgents: 1 })).to.equal(
      '3 instances left, 2 finishing jobs; 1 agent busy',
    );
  });
});
