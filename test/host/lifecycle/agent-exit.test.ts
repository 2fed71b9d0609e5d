import { expect } from 'chai';
import { type AgentExit, endsByItself, handleAgentExit } from '../../../src/host/lifecycle/agent-exit.ts';
import { Settings } from '../../../src/host/program/settings.ts';
import { isAtMinimum } from '../../../src/host/contract/refusal.ts';

const IN_SERVICE = { targetState: 'InService', interruptionAt: undefined, rebalance: false };
const IDLE: AgentExit = {
  serviceResult: 'success',
  notices: IN_SERVICE,
  shuttingDown: false,
  endsByItself: false,
};

const ASKED = 'the agent is done: the group is asked to end this instance, and to become smaller by it';

interface Situation {
  readonly atMinimum?: boolean;
  /** The call that fails, with what Auto Scaling says. */
  readonly failing?: 'terminate' | 'unprotect';
}

async function doneAfter(
  end: Partial<AgentExit>,
  { atMinimum = false, failing }: Situation = {},
): Promise<{ done: string; lines: string[] }> {
  const done: string[] = [];
  const lines: string[] = [];
  const call = (name: string, fails = false) => {
    done.push(name);
    return fails ? Promise.reject(new Error('throttled')) : Promise.resolve();
  };
  await handleAgentExit(
    { ...IDLE, ...end },
    {
      group: {
        terminate: async ({ decrement }) => {
          await call(decrement ? 'decrement' : String(decrement), failing === 'terminate');
          return !(decrement && atMinimum);
        },
        unprotect: () => call('unprotect', failing === 'unprotect'),
        markUnhealthy: () => call('unhealthy'),
      },
      agent: { start: () => call('start') },
      say: (line) => lines.push(line),
      flush: () => call('flush'),
    },
  );
  return { done: done.join(', '), lines };
}

describe('an instance whose agent has ended', () => {
  const ROWS: readonly (readonly [
    what: string,
    end: Partial<AgentExit>,
    situation: Situation,
    done: string,
  ])[] = [
    ['ends and shrinks its group', {}, {}, 'flush, decrement'],
    ['stays in its group through a reboot', { shuttingDown: true }, {}, ''],
    ['does so after its only job too', { shuttingDown: true, endsByItself: true }, {}, ''],
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
      'flush, decrement, false',
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
      expect((await doneAfter(end, situation)).done).to.equal(done);
    });
  }

  const LINES: readonly (readonly [
    end: Partial<AgentExit>,
    situation: Situation,
    lines: readonly string[],
  ])[] = [
    [{ serviceResult: 'signal' }, {}, ['the agent ended with signal: systemd starts it again']],
    [
      { notices: { ...IN_SERVICE, rebalance: true } },
      {},
      ['the agent is done, and this instance ends already'],
    ],
    [
      { notices: { ...IN_SERVICE, targetState: 'Standby' } },
      {},
      ['somebody has put this instance on standby: the agent starts again'],
    ],
    [{}, {}, [ASKED]],
    [
      { endsByItself: true },
      { atMinimum: true },
      [ASKED, 'the group is at its minimum: another instance takes the place of this one'],
    ],
    [
      {},
      { atMinimum: true, failing: 'unprotect' },
      [
        ASKED,
        'the group is at its minimum: the agent starts again, and the group may still end this instance',
        'the scale-in protection stays: throttled',
      ],
    ],
    [
      {},
      { failing: 'terminate' },
      [ASKED, 'this instance could not be ended, and is marked unhealthy: throttled'],
    ],
  ];
  for (const [end, situation, lines] of LINES) {
    it(`says: ${lines.at(-1) ?? ''}`, async () => {
      expect((await doneAfter(end, situation)).lines).to.eql(lines);
    });
  }
});

describe('an agent that ends by itself', () => {
  const ROWS: readonly (readonly [settings: Record<string, string>, ends: boolean])[] = [
    [{}, false],
    [{ BUILDKITE_TERMINATE_INSTANCE_AFTER_JOB: 'true' }, true],
    [{ BUILDKITE_TERMINATE_INSTANCE_AFTER_JOB: 'false' }, false],
    [{ BUILDKITE_AGENT_DISCONNECT_AFTER_UPTIME: '0' }, false],
    [{ BUILDKITE_AGENT_DISCONNECT_AFTER_UPTIME: '' }, false],
    [{ BUILDKITE_AGENT_DISCONNECT_AFTER_UPTIME: '1' }, true],
  ];
  for (const [settings, ends] of ROWS) {
    it(`is ${ends ? '' : 'not '}one with ${JSON.stringify(settings)}`, () => {
      expect(endsByItself(new Settings(settings))).to.equal(ends);
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
