import { templateError, unresolvedDependencies } from '../../syntax/errors.ts';
import { callIn, isMap, scalarText, shownText } from '../../syntax/intrinsics.ts';
import type { TemplateBody, TemplateValue } from '../../syntax/model.ts';
import { visitReferences } from '../references.ts';
import type { Evaluation } from './evaluation.ts';
import { resolveValue } from './resolve.ts';
import { KNOWN_AFTER_APPLY } from '../../syntax/values.ts';

/**
 * A resource's properties, resolved.
 * @throws AwsError ValidationError
 */
export function resolveProperties(logicalId: string, evaluation: Evaluation): TemplateBody {
  const resource = evaluation.template.resources.get(logicalId);
  if (resource === undefined) throw unresolvedDependencies([logicalId], 'Resources');
  // A function may stand for all of them.
  const properties = resolveValue(resource.properties, evaluation) ?? {};
  if (!isMap(properties))
    throw templateError(`the Properties of resource ${logicalId} must resolve to a map`);
  return properties;
}

/** An output with its value. */
export interface ResolvedOutput {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

/**
 * The outputs whose condition holds, in the template's order.
 * @throws AwsError ValidationError for a value that is no text
 */
export function resolveOutputs(evaluation: Evaluation): ResolvedOutput[] {
  return [...evaluation.template.outputs.values()]
    .filter(({ condition }) => evaluation.holds(condition))
    .map(({ name, value, description, exportName }) => ({
      key: name,
      value: outputText(name, resolveValue(value, evaluation)),
      ...(description === undefined ? {} : { description }),
      ...(exportName === undefined
        ? {}
        : { exportName: outputText(name, resolveValue(exportName, evaluation)) }),
    }));
}

function outputText(name: string, value: TemplateValue | undefined): string {
  const text = scalarText(value);
  if (text === undefined) {
    throw templateError(`The Value field of every Outputs member must evaluate to a String: ${name}`);
  }
  return text;
}

/** The names that Fn::ImportValue asks for, in whatever of the template exists. */
export function importedNames(evaluation: Evaluation): string[] {
  const names = new Set<string>();
  const visit = (value: TemplateValue): void => {
    if (Array.isArray(value)) {
      value.forEach(visit);
      return;
    }
    if (!isMap(value)) return;
    const call = callIn(value);
    if (call?.name === 'Fn::If' && Array.isArray(call.argument)) {
      const [condition, whenTrue = null, whenFalse = null] = call.argument;
      visit(evaluation.conditions.get(shownText(condition)) === true ? whenTrue : whenFalse);
    } else if (call?.name === 'Fn::ImportValue') {
      const name = scalarText(resolveValue(call.argument, evaluation));
      if (name !== undefined && name !== KNOWN_AFTER_APPLY) names.add(name);
    } else {
      Object.values(value).forEach(visit);
    }
  };
  for (const resource of evaluation.template.resources.values()) {
    if (evaluation.holds(resource.condition)) visit(resource.properties);
  }
  for (const output of evaluation.template.outputs.values()) {
    if (evaluation.holds(output.condition)) visit([output.value, output.exportName ?? '']);
  }
  return [...names];
}

/**
 * Refuses outputs that refer to a resource whose condition does not hold.
 * @throws AwsError ValidationError
 */
export function checkOutputReferences(evaluation: Evaluation): void {
  const missing = new Set<string>();
  for (const output of evaluation.template.outputs.values()) {
    if (!evaluation.holds(output.condition)) continue;
    visitReferences(
      [output.value, output.exportName ?? ''],
      (condition) => evaluation.conditions.get(condition),
      ({ name }) => {
        const resource = evaluation.template.resources.get(name);
        if (resource !== undefined && !evaluation.holds(resource.condition)) missing.add(name);
      },
    );
  }
  if (missing.size > 0) throw unresolvedDependencies(missing, 'Outputs');
}
