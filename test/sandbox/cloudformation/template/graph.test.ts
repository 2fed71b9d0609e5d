import { expect } from 'chai';
import {
  checkOutputReferences,
  dependencies,
  importedNames,
  readTemplate,
  referencesIn,
  type TemplateBody,
} from '../../../../src/sandbox/cloudformation/template/index.ts';
import { evaluated, refusal } from '../../../support/template.ts';

async function graphOf(resources: string, values: Readonly<Record<string, string>> = {}) {
  const evaluation = await evaluated(
    `Parameters: { Env: { Type: String, Default: test } }
Conditions: { Live: !Equals [!Ref Env, live] }
Resources:
${resources}`,
    values,
  );
  return Object.fromEntries([...dependencies(evaluation)].map(([id, needs]) => [id, [...needs].sort()]));
}

describe('dependencies', () => {
  it('come from Ref, GetAtt, Sub, DependsOn and metadata', async () => {
    const graph = await graphOf(`
  A: { Type: AWS::SNS::Topic }
  B: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Ref A } }
  C: { Type: AWS::SNS::Topic, Properties: { DisplayName: !GetAtt B.TopicName } }
  D: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Sub '\${A} \${C.TopicName} \${!B} \${AWS::Region} \${Env}' } }
  E: { Type: AWS::SNS::Topic, DependsOn: [A, D] }
  F: { Type: AWS::SNS::Topic, Metadata: { Of: !Sub ['\${X}', { X: !Ref E }] } }
`);
    expect(graph).to.deep.equal({ A: [], B: ['A'], C: ['B'], D: ['A', 'C'], E: ['A', 'D'], F: ['E'] });
  });

  const CONDITIONAL = `
  A: { Type: AWS::SNS::Topic, Condition: Live }
  B: { Type: AWS::SNS::Topic, Properties: { DisplayName: !If [Live, !Ref A, none] }, DependsOn: A }
`;

  it('are only those of the taken branch, and of resources that exist', async () => {
    expect(await graphOf(CONDITIONAL)).to.deep.equal({ B: [] });
    expect(await graphOf(CONDITIONAL, { Env: 'live' })).to.deep.equal({ A: [], B: ['A'] });
  });

  it('refuse a reference to a resource whose condition does not hold', async () => {
    const message = await refusal(() =>
      graphOf(`
  A: { Type: AWS::SNS::Topic, Condition: Live }
  B: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Ref A } }`),
    );
    expect(message).to.equal(
      'Template format error: Unresolved resource dependencies [A] in the Resources block of the template',
    );
  });

  it('refuse outputs of such a resource', async () => {
    const evaluation = await evaluated(`
Conditions: { Off: !Equals [a, b] }
Resources: { A: { Type: AWS::SNS::Topic, Condition: Off }, B: { Type: AWS::SNS::Topic } }
Outputs: { O: { Value: !Ref A }, P: { Value: !If [Off, !Ref A, x] } }
`);
    expect(
      await refusal(() => {
        checkOutputReferences(evaluation);
      }),
    ).to.equal(
      'Template format error: Unresolved resource dependencies [A] in the Outputs block of the template',
    );
  });

  it('refuse a cycle when the template is read', async () => {
    const text = `Resources:
  A: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Ref B } }
  B: { Type: AWS::SNS::Topic, DependsOn: C }
  C: { Type: AWS::SNS::Topic, Properties: { DisplayName: !GetAtt A.TopicName } }
  Before: { Type: AWS::SNS::Topic }
  After: { Type: AWS::SNS::Topic, DependsOn: [A, Before] }
`;
    expect(await refusal(() => readTemplate(text))).to.equal(
      'Circular dependency between resources: [A, B, C]',
    );
    expect(
      await refusal(() =>
        readTemplate('Resources: { A: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Ref A } } }'),
      ),
    ).to.equal('Circular dependency between resources: [A]');
  });

  it('refuse a cycle that a condition closes only when it does', async () => {
    const resources = `
  A: { Type: AWS::SNS::Topic, Properties: { DisplayName: !If [Live, !Ref B, x] } }
  B: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Ref A } }`;
    expect(await graphOf(resources)).to.deep.equal({ A: [], B: ['A'] });
    expect(await refusal(() => graphOf(resources, { Env: 'live' }))).to.equal(
      'Circular dependency between resources: [A, B]',
    );
  });
});

describe('references in a value', () => {
  it('say what they refer to, each once, through taken branches', async () => {
    const evaluation = await evaluated(`
Parameters: { Env: { Type: String, Default: test } }
Conditions: { Off: !Equals [a, b] }
Resources: { A: { Type: AWS::SNS::Topic } }
`);
    const value: TemplateBody = {
      x: { 'Fn::Sub': '${Env} ${A} ${A.TopicArn} ${AWS::Region}' },
      y: [{ Ref: 'Env' }, { 'Fn::If': ['Off', { Ref: 'Gone' }, { 'Fn::GetAtt': ['A', { Ref: 'Env' }] }] }],
    };
    expect(referencesIn(value, evaluation)).to.deep.equal([
      { kind: 'Parameter', name: 'Env' },
      { kind: 'Resource', name: 'A' },
      { kind: 'Attribute', name: 'A', attribute: 'TopicArn' },
      { kind: 'Attribute', name: 'A', attribute: undefined },
    ]);
  });
});

describe('imported names', () => {
  it('are those of what exists', async () => {
    const evaluation = await evaluated(`
Parameters: { Net: { Type: String, Default: shared } }
Conditions: { Off: !Equals [a, b] }
Resources:
  A: { Type: AWS::SNS::Topic, Properties: { DisplayName: { 'Fn::ImportValue': !Sub '\${Net}-vpc' } } }
  B: { Type: AWS::SNS::Topic, Condition: Off, Properties: { DisplayName: !ImportValue gone } }
  C: { Type: AWS::SNS::Topic, Properties: { DisplayName: !If [Off, !ImportValue not-taken, x] } }
Outputs: { O: { Value: !ImportValue of-output } }
`);
    expect(importedNames(evaluation)).to.deep.equal(['shared-vpc', 'of-output']);
  });
});
