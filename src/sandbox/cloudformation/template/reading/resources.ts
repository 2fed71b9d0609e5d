import { formatError } from '../../syntax/errors.ts';
import { isMap } from '../../syntax/intrinsics.ts';
import { checkCount, checkLogicalId } from '../../syntax/limits.ts';
import type { ResourceDefinition, TemplateBody, TemplateValue } from '../../syntax/model.ts';
import { conditionName, entriesOf, refuseOtherKeys, text } from './declarations.ts';

const RESOURCE_KEYS = new Set([
  'Condition',
  'CreationPolicy',
  'DeletionPolicy',
  'DependsOn',
  'Metadata',
  'Properties',
  'Type',
  'UpdatePolicy',
  'UpdateReplacePolicy',
  'Version',
]);

const POLICIES = {
  DeletionPolicy: new Set(['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot']),
  UpdateReplacePolicy: new Set(['Delete', 'Retain', 'Snapshot']),
};

/**
 * @param macros whether a macro will change the template, which may give members of its own a meaning
 * @throws AwsError ValidationError
 */
export function readResources(body: TemplateBody, macros: boolean): Map<string, ResourceDefinition> {
  const entries = entriesOf(body, 'Resources');
  if (entries.length === 0) throw formatError('At least one Resources member must be defined.');
  checkCount('resources', entries.length);
  return new Map(
    entries.map(([logicalId, resource]) => [logicalId, readResource(logicalId, resource, macros)]),
  );
}

function readResource(logicalId: string, resource: TemplateValue, macros: boolean): ResourceDefinition {
  checkLogicalId('Resource', logicalId);
  if (!isMap(resource)) throw formatError(`[/Resources/${logicalId}] resource definition is malformed`);
  if (typeof resource.Type !== 'string') {
    throw formatError(`[/Resources/${logicalId}] Every Resources object must contain a Type member.`);
  }
  if (!macros) refuseOtherKeys(resource, RESOURCE_KEYS, 'resource');
  return {
    logicalId,
    type: resource.Type,
    version: text(resource, 'Version'),
    properties: member(resource, 'Properties') ?? {},
    dependsOn: dependsOn(resource.DependsOn),
    condition: conditionName(resource),
    creationPolicy: member(resource, 'CreationPolicy'),
    updatePolicy: member(resource, 'UpdatePolicy'),
    deletionPolicy: policy(resource, logicalId, 'DeletionPolicy'),
    updateReplacePolicy: policy(resource, logicalId, 'UpdateReplacePolicy'),
    metadata: member(resource, 'Metadata') ?? {},
  };
}

function member(resource: TemplateBody, key: string): TemplateBody | undefined {
  const value = resource[key];
  if (value !== undefined && !isMap(value)) throw formatError(`Every ${key} member must be a map.`);
  return value;
}

function dependsOn(value: TemplateValue | undefined): string[] {
  const names = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return names.map((name) => {
    if (typeof name !== 'string') throw formatError('Every DependsOn value must be a string.');
    return name;
  });
}

function policy(
  resource: TemplateBody,
  logicalId: string,
  key: keyof typeof POLICIES,
): TemplateValue | undefined {
  const value = resource[key];
  // A map is a function call, which AWS::LanguageExtensions allows here; it is checked once resolved.
  if (value === undefined || isMap(value)) return value;
  if (typeof value !== 'string' || !POLICIES[key].has(value)) {
    throw formatError(
      `Unrecognized ${key} ${JSON.stringify(value).replaceAll('"', '')} for resource ${logicalId}`,
    );
  }
  return value;
}
