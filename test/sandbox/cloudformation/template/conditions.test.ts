import { expect } from 'chai';
import { resolveOutputs } from '../../../../src/sandbox/cloudformation/template/index.ts';
import { evaluated, refusal } from '../../../support/template.ts';

const RESOURCES = 'Resources: { Topic: { Type: AWS::SNS::Topic } }\n';

async function decided(conditions: string, values: Readonly<Record<string, string>> = {}) {
  const evaluation = await evaluated(
    `Parameters:
  Env: { Type: String, Default: test }
  Zones: { Type: CommaDelimitedList, Default: 'a,b' }
Mappings: { Sizes: { test: { Big: 'false' }, live: { Big: 'true' } } }
Conditions:
  Live: !Equals [!Ref Env, live]
${conditions}
${RESOURCES}`,
    values,
  );
  return Object.fromEntries(evaluation.conditions);
}

describe('conditions', () => {
  it('build on parameters, mappings, pseudo parameters and each other, in any order', async () => {
    const conditions = `
  Both: !And [!Condition Live, !Condition Here]
  Either: !Or [!Condition Live, !Condition Here]
  Neither: !Not [!Condition Either]
  Here: !Equals [!Ref AWS::Region, eu-west-1]
  Big: !Equals [!FindInMap [Sizes, !Ref Env, Big], true]
  First: !Equals [!Select [0, !Ref Zones], a]
  Text: !Equals [!Join ['', !Ref Zones], ab]
  Nested: !Equals [!Condition Live, !Condition Here]`;
    expect(await decided(conditions)).to.deep.equal({
      Live: false,
      Both: false,
      Either: true,
      Neither: false,
      Here: true,
      Big: false,
      First: true,
      Text: true,
      Nested: false,
    });
    expect(await decided(conditions, { Env: 'live' })).to.include({ Both: true, Big: true, Nested: true });
  });

  it('take 5 and "5", true and "true" for equal, and case for different', async () => {
    const conditions = `
  Number: !Equals [5, '5']
  Truth: !Equals [true, 'true']
  Case: !Equals [A, a]`;
    expect(await decided(conditions)).to.include({ Number: true, Truth: true, Case: false });
  });

  it('take 2 to 10 operands in And and Or', async () => {
    const many = (count: number) =>
      `  Many: !Or [${Array.from({ length: count }, () => '!Condition Live').join(', ')}]`;
    expect(await decided(many(10))).to.include({ Many: false });
    for (const count of [1, 11]) {
      expect(await refusal(() => decided(many(count)))).to.equal(
        'Template error: every Fn::Or object requires a list of at least 2 and at most 10 boolean parameters.',
      );
    }
  });

  it('must come to true or false', async () => {
    expect(await refusal(() => decided('  Odd: !Not [!Ref Env]'))).to.equal(
      'Template format error: Conditions can only be boolean operations on parameters and other conditions',
    );
  });

  it('name only conditions there are', async () => {
    expect(await refusal(() => decided('  Odd: !Not [!Condition Nope]'))).to.equal(
      'Template format error: Unresolved condition dependency Nope in the Conditions block of the template',
    );
  });

  it('decide which outputs there are', async () => {
    const evaluation = await evaluated(`
Conditions: { On: !Equals [a, a], Off: !Equals [a, b] }
${RESOURCES}
Outputs:
  Arn: { Value: !GetAtt Topic.TopicArn, Condition: On, Description: its ARN, Export: { Name: !Sub '\${AWS::StackName}-arn' } }
  Count: { Value: 5 }
  Gone: { Value: x, Condition: Off }
`);
    expect(resolveOutputs(evaluation)).to.deep.equal([
      { key: 'Arn', value: 'TopicArn of Topic', description: 'its ARN', exportName: 'demo-arn' },
      { key: 'Count', value: '5' },
    ]);
  });
});
