import { expect } from 'chai';
import { afterAgent, type AgentEnd } from '../../../src/host/lifecycle/agent-ended.ts';

const IDLE: AgentEnd = {
  serviceResult: 'success',
  notices: { targetState: 'InService', interruptionAt: undefined, rebalance: false },
  endsByItself: false,
};

async function doneAfter(
  end: Partial<AgentEnd>,
  group: { atMinimum?: boolean; failing?: boolean } = {},
): Promise<string[]> {
  const done: string[] = [];
  await afterAgent(
    { ...IDLE, ...end },
    {
      group: {
        terminate({ decrement }) {
          if (group.failing) return Promise.reject(new Error('throttled'));
          if (decrement && group.atMinimum) return Promise.resolve(false);
          done.push(decrement ? 'terminate with decrement' : 'terminate');
          return Promise.resolve(true);
        },
        markUnhealthy() {
          done.push('unhealthy');
          return Promise.resolve();
        },
      },
      agent: {
        start() {
          done.push('start agent');
          return Promise.resolve();
        },
      },
      say: () => undefined,
      flush() {
        done.push('flush');
        return Promise.resolve();
      },
    },
  );
  return done;
}

describe('an instance whose agent has ended', () => {
  it('ends, and the group becomes smaller', async () => {
    expect(await doneAfter({})).to.eql(['flush', 'terminate with decrement']);
  });

  it('goes on at the least size of the group', async () => {
    expect(await doneAfter({}, { atMinimum: true })).to.eql(['flush', 'start agent']);
  });

  it('is replaced there, when its agent was to end after a job', async () => {
    expect(await doneAfter({ endsByItself: true }, { atMinimum: true })).to.eql(['flush', 'terminate']);
  });

  it('is marked unhealthy when it cannot be ended', async () => {
    expect(await doneAfter({}, { failing: true })).to.eql(['flush', 'unhealthy']);
  });

  it('does nothing where systemd starts the agent again, or the end is under way', async () => {
    expect(await doneAfter({ serviceResult: 'exit-code' })).to.eql([]);
    expect(await doneAfter({ notices: { ...IDLE.notices, targetState: 'Terminated' } })).to.eql([]);
    expect(await doneAfter({ notices: { ...IDLE.notices, interruptionAt: 1 } })).to.eql([]);
    expect(await doneAfter({ notices: { ...IDLE.notices, rebalance: true } })).to.eql([]);
  });
});
