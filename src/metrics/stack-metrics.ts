import type { StackSummary } from '../stack/facts/stack/summary.ts';
import type { Dimensions, MetricCalls, MetricQuery } from './calls.ts';
import { longestWaits, SERIES, type SeriesDefinition, type StackMetrics, type Values } from './series.ts';
import { type Span, timesOf } from './span.ts';

/** The namespace of the scaler's metrics, ours and the official stack's. */
const BUILDKITE = 'Buildkite';
const GROUP = 'AWS/AutoScaling';

/** Whose metrics are read. */
export interface Subject {
  readonly stack: Pick<StackSummary, 'stackName' | 'region' | 'origin' | 'queue'>;
  readonly autoScalingGroupName?: string;
}

interface MetricSource {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Dimensions;
}

/** Reads the metrics of a stack. */
export async function stackMetrics(calls: MetricCalls, subject: Subject, span: Span): Promise<StackMetrics> {
  const { stackName, region, queue = '' } = subject.stack;
  const { places, notes } = await sourcesOf(calls, subject);
  const questions = SERIES.flatMap((series): MetricQuery[] => {
    const place = places.get(series.id);
    if (place === undefined) return [];
    return [
      { id: averageOf(series), ...place, statistic: 'Average' },
      { id: maximumOf(series), ...place, statistic: 'Maximum' },
      ...(series.id === 'scheduledJobs'
        ? [{ id: MIN_SCHEDULED, ...place, statistic: 'Minimum' as const }]
        : []),
    ];
  });
  const answers =
    questions.length === 0 ? new Map<string, Map<number, number>>() : await calls.read(questions, span);
  const times = timesOf(span);
  const valuesOf = (id: string): Values => times.map((at) => answers.get(id)?.get(at) ?? null);
  const series = SERIES.map(({ id, chart, label }) => ({
    ...{ id, chart, label },
    average: valuesOf(averageOf({ id })),
    maximum: valuesOf(maximumOf({ id })),
  }));
  const scheduled = valuesOf(maximumOf({ id: 'scheduledJobs' }));
  return {
    ...{ stackName, region, queue },
    from: new Date(span.from).toISOString(),
    until: new Date(span.until).toISOString(),
    periodSeconds: span.periodSeconds,
    times: times.map((at) => new Date(at).toISOString()),
    series,
    longestWaitAtMost: longestWaits(valuesOf(MIN_SCHEDULED), scheduled, span.periodSeconds),
    notes,
  };
}

const MIN_SCHEDULED = 'scheduledJobs_least';

function averageOf({ id }: Pick<SeriesDefinition, 'id'>): string {
  return `${id}_average`;
}

function maximumOf({ id }: Pick<SeriesDefinition, 'id'>): string {
  return `${id}_maximum`;
}

/** Our scaler's metrics have the stack in their dimensions. What the official one publishes has to be looked for. */
async function sourcesOf(
  calls: MetricCalls,
  { stack, autoScalingGroupName }: Subject,
): Promise<{ places: Map<string, MetricSource>; notes: string[] }> {
  const { stackName, origin, queue = '' } = stack;
  if (origin === 'bk-stack') {
    const dimensions = { StackName: stackName, Queue: queue };
    return {
      places: new Map(SERIES.map(({ id, metric }) => [id, { namespace: BUILDKITE, metric, dimensions }])),
      notes: [],
    };
  }
  const listed = await calls.list(BUILDKITE, ['Queue', queue]);
  const { dimensions: sets, notes } = chosenSets(listed, queue);
  const places = SERIES.flatMap((series): (readonly [string, MetricSource])[] => {
    const { id, metric, groupMetric } = series;
    if (groupMetric !== undefined) {
      if (autoScalingGroupName === undefined) return [];
      const dimensions = { AutoScalingGroupName: autoScalingGroupName };
      return [[id, { namespace: GROUP, metric: groupMetric, dimensions }]];
    }
    const dimensions = sets.get(metric);
    return dimensions === undefined ? [] : [[id, { namespace: BUILDKITE, metric, dimensions }]];
  });
  return { places: new Map(places), notes };
}

/**
 * The official scaler publishes jobs by Org and Queue, and buildkite-agent-metrics agents by Queue, with or without Org.
 * Neither names a stack: a queue of the same name of another organization looks the same but for Org.
 */
function chosenSets(
  listed: Awaited<ReturnType<MetricCalls['list']>>,
  queue: string,
): { dimensions: Map<string, Dimensions>; notes: string[] } {
  const dimensions = new Map<string, Dimensions>();
  const organizations = new Set<string>();
  const ofQueue = listed
    .filter((metric) => Object.keys(metric.dimensions).every((name) => name === 'Org' || name === 'Queue'))
    .sort((left, right) => (left.dimensions['Org'] ?? '').localeCompare(right.dimensions['Org'] ?? ''));
  for (const metric of ofQueue) {
    const { Org } = metric.dimensions;
    if (Org !== undefined) organizations.add(Org);
    if (!dimensions.has(metric.name)) dimensions.set(metric.name, metric.dimensions);
  }
  const [first] = organizations;
  return {
    dimensions,
    notes: [
      ...(ofQueue.length === 0
        ? [
            `CloudWatch has no metrics of the queue ${queue}: the scaler of the official stack publishes them only where it is told to.`,
          ]
        : ['Jobs and agents are those of the queue, which other stacks may serve as well.']),
      ...(organizations.size > 1
        ? [`Several organizations have a queue ${queue}; these are the jobs of ${first ?? ''}.`]
        : []),
    ],
  };
}
