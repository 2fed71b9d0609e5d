import { expect } from 'chai';
import { agentsByOwner, stuckOf, stuckTagValue } from '../../../src/scaler/sizing/stuck-jobs.ts';

describe('jobs that no agent takes', () => {
  it('are kept in a tag, of which AWS takes every character', () => {
    const stuck = {
      ...{ jobs: 3, retryAt: Date.parse('2026-11-25T11:00:10Z'), pauseMs: 240_000, starting: 2 },
      nothingStarts: false,
    };
    const tag = stuckTagValue(stuck);
    expect(tag).to.equal('3 until 2026-11-25T11:00:10.000Z then 240 s');
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
    expect(tag).to.match(/^[\p{L}\d +\-=._:/@]*$/u);
    expect(stuckOf(tag)).to.eql({ ...stuck, starting: 0 });
    const paused = stuckTagValue({ ...stuck, nothingStarts: true });
    expect(paused).to.equal('3 until 2026-11-25T11:00:10.000Z then 240 s and nothing starts');
    expect(stuckOf(paused)).to.eql({ ...stuck, starting: 0, nothingStarts: true });
    expect(stuckTagValue(undefined)).to.equal('none');
  });

  it('are none where the tag says so, is missing, or says what nobody can read', () => {
    for (const tag of [
      undefined,
      'none',
      '',
      '3 until tomorrow then 240 s',
      '3',
      'x until 2026-11-25 then 1 s',
    ]) {
      expect(stuckOf(tag), tag).to.equal(undefined);
    }
  });
});

describe('the agents of a queue', () => {
  const owners = (inService: number, idle: number, busy: number, perInstance = 1) =>
    agentsByOwner(
      {
        agents: { idle, busy, total: idle + busy },
        group: { inService },
      },
      perInstance,
    );

  it("are this group's as far as its instances in service account for them", () => {
    expect(owners(0, 4, 0)).to.eql({ ownIdle: { least: 0, most: 0 }, foreignIdle: 4 });
    expect(owners(3, 3, 0)).to.eql({ ownIdle: { least: 3, most: 3 }, foreignIdle: 0 });
    expect(owners(3, 4, 0)).to.eql({ ownIdle: { least: 3, most: 3 }, foreignIdle: 1 });
    expect(owners(3, 1, 3)).to.eql({ ownIdle: { least: 0, most: 1 }, foreignIdle: 0 });
    expect(owners(3, 2, 2)).to.eql({ ownIdle: { least: 1, most: 2 }, foreignIdle: 0 });
    expect(owners(2, 5, 4, 4)).to.eql({ ownIdle: { least: 4, most: 5 }, foreignIdle: 0 });
    expect(owners(3, 1, 0), 'others are about to have their agents').to.eql({
      ...{ ownIdle: { least: 1, most: 1 }, foreignIdle: 0 },
    });
  });
});
