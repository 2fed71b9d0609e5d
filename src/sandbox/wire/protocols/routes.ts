import { bindingOf, decodePath } from '../coding/bindings.ts';
import type { WireRequest } from '../coding/http.ts';
import { requiredMembers, type HttpTrait, type OperationSchema } from '../coding/schema.ts';

/** A request's path below what names the bucket, and the labels that are known already. */
export interface Target {
  readonly path: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** An operation that a request fits. */
export interface Route {
  readonly operation: OperationSchema;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The operation that a REST request means: of those whose method, path and stated query parameters fit, and whose
 * required headers and parameters are there, the one that asks for most.
 */
export function routeOf(
  request: WireRequest,
  target: Target,
  operations: readonly OperationSchema[],
): Route | undefined {
  let best: (Route & { readonly demands: number }) | undefined;
  for (const operation of operations) {
    const { http } = operation;
    if (http?.method !== request.method) continue;
    const demands = demandsMet(operation, http, request);
    if (demands === undefined || demands <= (best?.demands ?? -1)) continue;
    const labels = labelsOf(http, target);
    if (labels === undefined || demandsOf(operation).bucket !== (labels['Bucket'] !== undefined)) continue;
    best = { operation, labels, demands };
  }
  return best;
}

function labelsOf({ segments }: HttpTrait, target: Target): Record<string, string> | undefined {
  const given = target.path.split('/').slice(1);
  const labels: Record<string, string> = { ...target.labels };
  for (const [index, segment] of segments.entries()) {
    const text = given[index];
    if (text === undefined) return undefined;
    if (segment.label === undefined) {
      if (segment.text !== text) return undefined;
      continue;
    }
    if (segment.greedy) {
      const rest = given.slice(index).join('/');
      if (rest === '') return undefined;
      labels[segment.label] = decodePath(rest);
      return labels;
    }
    if (text === '') return undefined;
    labels[segment.label] = decodePath(text);
  }
  // A slash at the end is nothing of its own.
  const left = given.slice(segments.length).filter((text) => text !== '');
  return left.length === 0 ? labels : undefined;
}

/** What an operation asks of a request beside its method and path. */
interface Demands {
  /** The bucket is no part of the path that S3's operations state: those that need one, and no others, have it. */
  readonly bucket: boolean;
  readonly parameters: readonly string[];
  readonly headers: readonly string[];
}

/** Schemas say it in many steps, and every request is held against all operations of its method. */
const known = new WeakMap<OperationSchema, Demands>();

function demandsOf(operation: OperationSchema): Demands {
  const before = known.get(operation);
  if (before !== undefined) return before;
  const { input } = operation;
  const members = new Map(input.isStructSchema() ? input.structIterator() : []);
  const bucket = members.get('Bucket');
  const required = requiredMembers(input).flatMap((name) => {
    const member = members.get(name);
    return member === undefined ? [] : [bindingOf(member)];
  });
  const demands = {
    bucket: bucket !== undefined && Boolean(bindingOf(bucket).httpLabel),
    parameters: required.flatMap(({ httpQuery }) => httpQuery ?? []),
    headers: required.flatMap(({ httpHeader }) => httpHeader?.toLowerCase() ?? []),
  };
  known.set(operation, demands);
  return demands;
}

/** How many conditions of an operation a request meets; undefined when there is one that it does not. */
function demandsMet(
  operation: OperationSchema,
  { literals }: HttpTrait,
  request: WireRequest,
): number | undefined {
  for (const [name, value] of literals) {
    if (!request.query.has(name)) return undefined;
    if (value !== undefined && value !== '' && request.query.get(name) !== value) return undefined;
  }
  const { parameters, headers } = demandsOf(operation);
  if (!parameters.every((name) => request.query.has(name))) return undefined;
  if (!headers.every((name) => request.headers[name] !== undefined)) return undefined;
  return 2 * literals.length + parameters.length + headers.length;
}
