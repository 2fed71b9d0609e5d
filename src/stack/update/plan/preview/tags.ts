import { isSecretName } from '../../../../redaction/names.ts';
import { Redactor } from '../../../../redaction/redactor.ts';
import type { Tags } from '../../../naming/tags.ts';
import { MASK } from '../../request/parameters.ts';

/** A tag that an update changes. Values that are secret by their name or their look are masked. */
export interface TagChange {
  readonly name: string;
  /** Absent for one that there was not. */
  readonly before?: string;
  /** Absent for one that there is no more. */
  readonly after?: string;
}

/** What becomes of the stack's own tags, which CloudFormation puts on all resources. By name. */
export function tagChanges(before: Tags, after: Tags): TagChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => before[name] !== after[name])
    .sort()
    .map((name) => ({
      name,
      ...(before[name] !== undefined && { before: masked(name, before[name]) }),
      ...(after[name] !== undefined && { after: masked(name, after[name]) }),
    }));
}

/**
 * A tag of a resource as a change set gives it, for people: `Key=Value`, with what is secret masked. One that is added or removed
 * comes as the JSON of the whole tag, and one that is changed as its value alone.
 */
export function tagText(value: string): string {
  let tag: unknown;
  try {
    tag = JSON.parse(value);
  } catch {
    return masked('', value);
  }
  const { Key, Value } = (tag ?? {}) as { readonly Key?: unknown; readonly Value?: unknown };
  return typeof Key === 'string' && typeof Value === 'string'
    ? `${Key}=${masked(Key, Value)}`
    : masked('', value);
}

function masked(name: string, value: string): string {
  const secret = value !== '' && (isSecretName(name) || new Redactor().redact(value) !== value);
  return secret ? MASK : value;
}
