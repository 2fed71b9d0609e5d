import { expect } from 'chai';
import { edits, nearestNames } from '../../src/terminal/nearest.ts';

describe('names that were probably meant', () => {
  it('differ in a third of the letters at most, and of a short name in one', () => {
    expect(nearestNames('cc1', ['eu1', 'cc2', 'web'])).to.deep.equal(['cc2']);
    expect(nearestNames('ab', ['cd', 'ac'])).to.deep.equal(['ac']);
    expect(nearestNames('MinSize', ['MinSizes', 'MaxSize', 'InstanceBuffer'])).to.deep.equal([
      'MinSizes',
      'MaxSize',
    ]);
  });

  it('are those that hold what was typed too', () => {
    expect(nearestNames('prod', ['prod-builds', 'test'])).to.deep.equal(['prod-builds']);
  });

  it('are one slip away where two letters have changed places', () => {
    expect(nearestNames('frist', ['first'])).to.deep.equal(['first']);
    expect(
      ['frist', 'first', 'fisrt', 'firts', 'fxrst', 'irfts', ''].map((typed) => edits(typed, 'first')),
    ).to.deep.equal([1, 0, 1, 1, 1, 3, 5]);
  });
});
