import { escaped } from '../../base/html.ts';
import { duration } from '../../terminal/duration.ts';
import { condensed, countText, type StackMetrics, type Values, WAIT_BASIS } from '../series.ts';
import { lineChart, type PageLine } from './line-chart.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

/** More points are too fine to be told apart, and their tables too long to be read. */
const MAX_POINTS = 288;

const COUNTS = [2, 4, 6, 8, 10, 20, 40, 60, 80];
/** In seconds. */
const DURATIONS = [60, 120, 240, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400];

interface Section {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly lines: readonly PageLine[];
  readonly format: (value: number) => string;
  /** What the axis goes up by. */
  readonly steps: readonly number[];
}

/** A page of its own with charts and tables: no script, style, font or image is fetched, and none could be. */
export function metricsPage(all: StackMetrics): string {
  const metrics = condensed(all, MAX_POINTS);
  const { stackName, region, queue, from, until, periodSeconds } = metrics;
  const each = duration(periodSeconds);
  const sections = sectionsOf(metrics).filter(({ lines }) => lines.some(({ values }) => isKnown(values)));
  const title = `Metrics of ${stackName}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
<p>Queue ${escaped(queue)} in ${escaped(region)}, from ${time(from)} to ${time(until)}. Each point is ${each}; times are UTC.</p>
${metrics.notes.map((note) => `<p>${escaped(note)}</p>`).join('\n')}
</header>
<main>
${sections.length === 0 ? '<p>No metrics in this time.</p>' : sections.map((section) => sectionHtml(section, metrics)).join('\n')}
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function sectionsOf({ series, longestWaitAtMost }: StackMetrics): Section[] {
  const linesOf = (chart: string): PageLine[] =>
    series
      .filter((one) => one.chart === chart && isKnown(one.maximum))
      .map(({ label, average, maximum }) => ({ label, values: average, most: maximum }));
  const about = 'Lines are averages; the shade above each goes up to the highest value.';
  return [
    { id: 'jobs', title: 'Jobs', about, lines: linesOf('jobs'), format: countText, steps: COUNTS },
    { id: 'agents', title: 'Agents', about, lines: linesOf('agents'), format: countText, steps: COUNTS },
    {
      id: 'instances',
      title: 'Instances',
      about,
      lines: linesOf('instances'),
      format: countText,
      steps: COUNTS,
    },
    {
      ...{ id: 'waits', title: 'Longest wait, at most', format: duration, steps: DURATIONS },
      about: `Buildkite's metrics count jobs and do not time them. This is the time ${WAIT_BASIS}: no job of it can have waited longer.`,
      lines: [{ label: 'waited', values: longestWaitAtMost }],
    },
  ];
}

function sectionHtml(section: Section, { times }: StackMetrics): string {
  const { id, title, about, lines, format, steps } = section;
  return `<section aria-labelledby="${id}">
<h2 id="${id}">${escaped(title)}</h2>
<p>${escaped(about)}</p>
<ul class="legend">${lines.map(({ label }, index) => `<li>${swatch(index)}${escaped(label)}</li>`).join('')}</ul>
<figure>
<div class="plot" tabindex="0" role="group" aria-label="${escaped(title)}, chart">
${lineChart({ title, times, lines, format, steps })}
</div>
<label class="cursor" hidden>Point in time <input type="range" min="0" max="${times.length - 1}" value="${times.length - 1}"></label>
<output class="reading" aria-live="polite"></output>
</figure>
<details>
<summary>${escaped(title)} as a table</summary>
<div class="scroll" tabindex="0" role="region" aria-label="${escaped(title)}, table">
<table>
<caption>${escaped(title)} by time, in UTC</caption>
<thead><tr><th scope="col">Time</th>${lines.map(headings).join('')}</tr></thead>
<tbody>
${times.map((at, index) => `<tr><th scope="row">${time(at)}</th>${lines.map((line) => cells(line, index, format)).join('')}</tr>`).join('\n')}
</tbody>
</table>
</div>
</details>
</section>`;
}

function headings({ label, most }: PageLine): string {
  const mean = `<th scope="col">${escaped(label)}</th>`;
  return most === undefined ? mean : `${mean}<th scope="col">${escaped(label)}, most</th>`;
}

function cells({ values, most }: PageLine, index: number, format: Section['format']): string {
  const cell = (value: number | null | undefined) =>
    `<td>${value === null || value === undefined ? '<span class="none">not known</span>' : format(value)}</td>`;
  return cell(values[index]) + (most === undefined ? '' : cell(most[index]));
}

function swatch(index: number): string {
  return `<svg class="swatch" width="28" height="10" aria-hidden="true"><line class="line line-${index}" x1="0" y1="5" x2="28" y2="5"/></svg>`;
}

function time(at: string): string {
  return `<time datetime="${at}">${at.slice(0, 16).replace('T', ' ')}</time>`;
}

function isKnown(values: Values): boolean {
  return values.some((value) => value !== null);
}
