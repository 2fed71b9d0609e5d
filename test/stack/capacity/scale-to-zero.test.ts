import { expect } from 'chai';
import { type GroupSize, ownSize, type SizedGroup, ZERO } from '../../../src/stack/capacity/group-size.ts';
import { FakeGroup, protectedInstance } from '../../support/fake-group.ts';
import { awaitZero } from '../../../src/stack/capacity/await-zero.ts';
import { planResume, planZero, resumeGroup, scaleToZero } from '../../../src/stack/capacity/scale-to-zero.ts';

const SIZE: GroupSize = { min: 2, max: 10, desired: 4 };
const ENDING = ['Terminating:Wait', 'Terminating:Wait'];

/** A group of two protected instances. */
const twoProtected = () => new FakeGroup(SIZE, { Name: 'ci' });

const NO_WAIT = { pause: () => Promise.resolve(), random: () => 0 };

describe('scaling to zero', () => {
  it('remembers the size, keeps scaler and schedules away, and lets instances go', async () => {
    const group = twoProtected();
    expect(await scaleToZero(group, 'g')).to.eql(SIZE);
    expect(group.size).to.eql(ZERO);
    expect(group.tags).to.eql({ Name: 'ci', 'bk-stack:paused': 'scale-to-zero', 'bk-stack:size': '2/10/4' });
    expect([...group.suspended]).to.eql(['ScheduledActions', 'Launch']);
    expect(group.instances.every(({ protectedFromScaleIn }) => !protectedFromScaleIn)).to.equal(true);
  });

  it('remembers the minimum that is its own, and not what the scaler has raised it to', async () => {
    const group = twoProtected();
    group.tags['bk-stack:held'] = '0/2';
    expect(await scaleToZero(group, 'g')).to.eql({ ...SIZE, min: 0 });
    expect(group.tags['bk-stack:size']).to.equal('0/10/4');
  });

  it('ends with a minimum that the scaler takes for its own no more, whatever it had raised it to', async () => {
    const group = twoProtected();
    group.tags['bk-stack:held'] = '0/2';
    await scaleToZero(group, 'g');
    await resumeGroup(group, 'g', { min: 2, max: 10, desired: 4 });
    expect(ownSize(group).min).to.equal(2);
    expect(group.tags).to.eql({ Name: 'ci' });
  });

  it('may be repeated, and is undone exactly', async () => {
    const group = twoProtected();
    await scaleToZero(group, 'g');
    expect(await scaleToZero(group, 'g')).to.eql(SIZE);
    expect(await resumeGroup(group, 'g')).to.eql(SIZE);
    expect(group.size).to.eql(SIZE);
    expect(group.tags).to.eql({ Name: 'ci' });
    expect(group.suspended.size).to.equal(0);
    expect(await resumeGroup(group, 'g')).to.equal(undefined);
  });

  it('comes to the same end wherever it was cut short', async () => {
    for (let first = 0; first < 8; first += 1) {
      for (let second = 0; second < 8; second += 1) {
        const group = twoProtected();
        group.requestsLeft = first;
        await scaleToZero(group, 'g').catch(() => undefined);
        group.requestsLeft = Infinity;
        // Never at zero without being paused, and never paused without the size being known.
        if (group.size !== SIZE) expect(group.tags).to.have.property('bk-stack:paused');
        if ('bk-stack:paused' in group.tags) expect(group.tags['bk-stack:size']).to.equal('2/10/4');
        expect(await scaleToZero(group, 'g')).to.eql(SIZE);
        expect(group.size).to.eql(ZERO);
        group.requestsLeft = second;
        await resumeGroup(group, 'g').catch(() => undefined);
        group.requestsLeft = Infinity;
        await resumeGroup(group, 'g');
        expect(group.size).to.eql(SIZE);
        expect(group.tags).to.eql({ Name: 'ci' });
        expect(group.suspended.size).to.equal(0);
      }
    }
  });

  it('removes protection before it asks for a scale-in', async () => {
    const group = twoProtected();
    await scaleToZero(group, 'g');
    expect(group.instances.map(({ lifecycleState }) => lifecycleState)).to.eql(ENDING);
  });

  const late = (group: FakeGroup) => {
    group.instances = group.instances.map((each) => ({
      ...each,
      protectedFromScaleIn: true,
      lifecycleState: 'InService',
    }));
  };
  const waitOnce = { timeoutSeconds: 0, force: false, changed: () => undefined };

  it('asks for another scale-in once instances are unprotected that came into service late', async () => {
    for (const again of [
      (group: FakeGroup) => scaleToZero(group, 'g'),
      (group: FakeGroup) => awaitZero(group, 'g', NO_WAIT, waitOnce).catch(() => undefined),
    ]) {
      const group = twoProtected();
      await scaleToZero(group, 'g');
      late(group);
      await again(group);
      expect(group.instances.map(({ lifecycleState }) => lifecycleState)).to.eql(ENDING);
    }
  });

  it('asks for none while it waits once somebody has resumed the group', async () => {
    const group = twoProtected();
    await scaleToZero(group, 'g');
    await resumeGroup(group, 'g');
    late(group);
    await awaitZero(group, 'g', NO_WAIT, waitOnce).catch(() => undefined);
    expect(group.size).to.eql(SIZE);
  });

  it('ends what still has jobs only by force', async () => {
    const group = twoProtected();
    group.instances = group.instances.map((each) => ({ ...each, lifecycleState: 'Terminating:Wait' }));
    await awaitZero(group, 'g', NO_WAIT, { timeoutSeconds: 60, force: true, changed: () => undefined });
    expect(group.released).to.eql(['i-1', 'i-2']);
  });
});

