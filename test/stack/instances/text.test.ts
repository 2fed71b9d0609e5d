import { expect } from 'chai';
import type { StackInstance } from '../../../src/stack/instances/list.ts';
import { instancesText } from '../../../src/stack/instances/text.ts';
import { errTheme } from '../../../src/terminal/theme.ts';

const NOW = Date.parse('2026-01-01T00:10:00Z');

const instance = (id: number, facts: Partial<StackInstance> = {}): StackInstance => ({
  instanceId: `i-${String(id).padStart(17, '0')}`,
  ...{ state: 'Terminating:Wait', health: 'Healthy', instanceType: 't3.large', spot: false },
  ...{ zone: id % 2 === 0 ? 'us-east-1a' : 'us-east-1b', launchedAt: '2026-01-01T00:00:00Z' },
  ...{ version: '1', current: false, agents: { busy: 3, total: 4 }, ...facts },
});
const shown = (instances: readonly StackInstance[], columns?: number) =>
  instancesText({ stackName: 'ci', group: 'g', instances }, NOW, errTheme, columns).split('\n');

describe('the instances of a stack as a table', () => {
  it('has all columns where there is room, or no terminal', () => {
    const lines = shown([instance(1), instance(2)]);
    expect(lines).to.eql(shown([instance(1), instance(2)], 200));
    expect(lines).to.have.length(3);
    expect(lines[0]).to.match(/^INSTANCE +STATE +HEALTH +TYPE +BOUGHT +ZONE +BUSY +AGE +VERSION$/);
    expect(lines[1]).to.match(/ Healthy +t3\.large +on-demand +us-east-1b +3 of 4 +10m 00s +1 \(former\)$/);
  });

  it('tells once what is the same for all where it would be too wide', () => {
    const lines = shown([instance(1), instance(2)], 80);
    expect(lines[0]).to.match(/^INSTANCE +STATE +ZONE +BUSY +AGE +VERSION$/);
    expect(lines.at(-1)).to.equal('All of them: Healthy, t3.large, on-demand');
    expect(Math.max(...lines.map(({ length }) => length))).to.be.at.most(80);
  });

  it('keeps the columns in which instances differ', () => {
    const lines = shown([instance(1), instance(2, { spot: true, health: 'Unhealthy' })], 80);
    expect(lines[0]).to.match(/^INSTANCE +STATE +HEALTH +BOUGHT +ZONE +BUSY/);
    expect(lines.at(-1)).to.equal('All of them: t3.large');
  });

  it('says of one that boots that it has no agent yet, and nothing where agents are not known', () => {
    expect(shown([instance(1, { agents: { busy: 0, total: 0 } })])[1]).to.match(/ none yet /);
    const { agents: _, ...unknown } = instance(1);
    expect(shown([unknown])[0]).to.not.match(/BUSY/);
  });
});
