import { expect } from 'chai';
import {
  hasDynamicReference,
  resolveDynamicReferences,
  type DynamicReference,
} from '../../../../src/sandbox/cloudformation/template/index.ts';
import { refusal } from '../../../support/template.ts';

function asked(text: string): DynamicReference[] {
  const references: DynamicReference[] = [];
  resolveDynamicReferences(text, (reference) => {
    references.push(reference);
    return '';
  });
  return references;
}

describe('dynamic references', () => {
  it('are replaced wherever they stand, and nothing else is', () => {
    const properties = {
      Name: 'plain',
      Text: 'a {{resolve:ssm:/x}} b {{resolve:ssm:/y:2}}',
      List: [{ Deep: '{{resolve:ssm-secure:/z}}' }, 5, true],
    };
    expect(
      resolveDynamicReferences(properties, ({ name, version }) => `<${name} ${version ?? 'latest'}>`),
    ).to.deep.equal({
      Name: 'plain',
      Text: 'a </x latest> b </y 2>',
      List: [{ Deep: '</z latest>' }, 5, true],
    });
    expect(hasDynamicReference(properties)).to.equal(true);
    expect(hasDynamicReference({ a: ['{{changeSet:KNOWN_AFTER_APPLY}}'] })).to.equal(false);
  });

  it('name secrets, with what of them is wanted', () => {
    expect(asked('{{resolve:secretsmanager:db}}')).to.deep.equal([{ service: 'secretsmanager', name: 'db' }]);
    expect(asked('{{resolve:secretsmanager:db:SecretString:password:AWSPREVIOUS}}')).to.deep.equal([
      { service: 'secretsmanager', name: 'db', jsonKey: 'password', versionStage: 'AWSPREVIOUS' },
    ]);
    const arn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf';
    expect(asked(`{{resolve:secretsmanager:${arn}:SecretString:user::v-1}}`)).to.deep.equal([
      { service: 'secretsmanager', name: arn, jsonKey: 'user', versionId: 'v-1' },
    ]);
  });

  it('are refused where they are not built as they must be', async () => {
    for (const text of ['{{resolve:ssm:}}', '{{resolve:vault:x}}', '{{resolve:ssm:/x:latest}}']) {
      expect(await refusal(() => asked(text))).to.equal(
        `Template error: Incorrect format is used in the following dynamic reference: [${text}]`,
      );
    }
  });
});
