import type { Scope } from '../../kernel/world.ts';
import { driverOf } from '../resources/registry.ts';
import { exportNamed, stackOutput } from '../stacks/exports.ts';
import type { Deployment, ResourceRecord } from '../stacks/records.ts';
import type { StackIdentity, StackRecord } from '../stacks/stack.ts';
import {
  evaluate,
  MASK,
  processTemplate,
  readTemplate,
  type Evaluation,
  type PseudoParameters,
  type References,
  type Template,
} from '../template/index.ts';
import { resourceContext } from './resource-context.ts';
import { zonesOf } from './zones.ts';

const evaluations = new WeakMap<Deployment, Evaluation>();

/**
 * What a stack is made from, evaluated against the resources it has. Kept as long as the deployment is: resources are
 * looked up when they are asked for.
 * @throws AwsError ValidationError
 */
export function evaluationOf(scope: Scope, stack: StackRecord, deployment: Deployment): Evaluation {
  const known = evaluations.get(deployment);
  if (known !== undefined) return known;
  const evaluation = evaluate({
    template: processedTemplate(scope, stack, deployment),
    parameters: deployment.parameters,
    pseudo: pseudoParameters(scope, stack, deployment.notificationArns),
    references: referencesOf(scope, stack),
  });
  evaluations.set(deployment, evaluation);
  return evaluation;
}

/** The same with `****` for each NoEcho parameter: what events and change sets may show. */
export function masked(evaluation: Evaluation): Evaluation {
  if (![...evaluation.parameters.values()].some(({ noEcho }) => noEcho)) return evaluation;
  const parameters = [...evaluation.parameters].map(
    ([key, parameter]) =>
      [
        key,
        parameter.noEcho
          ? {
              ...parameter,
              reference: Array.isArray(parameter.reference) ? parameter.reference.map(() => MASK) : MASK,
            }
          : parameter,
      ] as const,
  );
  return { ...evaluation, parameters: new Map(parameters) };
}

/** The template with its transforms applied. */
export function processedTemplate(scope: Scope, stack: StackIdentity, deployment: Deployment): Template {
  return processTemplate(
    readTemplate(deployment.templateBody, { source: 'url' }),
    deployment.parameters,
    pseudoParameters(scope, stack, deployment.notificationArns),
  );
}

export function pseudoParameters(
  scope: Scope,
  { stackId, stackName }: StackIdentity,
  notificationArns: readonly string[],
): PseudoParameters {
  const { accountId, partition, region } = scope;
  return { accountId, partition, region, stackId, stackName, notificationArns };
}

/** What Ref, Fn::GetAtt and the like give in a stack as it stands. */
export function referencesOf(scope: Scope, stack: StackRecord): References {
  const made = (logicalId: string): ResourceRecord => {
    const record = stack.resources[logicalId];
    if (record === undefined) throw new Error(`${logicalId} is not made yet`);
    return record;
  };
  const contextOf = (record: ResourceRecord) =>
    resourceContext(scope, stack, stack.deployment?.tags ?? {}, record.logicalId);
  return {
    ref(logicalId) {
      const record = made(logicalId);
      return driverOf(scope.world, record.type).ref(record, contextOf(record));
    },
    attribute(logicalId, name) {
      const record = made(logicalId);
      return driverOf(scope.world, record.type).attribute(record, name, contextOf(record));
    },
    importValue: (name) => exportNamed(scope, name)?.value,
    stackOutput: (stackName, outputName, region) => stackOutput(scope, stackName, outputName, region),
    availabilityZones: (region) => zonesOf(scope, region),
  };
}
