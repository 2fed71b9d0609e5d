import { expect } from 'chai';
import { groupPlan } from '../../../../src/stack/update/plan/group-plan.ts';

const SIZE = { min: 1, max: 10, desired: 4 };
const changed = (values: Record<string, string>) => ({
  changes: Object.entries(values).map(([name, after]) => ({ name, after })),
  effective: new Map(Object.entries({ MinSize: '0', MaxSize: '99', ...values })),
});
const plan = (tags: Record<string, string> = {}, values: Record<string, string> = {}, size = SIZE) =>
  groupPlan('g', '3', { size, tags }, changed(values));

describe('the group in the plan of an update', () => {
  it('has its version before, or none', () => {
    expect(plan()).to.eql({ group: 'g', formerVersion: '3', sizes: { before: SIZE, after: SIZE } });
    expect(groupPlan('g', undefined, { size: SIZE, tags: {} }, changed({}))).to.have.keys('group', 'sizes');
  });

  for (const [tag, paused] of [
    ['scale-to-zero', true],
    ['true', true],
    ['', true],
    ['false', undefined],
    [undefined, undefined],
  ] as const) {
    it(`is ${paused ? '' : 'not '}paused where its tag is ${String(tag)}`, () => {
      expect(plan(tag === undefined ? {} : { 'bk-stack:paused': tag }).paused).to.equal(paused);
    });
  }

  it('has the size that it had before it was paused', () => {
    const tags = { 'bk-stack:paused': 'scale-to-zero', 'bk-stack:size': '2/6/3' };
    const before = { min: 2, max: 6, desired: 3 };
    expect(plan(tags, {}, { min: 0, max: 0, desired: 0 }).sizes).to.eql({ before, after: before });
  });

  it('has its own minimum, and not what the scaler has raised it to', () => {
    expect(plan({ 'bk-stack:held': '0/1' }).sizes.before).to.eql({ ...SIZE, min: 0 });
  });

  for (const [what, values, after] of [
    ['keeps limits that the update does not change, whatever the parameters say', {}, SIZE],
    ['gets a new minimum', { MinSize: '2' }, { min: 2, max: 10, desired: 4 }],
    ['gets a new maximum', { MaxSize: '20' }, { min: 1, max: 20, desired: 4 }],
    ['wants no more than its maximum', { MaxSize: '3' }, { min: 1, max: 3, desired: 3 }],
    ['wants no less than its minimum', { MinSize: '6' }, { min: 6, max: 10, desired: 6 }],
    ['wants as much where that is a limit', { MinSize: '4', MaxSize: '4' }, { min: 4, max: 4, desired: 4 }],
    ['gets both limits', { MinSize: '5', MaxSize: '7' }, { min: 5, max: 7, desired: 5 }],
  ] as const) {
    it(what, () => {
      expect(plan({}, values).sizes).to.eql({ before: SIZE, after });
    });
  }
});
