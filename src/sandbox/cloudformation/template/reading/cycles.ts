import { formatError } from '../../syntax/errors.ts';
import { referencedResources, refuseCycles } from '../graph.ts';
import { callIn, conditionCallIn, isMap } from '../../syntax/intrinsics.ts';
import type { Template, TemplateValue } from '../../syntax/model.ts';

/**
 * Refuses cycles that are there whatever the conditions: among resources without one, and outside of Fn::If. The rest
 * shows when the conditions are known.
 * @throws AwsError ValidationError
 */
export function checkCycles(template: Template): void {
  const always = [...template.resources.values()].filter(({ condition }) => condition === undefined);
  const ids = new Set(always.map(({ logicalId }) => logicalId));
  refuseCycles(
    new Map(
      always.map((resource) => {
        const plain = {
          ...resource,
          properties: withoutIfs(resource.properties),
          metadata: withoutIfs(resource.metadata),
        };
        const needs = [...resource.dependsOn, ...referencedResources(plain, template, () => undefined)];
        return [resource.logicalId, new Set(needs.filter((name) => ids.has(name)))];
      }),
    ),
  );
  checkConditionCycles(template);
}

function withoutIfs<Value extends TemplateValue>(value: Value): Value;
function withoutIfs(value: TemplateValue): TemplateValue {
  if (Array.isArray(value)) return value.map((item) => withoutIfs(item));
  if (!isMap(value)) return value;
  if (callIn(value)?.name === 'Fn::If') return '';
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutIfs(item)]));
}

function checkConditionCycles({ conditions }: Template): void {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) {
      throw formatError(
        `Circular dependency between conditions: [${path.slice(path.indexOf(name)).join(', ')}]`,
      );
    }
    if (done.has(name)) return;
    for (const needed of conditionsIn(conditions.get(name) ?? '')) visit(needed, [...path, name]);
    done.add(name);
  };
  for (const name of conditions.keys()) visit(name, []);
}

/** The conditions that a condition names. */
function conditionsIn(value: TemplateValue): string[] {
  if (Array.isArray(value)) return value.flatMap(conditionsIn);
  const call = conditionCallIn(value);
  if (call === undefined) return [];
  if (call.name === 'Condition') return typeof call.argument === 'string' ? [call.argument] : [];
  return conditionsIn(call.argument);
}
