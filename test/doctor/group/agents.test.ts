import { expect } from 'chai';
import { type AgentFacts, judgeZombies, zombiesOf } from '../../../src/doctor/group/agents.ts';

const running = (...seconds: number[]) =>
  seconds.map((each, at) => ({ instanceId: `i-${at}`, seconds: each }));
const agents = (counts: Record<string, number>) =>
  new Map(Object.entries(counts).map(([id, total]) => [id, { total }]));

describe('instances without agents', () => {
  const by = (counts: Record<string, number>, onQueue = 0): Omit<AgentFacts, 'inService'> => ({
    onQueue,
    byInstance: agents(counts),
  });
  for (const [what, seconds, known, zombies] of [
    ['none where each has one', [600], by({ 'i-0': 1 }), []],
    ['one where Buildkite knows none of it', [600], by({}), ['i-0']],
    ['one that has lost its agents', [600, 600], by({ 'i-0': 0, 'i-1': 2 }, 2), ['i-0']],
    ['none that came into service lately', [599], by({}), []],
    ['none where any agent of the queue may be of it', [600], { onQueue: 1 }, []],
    ['all where the queue has no agent', [600, 700, 10], { onQueue: 0 }, ['i-0', 'i-1']],
    ['none where there is no instance', [], { onQueue: 0 }, []],
  ] as const) {
    it(`are ${what}`, () => {
      expect(zombiesOf({ inService: running(...seconds), ...known })).to.eql(zombies);
    });
  }

  it('are an error, and marked unhealthy only where they finish their jobs first', async () => {
    const marked: string[] = [];
    const mark = (ids: readonly string[]) => Promise.resolve(void marked.push(...ids));
    expect(judgeZombies([], 'us-east-1', mark)).to.equal(undefined);
    const found = judgeZombies(['i-1', 'i-2'], 'us-east-1', mark);
    expect(found).to.include({ code: 'instances-without-agents', severity: 'error' });
    expect(found?.message).to.equal('2 instances in service without an agent: i-1, i-2');
    expect(found?.fix.split('\n')).to.have.length(2);
    expect(found?.repair?.does).to.contain('replaces them');
    await found?.repair?.carryOut();
    expect(marked).to.eql(['i-1', 'i-2']);
    expect(judgeZombies(['i-1'], 'us-east-1', mark)?.repair?.does).to.contain('replaces it');
    expect(judgeZombies(['i-1'], 'us-east-1', false)?.repair).to.equal(undefined);
  });
});
