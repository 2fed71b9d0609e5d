import { chart, chartLayout, columnFit, type ChartLine } from '../terminal/charts/chart.ts';
import { duration } from '../terminal/duration.ts';
import type { Theme } from '../terminal/theme.ts';
import { timeAxis } from '../terminal/charts/time-axis.ts';
import {
  type ChartName,
  countText,
  highest,
  mean,
  type MetricSeries,
  type StackMetrics,
  type Values,
  WAIT_BASIS,
} from './series.ts';

export interface TextOptions {
  /** Of the terminal. */
  readonly columns: number;
  readonly utc: boolean;
}

const TITLES: Readonly<Record<ChartName, string>> = {
  jobs: 'JOBS',
  agents: 'AGENTS',
  instances: 'INSTANCES',
};

/** Charts for a terminal: the highest value of each column's time, on one scale for each chart. */
export function metricsText(metrics: StackMetrics, theme: Theme, { columns, utc }: TextOptions): string {
  const groups = (Object.keys(TITLES) as ChartName[]).map((name) => {
    const shown = metrics.series.filter((series) => series.chart === name && isKnown(series.maximum));
    return {
      title: TITLES[name],
      most: highest(shown.flatMap(({ maximum }) => known(maximum))),
      lines: shown.map((series) => countLine(series, theme)),
    };
  });
  const waits = known(metrics.longestWaitAtMost);
  const all = [
    ...groups,
    {
      title: `LONGEST WAIT, AT MOST ${theme.dim(`(${WAIT_BASIS})`)}`,
      most: highest(waits),
      lines: waits.length === 0 ? [] : [waitLine(metrics.longestWaitAtMost, theme)],
    },
  ].filter(({ lines }) => lines.length > 0);
  const notes = metrics.notes.map((note) => theme.dim(note));
  if (all.length === 0) {
    return [
      `No metrics of ${metrics.stackName} between ${metrics.from} and ${metrics.until}.`,
      ...notes,
    ].join('\n');
  }
  const lines = all.flatMap((group) => group.lines);
  const room = chartLayout(lines, columns);
  // All charts have the same columns, so that what is above each other is of the same time.
  const fit = columnFit(metrics.times.length, room.bars);
  const layout = { ...room, bars: fit.columns };
  const from = Date.parse(metrics.from);
  const until = from + fit.columns * fit.valuesEach * metrics.periodSeconds * 1000;
  const ruler = `${' '.repeat(layout.label + 1)}${theme.dim(timeAxis({ from, until, columns: fit.columns, utc }))}`;
  const each = duration(metrics.periodSeconds * Math.max(1, fit.valuesEach));
  return [
    ...all.flatMap(({ title, lines: some, most }) => [
      theme.heading(title),
      chart(some, theme, { width: columns, maximum: most }, layout),
      ruler,
      '',
    ]),
    theme.dim(`Each column is the highest value of ${each}; · is not known.`),
    theme.dim(utc ? 'Times are UTC.' : "Times are those of this machine's zone."),
    ...notes,
  ].join('\n');
}

function countLine({ label, maximum, average }: MetricSeries, theme: Theme): ChartLine {
  const values = known(maximum);
  const note = `last ${countText(values.at(-1) ?? 0)}, mean ${countText(mean(known(average)))}, most ${countText(highest(values))}`;
  const paint = {
    scheduled: theme.busy,
    pending: theme.busy,
    running: theme.good,
    busy: theme.good,
    'in service': theme.good,
  }[label];
  return { label, values: maximum, note, ...(paint !== undefined && { paint }) };
}

function waitLine(waits: Values, theme: Theme): ChartLine {
  const values = known(waits);
  const note = `last ${duration(values.at(-1) ?? 0)}, most ${duration(highest(values))}`;
  return { label: 'waited', values: waits, note, paint: theme.busy };
}

function known(values: Values): number[] {
  return values.filter((value) => value !== null);
}

function isKnown(values: Values): boolean {
  return values.some((value) => value !== null);
}
