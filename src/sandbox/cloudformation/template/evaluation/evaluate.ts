import { decide } from './conditions.ts';
import type { Evaluation, EvaluationInput } from './evaluation.ts';

/**
 * Decides every condition of the template.
 * @throws AwsError ValidationError
 */
export function evaluate({ template, parameters, pseudo, references }: EvaluationInput): Evaluation {
  const conditions = new Map<string, boolean>();
  const evaluation: Evaluation = {
    template,
    parameters: new Map(parameters.map((parameter) => [parameter.key, parameter])),
    pseudo,
    references,
    conditions,
    holds: (condition) => condition === undefined || conditions.get(condition) === true,
  };
  for (const name of template.conditions.keys()) decide(name, evaluation, conditions);
  return evaluation;
}
