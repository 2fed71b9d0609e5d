import { expect } from 'chai';
import { OperationError, UsageError } from '../../../src/errors.ts';
import type { GroupSize } from '../../../src/stack/capacity/group-size.ts';
import {
  differingLimits,
  planScale,
  type RequestedSize,
  scaleGroup,
  sizeOf,
} from '../../../src/stack/capacity/scale.ts';
import { FakeGroup } from '../../support/fake-group.ts';

const group = (size: GroupSize, tags: Record<string, string> = {}) => new FakeGroup(size, tags, []);

describe('scaling a group whose minimum the scaler has raised', () => {
  const raised = () => group({ min: 4, max: 10, desired: 5 }, { 'bk-stack:held': '1/4' });
  const scale = async (wanted: RequestedSize) => {
    const one = raised();
    const { before, after } = await scaleGroup(one, 'ci', 'g', wanted);
    expect(before).to.eql({ min: wanted.min === undefined ? 1 : 4, max: 10, desired: 5 });
    return { group: one, after };
  };

  it('plans with the minimum that is its own', async () => {
    const { before, after } = planScale(await raised().read(), 'ci', { desired: 2 });
    expect(before.min).to.equal(1);
    expect(after).to.eql({ min: 1, max: 10, desired: 2 });
  });

  it('leaves it raised where the new size has room for that, and gives it back where not', async () => {
    const grown = await scale({ desired: 8 });
    expect(grown.group.size).to.eql({ min: 4, max: 10, desired: 8 });
    expect(grown.after).to.eql({ min: 1, max: 10, desired: 8 });
    expect((await scale({ desired: 2 })).group.size).to.eql({ min: 1, max: 10, desired: 2 });
    expect((await scale({ max: 3 })).group.size).to.eql({ min: 1, max: 3, desired: 3 });
    expect((await scale({ desired: 4 })).group.size).to.eql({ min: 4, max: 10, desired: 4 });
  });

  it('sets a minimum that is then its own, also where it is what the scaler has raised it to', async () => {
    const other = await scale({ min: 2 });
    expect(other.group.size.min).to.equal(2);
    expect(other.group.asked).to.eql(['resize']);
    const same = await scale({ min: 4 });
    expect(same.group.asked).to.eql(['tag']);
    expect(same.group.tags['bk-stack:held']).to.equal('4/4');
    expect(planScale(await same.group.read(), 'ci', {}).before.min).to.equal(4);
    expect((await scale({ min: 4, desired: 6 })).group.asked).to.eql(['tag', 'resize']);
  });

  it('gives the minimum back by hand, and changes nothing where nothing differs', async () => {
    expect((await scale({ min: 1 })).group.size).to.eql({ min: 1, max: 10, desired: 5 });
    const { group } = await scale({ desired: 5 });
    expect(group.asked).to.eql([]);
  });
});

describe('a requested size', () => {
  const before = { min: 1, max: 10, desired: 4 };
  const refusal = (requested: RequestedSize) => {
    try {
      return sizeOf(before, requested);
    } catch (error) {
      const { message, hint } = error as UsageError;
      expect(error).to.be.instanceOf(UsageError);
      return `${message}. ${hint ?? ''}`;
    }
  };
  for (const [requested, outcome] of [
    [{}, before],
    [{ desired: 10 }, { ...before, desired: 10 }],
    [{ desired: 1 }, { ...before, desired: 1 }],
    [{ min: 6 }, { min: 6, max: 10, desired: 6 }],
    [{ max: 2 }, { min: 1, max: 2, desired: 2 }],
    [
      { min: 0, max: 0 },
      { min: 0, max: 0, desired: 0 },
    ],
    [
      { min: 3, max: 3 },
      { min: 3, max: 3, desired: 3 },
    ],
    [
      { min: 11 },
      'The minimum (11) would exceed the maximum (10). The group has 1 to 10 now. Give both: --min 11 --max 11',
    ],
    [
      { desired: 11 },
      'The desired capacity (11) must be between the minimum (1) and the maximum (10). Raise the maximum too: --max 11',
    ],
    [
      { desired: 0 },
      'The desired capacity (0) must be between the minimum (1) and the maximum (10). Lower the minimum too: --min 0',
    ],
  ] as const) {
    it(`${JSON.stringify(requested)}: ${JSON.stringify(outcome)}`, () => {
      expect(refusal(requested)).to.eql(outcome);
    });
  }
});

describe('the plan of a change of size', () => {
  const size = { min: 1, max: 10, desired: 4 };
  const found = (tags: Record<string, string>, protectedFromScaleIn = true) => ({
    ...{ size, tags },
    instances: ['a', 'b', 'c', 'd'].map((instanceId) => ({
      ...{ instanceId, lifecycleState: 'InService', protectedFromScaleIn },
    })),
  });

  it('is refused for a group that is paused, and not where the tag says false', () => {
    try {
      planScale(found({ 'bk-stack:paused': 'scale-to-zero' }), 'ci', { max: 3 });
      expect.fail('it should be refused');
    } catch (error) {
      expect(error).to.be.instanceOf(OperationError).and.to.include({
        message: 'ci is paused, and has the size that it had before when it is resumed',
        hint: 'Nothing was changed. First: bk-stack resume ci',
      });
    }
    expect(planScale(found({ 'bk-stack:paused': 'false' }), 'ci', { max: 3 }).after.max).to.equal(3);
  });

  it('says whether instances are terminated', () => {
    expect(planScale(found({}, false), 'ci', { desired: 3 }).ends).to.equal(true);
    expect(planScale(found({}, false), 'ci', { desired: 5 }).ends).to.equal(false);
    expect(planScale(found({}), 'ci', { desired: 3 }).ends).to.equal(false);
  });

  it('is one request, or none', () => {
    const resized = { min: 1, max: 10, desired: 3 };
    expect(planScale(found({}), 'ci', { desired: 3 }).steps).to.eql([{ kind: 'resize', size: resized }]);
    expect(planScale(found({}), 'ci', { min: 1, max: 10, desired: 4 }).steps).to.eql([]);
  });
});

describe('limits that the parameters of a stack give otherwise', () => {
  const stack = (parameters: Record<string, string>) => ({
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ...{ ParameterKey, ParameterValue },
    })),
    ...{ StackName: 'ci', CreationTime: new Date(0), StackStatus: 'CREATE_COMPLETE' as const },
  });
  const size = { min: 2, max: 9, desired: 4 };

  it('are named with both values', () => {
    expect(differingLimits(stack({ MinSize: '1', MaxSize: '10' }), size)).to.eql([
      { name: 'MinSize', stated: '1', live: 2 },
      { name: 'MaxSize', stated: '10', live: 9 },
    ]);
    expect(differingLimits(stack({ MinSize: '2', MaxSize: '9' }), size)).to.eql([]);
    expect(differingLimits(stack({ Other: '1' }), size)).to.eql([]);
    const { Parameters: _, ...none } = stack({});
    expect(differingLimits(none, size)).to.eql([]);
  });
});
