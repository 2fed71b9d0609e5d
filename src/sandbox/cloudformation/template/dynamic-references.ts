import { templateError } from '../syntax/errors.ts';

/** A value kept elsewhere, named in a property: `{{resolve:ssm:/app/port:2}}`. */
export interface DynamicReference {
  readonly service: 'ssm' | 'ssm-secure' | 'secretsmanager';
  /** The parameter's name; the secret's name or ARN. */
  readonly name: string;
  /** Of a parameter. */
  readonly version?: string;
  /** A key within a secret's text, which is JSON then. */
  readonly jsonKey?: string;
  /** Of a secret. */
  readonly versionStage?: string;
  /** Of a secret. */
  readonly versionId?: string;
}

const PATTERN = /\{\{resolve:([^:}]+):([^}]*)\}\}/g;

/**
 * Properties with every `{{resolve:...}}` replaced, to be used just before they go to the service: CloudFormation keeps
 * and compares the reference, never the value.
 * @param lookup gives the value, or throws an AwsError for one that is not there
 * @throws AwsError ValidationError for a reference that is not built as one
 */
export function resolveDynamicReferences<Value>(
  value: Value,
  lookup: (reference: DynamicReference) => string,
): Value;
export function resolveDynamicReferences(
  value: unknown,
  lookup: (reference: DynamicReference) => string,
): unknown {
  if (typeof value === 'string') {
    return value.includes('{{resolve:')
      ? value.replaceAll(PATTERN, (written, service: string, rest: string) =>
          lookup(parseReference(written, service, rest)),
        )
      : value;
  }
  if (Array.isArray(value)) return value.map((item) => resolveDynamicReferences<unknown>(item, lookup));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolveDynamicReferences<unknown>(item, lookup)]),
  );
}

/** Whether there is a dynamic reference somewhere in a value. */
export function hasDynamicReference(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('{{resolve:');
  return typeof value === 'object' && value !== null && Object.values(value).some(hasDynamicReference);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html */
function parseReference(written: string, service: string, rest: string): DynamicReference {
  if (service === 'ssm' || service === 'ssm-secure') {
    const [, name, version] = /^([\w.\-/]+)(?::(\d+))?$/.exec(rest) ?? [];
    if (name !== undefined) return { service, name, ...(version === undefined ? {} : { version }) };
  }
  if (service === 'secretsmanager') {
    // An ARN has colons of its own: arn:aws:secretsmanager:region:account:secret:name.
    const [, name = '', tail = ''] = /^(arn:(?:[^:]*:){5}[^:]*|[^:]+)((?::[^:]*)*)$/.exec(rest) ?? [];
    const [, kind = 'SecretString', jsonKey, versionStage, versionId, ...more] = tail.split(':');
    const known = kind === '' || kind === 'SecretString';
    if (name !== '' && known && more.length === 0) {
      return { service, name, ...given({ jsonKey, versionStage, versionId }) };
    }
  }
  throw templateError(`Incorrect format is used in the following dynamic reference: [${written}]`);
}

function given(parts: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parts).flatMap(([name, part]) =>
      part === undefined || part === '' ? [] : [[name, part]],
    ),
  );
}