describe('the plan to zero', () => {
  const ZEROED = { kind: 'resize', size: ZERO };
  const SUSPEND = { kind: 'suspend', processes: ['ScheduledActions', 'Launch'] };
  const tagged = (size: string) => ({
    kind: 'tag',
    tags: { 'bk-stack:paused': 'scale-to-zero', 'bk-stack:size': size },
  });
  const paused = (size: string, value = 'scale-to-zero') => ({
    ...{ 'bk-stack:paused': value, 'bk-stack:size': size },
  });
  const unprotect = { kind: 'unprotect', instanceIds: ['i-1'] };
  for (const [what, found, known, remembered, steps] of [
    [
      'tags before it resizes, and unprotects in between',
      { size: SIZE, tags: {}, instances: [protectedInstance('i-1')] },
      undefined,
      SIZE,
      [tagged('2/10/4'), SUSPEND, unprotect, ZEROED],
    ],
    [
      'repeats nothing of a group that is at zero but the suspension',
      { size: ZERO, tags: paused('2/10/4'), instances: [] },
      undefined,
      SIZE,
      [SUSPEND],
    ],
    [
      'scales in again where instances came into service late',
      { size: ZERO, tags: paused('2/10/4'), instances: [protectedInstance('i-1')] },
      undefined,
      SIZE,
      [SUSPEND, unprotect, ZEROED],
    ],
    ...[{ min: 1 }, { max: 1 }, { desired: 1 }].map((size) => [
      `resizes what has grown again: ${JSON.stringify(size)}`,
      { size: { ...ZERO, ...size }, tags: paused('2/10/4'), instances: [] },
      undefined,
      SIZE,
      [SUSPEND, ZEROED],
    ]),
    [
      'leaves the pause of somebody else as it is',
      { size: ZERO, tags: paused('2/10/4', 'by ann'), instances: [] },
      undefined,
      SIZE,
      [SUSPEND],
    ],
    [
      'pauses a group again whose tag says false',
      { size: SIZE, tags: paused('1/9/3', 'false'), instances: [] },
      undefined,
      { min: 1, max: 9, desired: 3 },
      [tagged('1/9/3'), SUSPEND, ZEROED],
    ],
    [
      'remembers the size of a group that was paused without it',
      { size: SIZE, tags: { 'bk-stack:paused': 'true' }, instances: [] },
      undefined,
      SIZE,
      [tagged('2/10/4'), SUSPEND, ZEROED],
    ],
    [
      'remembers the size that is kept elsewhere rather than the tag’s',
      { size: ZERO, tags: paused('1/9/3'), instances: [] },
      SIZE,
      SIZE,
      [tagged('2/10/4'), SUSPEND],
    ],
    [
      'remembers a minimum without what the scaler has raised it to',
      { size: SIZE, tags: { 'bk-stack:held': '0/2' }, instances: [] },
      undefined,
      { ...SIZE, min: 0 },
      [tagged('0/10/4'), SUSPEND, ZEROED],
    ],
  ] as [string, SizedGroup, GroupSize | undefined, GroupSize, object[]][]) {
    it(what, () => {
      expect(planZero(found, known)).to.eql({ remembered, steps });
    });
  }
});

describe('the plan of a resumption', () => {
  const RESUME = { kind: 'resume', processes: ['ScheduledActions', 'Launch'] };
  const UNTAG = { kind: 'untag', keys: ['bk-stack:paused', 'bk-stack:size', 'bk-stack:held'] };
  for (const [what, tags, known, planned] of [
    ['changes nothing of a group that is not paused', {}, undefined, { steps: [] }],
    [
      'changes nothing of a group whose tag says false',
      { 'bk-stack:paused': 'false' },
      undefined,
      { steps: [] },
    ],
    [
      'resizes first and takes the tags away last',
      { 'bk-stack:paused': 'scale-to-zero', 'bk-stack:size': '2/10/4' },
      undefined,
      { restored: SIZE, steps: [{ kind: 'resize', size: SIZE }, RESUME, UNTAG] },
    ],
    [
      'leaves the size of a group that was paused by hand',
      { 'bk-stack:paused': 'by ann' },
      undefined,
      { restored: ZERO, steps: [RESUME, UNTAG] },
    ],
    [
      'goes on where the pause is gone, and its size is still remembered',
      { 'bk-stack:size': '2/10/4' },
      undefined,
      { restored: SIZE, steps: [{ kind: 'resize', size: SIZE }, RESUME, UNTAG] },
    ],
    [
      'restores the size that is kept elsewhere',
      { 'bk-stack:size': '1/9/3' },
      SIZE,
      { restored: SIZE, steps: [{ kind: 'resize', size: SIZE }, RESUME, UNTAG] },
    ],
  ] as [string, Record<string, string>, GroupSize | undefined, object][]) {
    it(what, () => {
      expect(planResume({ size: ZERO, instances: [], tags }, known)).to.eql(planned);
    });
  }
});
