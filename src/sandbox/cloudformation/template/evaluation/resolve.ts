import { callIn, isMap } from '../intrinsics.ts';
import type { TemplateBody, TemplateValue } from '../model.ts';
import type { Evaluation } from './evaluate.ts';
import { callFunction } from './functions.ts';

/**
 * A value with its functions resolved; undefined for AWS::NoValue, which also leaves its place in a map or a list.
 * Dynamic references (`{{resolve:...}}`) stay as text, as CloudFormation keeps and compares them: they are for
 * `resolveDynamicReferences`.
 * @throws AwsError ValidationError "Template error: ..."
 */
export function resolveValue(value: TemplateValue, evaluation: Evaluation): TemplateValue | undefined {
  if (Array.isArray(value)) {
    const items: TemplateValue[] = [];
    for (const item of value) {
      const resolved = resolveValue(item, evaluation);
      if (resolved !== undefined) items.push(resolved);
    }
    return items;
  }
  if (!isMap(value)) return value;
  const call = callIn(value);
  return call === undefined ? resolveMap(value, evaluation) : callFunction(call, evaluation);
}

function resolveMap(value: TemplateBody, evaluation: Evaluation): TemplateBody {
  const entries: [string, TemplateValue][] = [];
  for (const key in value) {
    const resolved = resolveValue(value[key] ?? null, evaluation);
    if (resolved !== undefined) entries.push([key, resolved]);
  }
  return Object.fromEntries(entries);
}
