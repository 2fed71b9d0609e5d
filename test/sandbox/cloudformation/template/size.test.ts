import { expect } from 'chai';
import { stringify } from 'yaml';
import { checkProperties } from '../../../../src/sandbox/cloudformation/specification/index.ts';
import {
  dependencies,
  evaluate,
  readTemplate,
  resolveProperties,
} from '../../../../src/sandbox/cloudformation/template/index.ts';
import { MADE, parametersOf, PSEUDO } from '../../../support/template.ts';

/** 500 queues in a chain, each referring to the one before in several ways. */
function largest(tags: number): Record<string, unknown> {
  const queue = (index: number) => ({
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: { 'Fn::Sub': `\${AWS::StackName}-${index}` },
      DelaySeconds: { 'Fn::If': ['On', { Ref: 'Delay' }, { Ref: 'AWS::NoValue' }] },
      Tags: Array.from({ length: tags }, (_, tag) => ({
        Key: `key${tag}`,
        Value:
          index === 0
            ? 'first'
            : { 'Fn::Join': ['-', [{ 'Fn::GetAtt': [`Queue${index - 1}`, 'Arn'] }, tag]] },
      })),
    },
  });
  return {
    Parameters: { Delay: { Type: 'Number', Default: 5 } },
    Conditions: { On: { 'Fn::Equals': [{ Ref: 'Delay' }, '5'] } },
    Resources: Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`Queue${index}`, queue(index)])),
  };
}

/** Milliseconds of a processor: others that run meanwhile have no part in them. */
async function milliseconds(action: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await action();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

// Bounds are several times what is measured: a processor that two processes share is slower.
describe('the largest templates', () => {
  it('of 500 resources are read, evaluated and checked in well under a second', async () => {
    const text = JSON.stringify(largest(1));
    // The resource specification is opened once for a whole process.
    readTemplate('Resources: { Queue: { Type: AWS::SQS::Queue } }');
    const took = await milliseconds(async () => {
      const template = readTemplate(text, { source: 'url' });
      const parameters = await parametersOf(template);
      const evaluation = evaluate({ template, parameters, pseudo: PSEUDO, references: MADE });
      expect(dependencies(evaluation).get('Queue499')).to.deep.equal(new Set(['Queue498']));
      for (const { logicalId, type } of template.resources.values()) {
        checkProperties(logicalId, type, resolveProperties(logicalId, evaluation));
      }
    });
    expect(took).to.be.below(1000);
  });

  it('of 1 MB are read in a second', async () => {
    const json = JSON.stringify(largest(18));
    const yaml = stringify(largest(9));
    expect(json.length).to.be.within(500_000, 1_000_000);
    expect(yaml.length).to.be.within(500_000, 1_000_000);
    expect(await milliseconds(() => readTemplate(json, { source: 'url' }))).to.be.below(1000);
    expect(await milliseconds(() => readTemplate(yaml, { source: 'url' }))).to.be.below(2000);
  });
});
