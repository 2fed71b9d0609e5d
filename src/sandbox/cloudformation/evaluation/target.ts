import { asEngine } from '../resources/failure.ts';
import { showProperties } from '../stacks/events.ts';
import { checkProperties } from '../specification/index.ts';
import type { Deployment } from '../stacks/records.ts';
import type { StackRecord } from '../stacks/stack.ts';
import {
  dependencies,
  isMap,
  resolveProperties,
  resolveValue,
  type DeletionPolicy,
  type Evaluation,
  type TemplateBody,
  type TemplateValue,
} from '../template/index.ts';
import { evaluationOf, masked } from './evaluation.ts';
import type { Target } from '../stacks/operation.ts';
import type { Run } from '../stacks/run.ts';

/**
 * What the stack's template makes of a resource, now that what it needs is there.
 * @throws EngineFault for a function that can't be worked out, and for properties against the type's schema
 */
export function targetOf(
  { scope, stack }: Run,
  deployment: Deployment,
  logicalId: string,
  needs: readonly string[],
): Target {
  return asEngine(() => {
    const evaluation = evaluationOf(scope, stack, deployment);
    const definition = definitionOf(evaluation, logicalId);
    const properties = resolveProperties(logicalId, evaluation);
    return {
      type: definition.type,
      properties: checkProperties(logicalId, definition.type, properties),
      metadata: resolvedMap(definition.metadata, evaluation),
      needs,
      deletionPolicy: policyOf(definition.deletionPolicy, evaluation),
      updateReplacePolicy: policyOf(definition.updateReplacePolicy, evaluation),
      shown: show(stack, logicalId, properties, evaluation),
    };
  });
}

/** Policies and needs that differ while nothing else about a resource does come into force with the update's success. */
export function refreshPolicies({ scope, stack }: Run): void {
  if (stack.deployment === undefined) return;
  const evaluation = evaluationOf(scope, stack, stack.deployment);
  for (const [logicalId, needs] of dependencies(evaluation)) {
    const record = stack.resources[logicalId];
    const definition = definitionOf(evaluation, logicalId);
    if (record === undefined) continue;
    record.needs = [...needs];
    record.deletionPolicy = policyOf(definition.deletionPolicy, evaluation);
    record.updateReplacePolicy = policyOf(definition.updateReplacePolicy, evaluation);
  }
}

export function definitionOf(evaluation: Evaluation, logicalId: string) {
  const definition = evaluation.template.resources.get(logicalId);
  if (definition === undefined) throw new Error(`no ${logicalId} in the template`);
  return definition;
}

/** The UpdatePolicy of a resource, resolved; undefined where it has none. */
export function updatePolicyOf({ scope, stack }: Run, logicalId: string): TemplateBody | undefined {
  if (stack.deployment === undefined) return undefined;
  const evaluation = evaluationOf(scope, stack, stack.deployment);
  const { updatePolicy } = definitionOf(evaluation, logicalId);
  return updatePolicy === undefined ? undefined : asEngine(() => resolvedMap(updatePolicy, evaluation));
}

/** A map of the template with its functions resolved: metadata, or a policy. */
export function resolvedMap(value: TemplateBody | undefined, evaluation: Evaluation): TemplateBody {
  if (value === undefined || Object.keys(value).length === 0) return {};
  const resolved = resolveValue(value, evaluation);
  return isMap(resolved) ? resolved : {};
}

export function policyOf(
  value: TemplateValue | undefined,
  evaluation: Evaluation,
): DeletionPolicy | undefined {
  return value === undefined ? undefined : (resolveValue(value, evaluation) as DeletionPolicy | undefined);
}

function show(
  stack: StackRecord,
  logicalId: string,
  properties: TemplateBody,
  evaluation: Evaluation,
): number {
  const open = masked(evaluation);
  return showProperties(
    stack,
    JSON.stringify(open === evaluation ? properties : resolveProperties(logicalId, open)),
  );
}
