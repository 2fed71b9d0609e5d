import { expect } from 'chai';
import type { UsageError } from '../../../src/errors.ts';
import { AS_GIVEN } from '../../../src/shell/printed.ts';
import { checkStackName, stackNameFault } from '../../../src/stack/creation/stack-name.ts';

describe('the name of a stack', () => {
  const long = `a${'b'.repeat(127)}`;
  for (const [name, fault] of [
    ['ci', undefined],
    ['A-1', undefined],
    ['my-xn--stack', undefined],
    [long, undefined],
    [`${long}b`, 'a stack name has at most 128 characters'],
    ['1a', 'a stack name begins with a letter'],
    ['-a', 'a stack name begins with a letter'],
    ['', 'a stack name begins with a letter'],
    ['a_b', 'a stack name has letters, digits and hyphens, and no "_"'],
    ['aé', 'a stack name has letters, digits and hyphens, and no "é"'],
    ['xn--a', `the stack's buckets are named after it, and S3 takes no names that begin with "xn--"`],
    ['Sthree-a', `the stack's buckets are named after it, and S3 takes no names that begin with "sthree-"`],
    [
      'AMZN-S3-demo-a',
      `the stack's buckets are named after it, and S3 takes no names that begin with "amzn-s3-demo-"`,
    ],
  ] as const) {
    it(`${fault === undefined ? 'can' : 'cannot'} be ${name.slice(0, 20)}`, () => {
      expect(stackNameFault(name)).to.equal(fault);
      if (fault === undefined) expect(checkStackName(name)).to.equal(name);
    });
  }

  for (const [name, near] of [
    ['my_stack', 'my-stack'],
    ['1--my stack!', 'my-stack'],
    ['été', 'e-te'],
    ['123', 'my-stack'],
    ['xn--a', 'xn-a'],
    [`${long}b`, long],
  ] as const) {
    it(`is refused with one near to ${name.slice(0, 20)} that it could be`, () => {
      let failure: UsageError | undefined;
      try {
        checkStackName(name);
      } catch (error) {
        failure = error as UsageError;
      }
      expect(failure?.message).to.match(new RegExp(`^"${name}" cannot be a stack's name: `));
      expect(failure?.hint).to.equal(`For example: bk-stack create ${near} ${AS_GIVEN}`);
    });
  }
});
