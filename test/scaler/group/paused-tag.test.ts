import { expect } from 'chai';
import { isPaused } from '../../../src/scaler/group/paused-tag.ts';

describe('the tag that pauses a group', () => {
  for (const [value, paused] of [
    ['scale-to-zero', true],
    ['true', true],
    ['', true],
    ['False', true],
    ['false', false],
    [undefined, false],
  ] as const) {
    it(`${paused ? 'pauses' : 'does not pause'} it ${value === undefined ? 'where it is missing' : `as "${value}"`}`, () => {
      expect(isPaused(value)).to.equal(paused);
    });
  }
});
