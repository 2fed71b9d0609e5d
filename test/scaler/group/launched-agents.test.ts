import { expect } from 'chai';
import {
  agentsByVersionOf,
  agentsTagValue,
  knownAgents,
  launchedAgents,
} from '../../../src/scaler/group/launched-agents.ts';

describe('the agents that instances were launched with', () => {
  const entries = (tag: string | undefined) => [...agentsByVersionOf(tag)];

  it('are read from the tag of the group, and written there', () => {
    expect(entries('7=1 12=24')).to.eql([
      ['7', 1],
      ['12', 24],
    ]);
    expect(agentsTagValue(agentsByVersionOf('7=1 12=24'))).to.equal('7=1 12=24');
  });

  for (const tag of [undefined, '', '7', '7=x', 'x7=1', '7=1x', '7=', '=1']) {
    it(`are not known from ${String(tag)}`, () => {
      expect(entries(tag)).to.eql([]);
    });
  }

  it('are kept for versions that instances have, and for the one of the settings', () => {
    const settings = { launchTemplateVersion: '8', agentsPerInstance: 4 };
    const known = (tag: string, versions: string[]) =>
      agentsTagValue(knownAgents(agentsByVersionOf(tag), versions, settings));
    expect(known('6=2 7=1', ['7', '8'])).to.equal('7=1 8=4');
    expect(known('', [])).to.equal('8=4');
    expect(known('8=1', ['8']), 'the settings are right').to.equal('8=4');
  });

  it('are as many as the settings say where the version is not known', () => {
    expect(launchedAgents(['7', '7', '8', '9'], agentsByVersionOf('7=1 8=3'), 10)).to.equal(15);
    expect(launchedAgents([], agentsByVersionOf('7=1'), 10)).to.equal(0);
  });
});
