import { chart, chartLayout } from '../terminal/charts/chart.ts';
import { duration } from '../terminal/duration.ts';
import { type Column, table } from '../terminal/table.ts';
import type { Theme } from '../terminal/theme.ts';
import type { Bound } from './engine/oracle.ts';
import type { Result } from './engine/result.ts';
import type { Candidate, Recommendation } from './recommend.ts';

/** A result under the name of what it is of. */
export interface NamedResult extends Result {
  readonly name: string;
}

/** What holds for all results of a simulation. */
export interface SimulationBounds {
  /** The same for all of them, in seconds. */
  readonly bootSeconds: number;
  readonly oracle: Bound;
  /** Those of the results that MaxSize kept from growing. */
  readonly limited: readonly { readonly name: string; readonly maxSize: number }[];
}

const seconds = (value: number) => duration(Math.round(value));

const COLUMNS: readonly Column<NamedResult>[] = [
  { heading: 'SETTINGS', cell: ({ name }) => name },
  { heading: 'POLICY', cell: ({ policy }) => policy },
  { heading: 'WAIT P50', cell: ({ waits }) => seconds(waits.p50) },
  { heading: 'P95', cell: ({ waits }) => seconds(waits.p95) },
  { heading: 'P99', cell: ({ waits }) => seconds(waits.p99) },
  { heading: 'MAX', cell: ({ waits }) => seconds(waits.max) },
  { heading: 'COST', cell: ({ cost }) => `$${cost.toFixed(2)}` },
  { heading: 'HOURS', cell: ({ instanceHours }) => instanceHours.toFixed(1) },
  { heading: 'PEAK', cell: ({ peakInstances }) => String(peakInstances) },
  // Launches, and how many of them were starts from the warm pool.
  {
    heading: 'WARM',
    cell: ({ launches, warm }) => (warm === undefined ? '' : `${warm.starts} of ${launches}`),
  },
  { heading: 'IDLE', cell: ({ idleShare }) => `${Math.round(idleShare * 100)}%` },
  {
    heading: 'NO SPOT',
    cell: ({ failedLaunches }) => (failedLaunches === 0 ? '' : String(failedLaunches)),
  },
  { heading: 'LOST', cell: ({ lostJobs }) => (lostJobs === 0 ? '' : String(lostJobs)) },
];

/** How many jobs waited and how many instances there were, from the first job to the last. */
export function chartText({ overTime }: Result, theme: Theme): string {
  const { secondsEach, waitingJobs, instances } = overTime;
  const line = (label: string, values: readonly number[]) => ({
    label,
    values,
    note: `at most ${Math.max(...values)}`,
  });
  const lines = [line('jobs waiting', waitingJobs), line('instances', instances)];
  const layout = { ...chartLayout(lines, 0), bars: waitingJobs.length };
  return [
    chart(lines, theme, { width: 0 }, layout),
    theme.dim(`${' '.repeat(layout.label + 1)}${duration(secondsEach)} each`),
  ].join('\n');
}

export function resultsText(results: readonly NamedResult[], theme: Theme): string {
  return table(results, COLUMNS, theme.heading);
}

/** What a scaler could reach at most, and what kept a group from growing. */
export function boundsText({ oracle, limited, bootSeconds }: SimulationBounds): string {
  const { cost, launches } = oracle;
  return [
    `Boots take ${seconds(bootSeconds)} for all of them.`,
    `A scaler that knew every job beforehand would have none wait for $${cost.toFixed(2)}, with ${launches} launches.`,
    ...limited.map(({ name, maxSize }) => `${name}: MaxSize=${maxSize} kept the group from growing further.`),
  ].join('\n');
}

/** What the warm pools are of the cost; empty where there is none. */
export function warmText(results: readonly NamedResult[]): string {
  return results
    .flatMap(({ name, warm }) => {
      if (warm === undefined) return [];
      const { size, volumes, boots } = warm;
      return [
        `${name}: of its cost, the warm pool of ${size} is $${(volumes + boots).toFixed(2)}: $${volumes.toFixed(2)} for the volumes of stopped instances, $${boots.toFixed(2)} for the boots that fill it up again`,
      ];
    })
    .join('\n');
}

/** What can be had for what, and what to type for the pick. */
export function recommendationText({ frontier, pick }: Recommendation, theme: Theme): string {
  const rows = table(
    frontier,
    [
      { heading: '', cell: (candidate) => (candidate === pick ? '→' : ' ') },
      { heading: 'COST', cell: ({ result }: Candidate) => `$${result.cost.toFixed(2)}` },
      { heading: 'WAIT P95', cell: ({ result }) => seconds(result.waits.p95) },
      { heading: 'P50', cell: ({ result }) => seconds(result.waits.p50) },
      { heading: 'SETTINGS', cell: ({ parameters }) => paramFlags(parameters) },
    ],
    theme.heading,
  );
  return `What can be had, from the cheapest to the quickest:\n\n${rows}`;
}

function paramFlags(parameters: Candidate['parameters']): string {
  return Object.entries(parameters)
    .map(([name, value]) => `--param ${name}=${value}`)
    .join(' ');
}
