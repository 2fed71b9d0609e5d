import type { StackMetrics } from './series.ts';

/** One row a period; a cell is empty where nothing is known. RFC 4180, with bare line feeds. */
export function metricsCsv({ times, series, longestWaitAtMost }: StackMetrics): string {
  const columns = [
    ...series.flatMap(({ id, average, maximum }) => [
      { name: id, values: average },
      { name: `${id}Most`, values: maximum },
    ]),
    { name: 'longestWaitAtMostSeconds', values: longestWaitAtMost },
  ];
  const rows = times.map((at, index) => [at, ...columns.map(({ values }) => values[index] ?? '')].join(','));
  return [['time', ...columns.map(({ name }) => name)].join(','), ...rows].join('\n');
}
