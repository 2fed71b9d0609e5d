import type { Scope } from '../../../kernel/world.ts';
import { EngineFault } from '../../resources/failure.ts';
import {
  hasDynamicReference,
  resolveDynamicReferences,
  type DynamicReference,
  type TemplateBody,
} from '../../template/index.ts';
import type { DynamicValue, Operation } from '../../stacks/operation.ts';

/** The dynamic references in properties that the operation has not looked up yet. */
export function unknownReferences(properties: TemplateBody, { dynamic }: Operation): DynamicReference[] {
  if (!hasDynamicReference(properties)) return [];
  const unknown: DynamicReference[] = [];
  resolveDynamicReferences(properties, (reference) => {
    if (dynamic[keyOf(reference)] === undefined) unknown.push(reference);
    return '';
  });
  return unknown;
}

/** @throws EngineFault for a reference to what is not there */
export function withReferences(properties: TemplateBody, { dynamic }: Operation): TemplateBody | undefined {
  if (!hasDynamicReference(properties)) return undefined;
  return resolveDynamicReferences(properties, (reference) => {
    const found = dynamic[keyOf(reference)];
    if (found === undefined) throw new Error(`not looked up: ${keyOf(reference)}`);
    if ('failure' in found) throw new EngineFault(found.failure);
    return found.value;
  });
}

/** Looks references up and keeps what they stand for in the operation. */
export async function lookUp(
  scope: Scope,
  { dynamic }: Operation,
  references: readonly DynamicReference[],
): Promise<void> {
  await Promise.all(
    references.map(async (reference) => {
      dynamic[keyOf(reference)] = await valueOf(scope, reference).catch((error: unknown): DynamicValue => ({
        failure: error instanceof Error ? error.message : String(error),
      }));
    }),
  );
}

function keyOf(reference: DynamicReference): string {
  return JSON.stringify(reference);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html */
async function valueOf(scope: Scope, reference: DynamicReference): Promise<DynamicValue> {
  const { service, name } = reference;
  if (service === 'secretsmanager') return secret(scope, reference);
  const { Parameter } = await scope.world.call<{ Parameter?: { Value?: string; Type?: string } }>(
    scope,
    'ssm',
    'GetParameter',
    {
      Name: reference.version === undefined ? name : `${name}:${reference.version}`,
      WithDecryption: service === 'ssm-secure',
    },
  );
  if (service === 'ssm' && Parameter?.Type === 'SecureString') {
    return { failure: `SSM Secure reference is not supported in: [${name}]. Use ssm-secure.` };
  }
  return { value: Parameter?.Value ?? '' };
}

async function secret(
  scope: Scope,
  { name, jsonKey, versionStage, versionId }: DynamicReference,
): Promise<DynamicValue> {
  const { SecretString = '' } = await scope.world.call<{ SecretString?: string }>(
    scope,
    'secretsmanager',
    'GetSecretValue',
    { SecretId: name, VersionStage: versionStage, VersionId: versionId },
  );
  if (jsonKey === undefined) return { value: SecretString };
  const value = (JSON.parse(SecretString) as Record<string, unknown>)[jsonKey];
  if (value === undefined)
    return { failure: `Could not find a value associated with JSONKey in SecretString` };
  return { value: typeof value === 'string' ? value : JSON.stringify(value) };
}
