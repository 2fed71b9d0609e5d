import { expect } from 'chai';
import { handleAgentExit, type AgentExit } from '../../../src/host/lifecycle/agent-exit.ts';
import { isAtMinimum } from '../../../src/host/lifecycle/refusal.ts';

const IN_SERVICE = { targetState: 'InService', interruptionAt: undefined, rebalance: false };
const IDLE: AgentExit = { serviceResult: 'success', notices: IN_SERVICE, endsByItself: false };

interface Situation {
  readonly atMinimum?: boolean;
  /** The call that fails, with what Auto Scaling says. */
  readonly failing?: 'terminate' | 'unprotect';
}

async function doneAfter(
  end: Partial<AgentExit>,
  { atMinimum = false, failing }: Situation = {},
): Promise<string> {
  const done: string[] = [];
  const call = (name: string, fails = false) => {
    done.push(name);
    return fails ? Promise.reject(new Error('throttled')) : Promise.resolve();
  };
  await handleAgentExit(
    { ...IDLE, ...end },
    {
      group: {
        terminate: async ({ decrement }) => {
          await call(decrement ? 'decrement' : 'replace', failing === 'terminate');
          return !(decrement && atMinimum);
        },
        unprotect: () => call('unprotect', failing === 'unprotect'),
        markUnhealthy: () => call('unhealthy'),
      },
      agent: { start: () => call('start') },
      say: () => undefined,
      flush: () => call('flush'),
    },
  );
  return done.join(', ');
}

describe('an instance whose agent has ended', () => {
  const ROWS: readonly (readonly [
    what: string,
    end: Partial<AgentExit>,
    situation: Situation,
    done: string,
  ])[] = [
    ['ends and shrinks its group', {}, {}, 'flush, decrement'],
    ['does so after a job too', { endsByItself: true }, {}, 'flush, decrement'],
    [
      'lets the group choose it at the minimum, and starts its agent again',
      {},
      { atMinimum: true },
      'flush, decrement, unprotect, start',
    ],
    [
      'is replaced at the minimum when its agent was to end after a job',
      { endsByItself: true },
      { atMinimum: true },
      'flush, decrement, replace',
    ],
    [
      'stays at the minimum where it may not give up its protection',
      {},
      { atMinimum: true, failing: 'unprotect' },
      'flush, decrement, unprotect, start',
    ],
    [
      'is marked unhealthy when it cannot be ended',
      {},
      { failing: 'terminate' },
      'flush, decrement, unhealthy',
    ],
    ['is left to systemd when its agent crashed', { serviceResult: 'exit-code' }, {}, ''],
    [
      'starts its agent again on standby',
      { notices: { ...IN_SERVICE, targetState: 'Standby' } },
      {},
      'start',
    ],
    [
      'starts its agent again on standby after a job',
      { notices: { ...IN_SERVICE, targetState: 'Standby' }, endsByItself: true },
      {},
      'start',
    ],
    [
      'ends where the group says nothing',
      { notices: { ...IN_SERVICE, targetState: undefined } },
      {},
      'flush, decrement',
    ],
    ...['Terminated', 'Warmed:Stopped', 'Warmed:Terminated', 'Detached'].map(
      (targetState) =>
        [
          `does nothing on its way to ${targetState}`,
          { notices: { ...IN_SERVICE, targetState } },
          {},
          '',
        ] as const,
    ),
    ['does nothing before an interruption', { notices: { ...IN_SERVICE, interruptionAt: 1 } }, {}, ''],
    ['does nothing at a rebalance recommendation', { notices: { ...IN_SERVICE, rebalance: true } }, {}, ''],
  ];
  for (const [what, end, situation, done] of ROWS) {
    it(what, async () => {
      expect(await doneAfter(end, situation)).to.equal(done);
    });
  }
});

describe('the refusal of a decrement', () => {
  const REFUSAL =
    "Currently, desiredSize equals minSize (1). Terminating instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.";

  it('is told from others of its code', () => {
    expect(isAtMinimum('ValidationError', REFUSAL)).to.equal(true);
    for (const message of [
      'Instance Id not found - No managed instance found for instance ID: i-1',
      'You cannot terminate an instance of a warm pool',
      'Terminating instance i-1 failed within a minute',
    ]) {
      expect(isAtMinimum('ValidationError', message), message).to.equal(false);
    }
    expect(isAtMinimum('Throttling', REFUSAL)).to.equal(false);
  });
});
