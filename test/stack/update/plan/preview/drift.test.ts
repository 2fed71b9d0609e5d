import { expect } from 'chai';
import type { ChangeKind } from '../../../../../src/stack/update/plan/preview/changes.ts';
import { driftOf } from '../../../../../src/stack/update/plan/preview/drift.ts';
import { stubAws } from '../../../../support/stub-aws.ts';
import { sdkError } from '../../../../support/world-aws.ts';

const changeOf = (logicalId: string, kind: ChangeKind, path = 'Other') => ({
  ...{ logicalId, type: 'AWS::SNS::Topic', kind, retained: false },
  properties: [{ path, recreates: 'never' as const }],
});

interface Request {
  readonly StackName: string;
  readonly LogicalResourceId: string;
}

/** CloudFormation that answers by resource; `asked` are those it is asked about. */
function cloudFormation(answer: (id: string) => object) {
  const asked: string[] = [];
  let [running, most] = [0, 0];
  const aws = stubAws({
    DetectStackResourceDrift: async ({ StackName, LogicalResourceId }: Request) => {
      asked.push(`${StackName}/${LogicalResourceId}`);
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running -= 1;
      return answer(LogicalResourceId);
    },
  });
  return { aws, asked, most: () => most };
}

describe('drift on what an update would change', () => {
  it('is asked for resources that are there before and after, unless tags alone change', async () => {
    const { aws, asked } = cloudFormation(() => ({}));
    const found = await driftOf(aws, 'ci', [
      changeOf('Added', 'add'),
      changeOf('Changed', 'change'),
      changeOf('Tagged', 'change', 'Tags/0'),
      changeOf('Replaced', 'replace'),
      changeOf('Perhaps', 'perhaps replace'),
      changeOf('Removed', 'remove'),
    ]);
    expect(asked).to.eql(['ci/Changed', 'ci/Replaced', 'ci/Perhaps']);
    expect(found).to.eql([]);
  });

  it('is what each property is, and what the stack has made it', async () => {
    const { aws } = cloudFormation((id) => ({
      StackResourceDrift: {
        PropertyDifferences:
          id === 'A'
            ? [
                { PropertyPath: '/MaxSize', ExpectedValue: '3', ActualValue: '5' },
                { PropertyPath: '/Tags/0', ExpectedValue: 'x' },
                {},
              ]
            : [{ PropertyPath: 'Path/0', ActualValue: '/' }],
      },
    }));
    expect(await driftOf(aws, 'ci', [changeOf('A', 'change'), changeOf('B', 'replace')])).to.eql([
      { logicalId: 'A', property: 'MaxSize', expected: '3', actual: '5' },
      { logicalId: 'A', property: 'Tags/0', expected: 'x', actual: '' },
      { logicalId: 'A', property: '', expected: '', actual: '' },
      { logicalId: 'B', property: 'Path/0', expected: '', actual: '/' },
    ]);
  });

  for (const [what, error] of [
    ['a type without drift detection', sdkError('ValidationError', 'not supported')],
    ['a resource that the caller may not read', sdkError('AccessDenied', 'no', 403)],
  ] as const) {
    it(`is none for ${what}`, async () => {
      const { aws } = cloudFormation((id) => {
        if (id === 'A') throw error;
        return { StackResourceDrift: { PropertyDifferences: [{ PropertyPath: '/P' }] } };
      });
      const found = await driftOf(aws, 'ci', [changeOf('A', 'change'), changeOf('B', 'change')]);
      expect(found.map(({ logicalId }) => logicalId)).to.eql(['B']);
    });
  }

  it('fails where AWS fails', async () => {
    const { aws } = cloudFormation(() => {
      throw sdkError('InternalFailure', 'oops', 500);
    });
    const error = await driftOf(aws, 'ci', [changeOf('A', 'change')]).catch((each: unknown) => each);
    expect((error as Error).message).to.equal('oops');
  });

  it('is asked for 40 resources at most, and for 4 at once', async () => {
    const { aws, asked, most } = cloudFormation(() => ({}));
    await driftOf(
      aws,
      'ci',
      Array.from({ length: 50 }, (_, index) => changeOf(`R${index}`, 'change')),
    );
    expect(asked).to.have.length(40);
    expect(asked[39]).to.equal('ci/R39');
    expect(most()).to.equal(4);
  });
});
