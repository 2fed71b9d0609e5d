import type { Scope } from '../../kernel/world.ts';
import type { StackRecord } from './stack.ts';
import { liveStacks, lookUpStack } from './state.ts';
import type { ResolvedOutput } from '../template/index.ts';

export interface StackExport {
  readonly stack: StackRecord;
  readonly name: string;
  readonly value: string;
}

/** Every export of the region, by name. */
export function exportsOf(scope: Scope): StackExport[] {
  return liveStacks(scope)
    .flatMap((stack) =>
      stack.outputs.flatMap(({ exportName, value }) =>
        exportName === undefined ? [] : [{ stack, name: exportName, value }],
      ),
    )
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

export function exportNamed(scope: Scope, name: string): StackExport | undefined {
  for (const stack of liveStacks(scope)) {
    const output = stack.outputs.find(({ exportName }) => exportName === name);
    if (output !== undefined) return { stack, name, value: output.value };
  }
  return undefined;
}

/** The names of the stacks that import an export, in alphabetical order. */
export function importersOf(scope: Scope, name: string): string[] {
  return liveStacks(scope)
    .filter(
      ({ deployment, operation }) =>
        deployment?.imports.includes(name) === true || operation?.previous?.imports.includes(name) === true,
    )
    .map(({ stackName }) => stackName)
    .sort();
}

/** What Fn::GetStackOutput gives. */
export function stackOutput(
  scope: Scope,
  stackName: string,
  outputName: string,
  region: string,
): string | undefined {
  const stack = lookUpStack(scope.world.scope(region), stackName);
  return stack?.outputs.find(({ key }) => key === outputName)?.value;
}

/** Why the outputs a stack would have from now on can't stand beside the exports and imports there are. */
export function exportConflict(
  scope: Scope,
  stack: StackRecord,
  next: readonly ResolvedOutput[],
): string | undefined {
  const names = new Set<string>();
  for (const { exportName } of next) {
    if (exportName === undefined) continue;
    if (names.has(exportName)) return `Duplicate Export names: [${exportName}].`;
    names.add(exportName);
    const taken = exportNamed(scope, exportName);
    if (taken !== undefined && taken.stack.stackId !== stack.stackId) {
      return `Export with name ${exportName} is already exported by stack ${taken.stack.stackName}.`;
    }
  }
  for (const { exportName, value } of stack.outputs) {
    if (exportName === undefined) continue;
    const after = next.find((output) => output.exportName === exportName);
    if (after?.value === value) continue;
    const importers = importersOf(scope, exportName);
    if (importers.length > 0) {
      const verb = after === undefined ? 'deleted' : 'updated';
      return `Export ${exportName} cannot be ${verb} as it is in use by ${listed(importers)}`;
    }
  }
  return undefined;
}

/** Why a stack can't be deleted: an export of its that another stack uses. */
export function exportInUse(scope: Scope, stack: StackRecord): string | undefined {
  for (const { exportName } of stack.outputs) {
    const importers = exportName === undefined ? [] : importersOf(scope, exportName);
    if (importers.length > 0) {
      return `Delete canceled. Cannot delete export ${exportName} as it is in use by ${listed(importers)}.`;
    }
  }
  return undefined;
}

function listed(stackNames: readonly string[]): string {
  const [first, second, ...others] = stackNames;
  if (second === undefined) return first ?? '';
  return others.length === 0
    ? `${first} and ${second}`
    : `${stackNames.slice(0, -1).join(', ')} and ${stackNames.at(-1)}`;
}
