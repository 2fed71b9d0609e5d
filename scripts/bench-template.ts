import {
  dependencies,
  evaluate,
  readTemplate,
  resolveOutputs,
  resolveParameters,
  resolveProperties,
} from '../src/sandbox/cloudformation/template/index.ts';

const RESOURCES = 500;

/**
 * Reads and evaluates a template as large as CloudFormation takes: 500 resources that refer to each other, to
 * parameters, a mapping and conditions, and 200 outputs. `round` makes the text new, so that nothing is remembered.
 */
export async function evaluateLargeTemplate(round: number): Promise<void> {
  const template = readTemplate(largeTemplate(round), { source: 'url' });
  const parameters = await resolveParameters(template, [{ ParameterKey: 'Stage', ParameterValue: 'prod' }], {
    lookups: { ssmParameter: () => Promise.resolve(undefined) },
  });
  const evaluation = evaluate({
    template,
    parameters,
    pseudo: {
      accountId: '111122223333',
      notificationArns: [],
      partition: 'aws',
      region: 'us-east-1',
      stackId: 'arn:aws:cloudformation:us-east-1:111122223333:stack/large/1',
      stackName: 'large',
    },
    references: {
      ref: (logicalId) => `physical-${logicalId}`,
      attribute: (logicalId, attribute) => `${logicalId}.${attribute}`,
      importValue: () => undefined,
      availabilityZones: (region) => [`${region}a`, `${region}b`],
    },
  });
  const graph = dependencies(evaluation);
  const properties = [...graph.keys()].map((logicalId) => resolveProperties(logicalId, evaluation));
  const outputs = resolveOutputs(evaluation);
  if (properties.length !== RESOURCES || outputs.length !== 200) throw new Error('not all was evaluated');
}

function largeTemplate(round: number): string {
  const resources = Array.from({ length: RESOURCES }, (_, n) => resource(n)).join('\n');
  const outputs = Array.from(
    { length: 200 },
    (_, n) => `  Queue${n}Arn:\n    Value: !GetAtt Queue${n}.Arn\n    Condition: IsProd`,
  ).join('\n');
  return `AWSTemplateFormatVersion: '2010-09-09'
Description: Round ${round}
Parameters:
  Stage:
    Type: String
    AllowedValues: [dev, prod]
Mappings:
  Retention:
    dev: { Seconds: 60 }
    prod: { Seconds: 345600 }
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
${resources}
Outputs:
${outputs}
`;
}

/** Each refers to the one before, so that the graph is as deep as it can be. */
function resource(n: number): string {
  const before = n === 0 ? '' : `        - { Key: before, Value: !GetAtt Queue${n - 1}.QueueName }\n`;
  return `  Queue${n}:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub '\${AWS::StackName}-\${Stage}-${n}'
      MessageRetentionPeriod: !FindInMap [Retention, !Ref Stage, Seconds]
      VisibilityTimeout: !If [IsProd, ${30 + n}, !Ref 'AWS::NoValue']
      Tags:
        - { Key: zone, Value: !Select [${n % 2}, !GetAZs ''] }
        - { Key: label, Value: !Join ['-', [!Ref Stage, !Select [1, !Split [',', 'a,b,c']], '${n}']] }
${before}`;
}
