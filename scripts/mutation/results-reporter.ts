import { appendFileSync } from 'node:fs';
import type { MutantResult } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import type { MutationTestingPlanReadyEvent, Reporter } from '@stryker-mutator/api/report';

/** Path of the file to write, in the environment of Stryker's process. */
export const RESULTS_FILE = 'MUTATION_RESULTS_FILE';

/** A line of the file: first how many mutants there are, then each one once it is tested. */
export type ResultLine =
  | { readonly planned: number }
  | Pick<MutantResult, 'fileName' | 'location' | 'mutatorName' | 'replacement' | 'status'>;

/** Writes each result at once, so that a run that is cut short leaves those it has reached. */
class ResultsReporter implements Reporter {
  onMutationTestingPlanReady({ mutantPlans }: MutationTestingPlanReadyEvent): void {
    append({ planned: mutantPlans.length });
  }

  onMutantTested({ fileName, location, mutatorName, replacement, status }: MutantResult): void {
    append({ fileName, location, mutatorName, replacement, status });
  }
}

function append(line: ResultLine): void {
  appendFileSync(process.env[RESULTS_FILE] ?? '', `${JSON.stringify(line)}\n`);
}

/** Read by Stryker's plugin loader. */
export const strykerPlugins = [declareClassPlugin(PluginKind.Reporter, 'results', ResultsReporter)];
