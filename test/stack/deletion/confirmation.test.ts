import { expect } from 'chai';
import { confirmationsOf, retainingQuestion } from '../../../src/stack/deletion/confirmation.ts';
import { deletionPlan } from '../../support/deletion-plan.ts';

describe('the questions before a deletion', () => {
  const bucket = (versions: number) => ({ bucket: `b-${versions}`, versions, more: false });
  const NAME = { question: 'Type the name of the stack to delete it:', word: 'ci' };
  const DATA = {
    question: 'What the buckets hold cannot be brought back. Type "delete secrets":',
    word: 'delete secrets',
  };
  for (const [what, buckets, expected] of [
    ['no bucket', [], [NAME]],
    ['an empty bucket', [bucket(0)], [NAME]],
    ['a bucket with one version', [bucket(1)], [NAME, DATA]],
    ['an empty bucket and a full one', [bucket(0), bucket(3)], [NAME, DATA]],
  ] as const) {
    it(`ask for the name${expected.length > 1 ? ' and for the data' : ' alone'} where ${what} goes`, () => {
      expect(confirmationsOf(deletionPlan({ bucketsToDelete: buckets }))).to.eql(expected);
    });
  }

  it('name what would be kept after a failure', () => {
    expect(retainingQuestion(['Vpc', 'Subnet'])).to.equal('Delete the rest, and keep Vpc, Subnet?');
  });
});
