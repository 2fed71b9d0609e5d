import { duration } from '../terminal/duration.ts';
import { type Column, table } from '../terminal/table.ts';
import type { Theme } from '../terminal/theme.ts';
import type { Result } from './simulate.ts';

/** A result under the name of what it is of. */
export interface NamedResult extends Result {
  readonly name: string;
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
  { heading: 'IDLE', cell: ({ idleShare }) => `${Math.round(idleShare * 100)}%` },
  { heading: 'LOST', cell: ({ lostJobs }) => (lostJobs === 0 ? '' : String(lostJobs)) },
];

export function resultsText(results: readonly NamedResult[], theme: Theme): string {
  return table(results, COLUMNS, theme.heading);
}
