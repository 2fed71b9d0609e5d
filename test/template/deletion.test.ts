import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTemplate, type TemplateValue } from '../../src/cfn/document.ts';
import { root } from '../support/process.ts';

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

const { body } = parseTemplate(readFileSync(join(root, 'template/bk-stack.yml'), 'utf8'));
const resources = body['Resources'] as unknown as Record<string, Resource>;

/** Names that a value refers to, by any function or by DependsOn; some are of parameters. */
function namesIn(value: TemplateValue): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const texts = [inner].flat().filter((one) => typeof one === 'string');
    switch (key) {
      case 'Ref':
      case 'DependsOn':
        return texts;
      case 'Fn::GetAtt':
        return texts.map((text) => text.split('.')[0] ?? '');
      case 'Fn::Sub':
        return [
          ...texts.flatMap((text) => [...text.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name)),
          ...namesIn(inner),
        ];
      default:
        return namesIn(inner);
    }
  });
}

/** A resource with all that CloudFormation deletes only after it. */
function outlivedBy(logicalId: string, found = new Set<string>()): Set<string> {
  const resource = resources[logicalId];
  if (resource === undefined || found.has(logicalId)) return found;
  found.add(logicalId);
  for (const name of namesIn(resource as unknown as TemplateValue)) outlivedBy(name, found);
  return found;
}

describe('the order in which CloudFormation deletes a stack', () => {
  it('leaves instances all that they need until the last job is done', () => {
    const remaining = outlivedBy('AgentAutoScaleGroup');
    const before = Object.keys(resources).filter((logicalId) => !remaining.has(logicalId));
    // What changes the group's size or looks at it, what lets people in, and policies of buckets, which only forbid.
    expect(before.sort()).to.eql(
      [
        ...['ScaleUpAction', 'ScaleDownAction', 'WarmPool', 'LaunchingHook', 'TerminatingHook'],
        ...['Scaler', 'ScalerRole', 'ScalerLogGroup', 'ScalerInvocations', 'ScalerPermission'],
        ...['ScalerSchedule', 'ScalerAlarm', 'SSHIngress'],
        ...['ManagedSecretsBucketPolicy', 'ManagedSecretsLoggingBucketPolicy'],
      ].sort(),
    );
    expect([...remaining]).to.include.members(['InstanceRole', 'AutoScalingEndpoint', 'DefaultRoute']);
  });

  it('keeps the lifecycle hooks until their group is gone', () => {
    const hooks = Object.values(resources).filter(({ Type }) => Type === 'AWS::AutoScaling::LifecycleHook');
    expect(
      hooks.map(({ DeletionPolicy, UpdateReplacePolicy }) => [DeletionPolicy, UpdateReplacePolicy]),
    ).to.eql([
      ['Retain', 'Retain'],
      ['Retain', 'Retain'],
    ]);
  });
});
