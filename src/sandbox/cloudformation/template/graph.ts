import { unresolvedDependencies, validationError } from '../syntax/errors.ts';
import type { ResourceDefinition, Template } from '../syntax/model.ts';
import { visitReferences, type Branching } from './references.ts';
import type { Evaluation } from './evaluation/evaluation.ts';

/** For each resource, the logical ids it needs first. */
export type Dependencies = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * For each resource that exists under the evaluation's conditions: the logical ids it needs first. Only the taken branch
 * of an Fn::If counts, and a DependsOn on a resource whose condition does not hold is passed over, as in AWS.
 * @throws AwsError ValidationError for a reference to a resource whose condition does not hold, and for a cycle
 */
export function dependencies(
  evaluation: Pick<Evaluation, 'template' | 'conditions' | 'holds'>,
): Dependencies {
  const { template } = evaluation;
  const branching: Branching = (condition) => evaluation.conditions.get(condition);
  const existing = [...template.resources.values()].filter(({ condition }) => evaluation.holds(condition));
  const ids = new Set(existing.map(({ logicalId }) => logicalId));
  const missing = new Set<string>();
  const graph = new Map(
    existing.map((resource) => {
      const needs = new Set(resource.dependsOn.filter((name) => ids.has(name)));
      for (const name of referencedResources(resource, template, branching)) {
        if (ids.has(name)) needs.add(name);
        else missing.add(name);
      }
      return [resource.logicalId, needs] as const;
    }),
  );
  if (missing.size > 0) throw unresolvedDependencies(missing, 'Resources');
  refuseCycles(graph);
  return graph;
}

/** The resources that a resource's properties and metadata refer to. */
export function referencedResources(
  resource: ResourceDefinition,
  template: Template,
  branching: Branching,
): Set<string> {
  const names = new Set<string>();
  const parts = [
    resource.properties,
    resource.metadata,
    resource.creationPolicy ?? {},
    resource.updatePolicy ?? {},
  ];
  visitReferences(parts, branching, ({ name }) => {
    if (template.resources.has(name)) names.add(name);
  });
  return names;
}

/** @throws AwsError ValidationError naming every resource on a cycle, or between two */
export function refuseCycles(graph: Dependencies): void {
  const onCycles = trim(reversed(trim(graph)));
  if (onCycles.size > 0) {
    throw validationError(
      `Circular dependency between resources: [${[...graph.keys()].filter((id) => onCycles.has(id)).join(', ')}]`,
    );
  }
}

/** Takes away, until none is left, every node that needs nothing. */
function trim(graph: Dependencies): Dependencies {
  const neededBy = reversed(graph);
  const open = new Map([...graph].map(([id, needs]) => [id, needs.size]));
  const free = [...open].filter(([, needs]) => needs === 0).map(([id]) => id);
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    open.delete(id);
    for (const dependent of neededBy.get(id) ?? []) {
      const left = (open.get(dependent) ?? 0) - 1;
      open.set(dependent, left);
      if (left === 0) free.push(dependent);
    }
  }
  return new Map(
    [...graph].flatMap(([id, needs]) =>
      open.has(id) ? [[id, new Set([...needs].filter((need) => open.has(need)))] as const] : [],
    ),
  );
}

/** The same edges the other way round. */
export function reversed(graph: Dependencies): Dependencies {
  const result = new Map([...graph.keys()].map((id) => [id, new Set<string>()]));
  for (const [id, needs] of graph) for (const need of needs) result.get(need)?.add(id);
  return result;
}
