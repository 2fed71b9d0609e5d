import { expect } from 'chai';
import type { MetricCalls, MetricQuery } from '../../src/metrics/calls.ts';
import { condensed, longestWaits, type StackMetrics } from '../../src/metrics/series.ts';
import { spanOf, timesOf } from '../../src/metrics/span.ts';
import { stackMetrics } from '../../src/metrics/stack-metrics.ts';
import { metricsText } from '../../src/metrics/text.ts';
import { metricsPage } from '../../src/metrics/page/page.ts';
import type { Theme } from '../../src/terminal/theme.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const as = (text: string) => text;
const theme: Theme = { stack: as, command: as, good: as, busy: as, bad: as, dim: as, heading: as };

describe('the longest wait', () => {
  it('is at most the time since the queue was last seen empty', () => {
    expect(longestWaits([0, 0, 3, 3, 0], [0, 4, 5, 3, 0], 60)).to.eql([0, 60, 120, 180, 0]);
  });

  it('begins anew when the queue was empty for a moment', () => {
    expect(longestWaits([0, 3, 0, 2], [1, 3, 9, 2], 60)).to.eql([60, 120, 60, 120]);
  });

  it('is not known before an empty queue was seen, nor after a gap', () => {
    expect(longestWaits([2, 0, 1, null, 1, 0], [2, 0, 1, null, 1, 0], 60)).to.eql([
      ...[null, 0, 60, null, null, 0],
    ]);
  });
});

describe('the time that metrics are of', () => {
  const now = Date.UTC(2026, 0, 100);
  const periodOf = (back: number) => spanOf(now - back, now, now).periodSeconds;

  it('is in periods that CloudWatch still has, and not too many', () => {
    expect([6 * HOUR, DAY, 2 * DAY, 7 * DAY].map(periodOf)).to.eql([60, 60, 300, 900]);
    expect([60 * DAY, 400 * DAY].map(periodOf)).to.eql([3600, 86_400]);
    expect(spanOf(now - 20 * DAY, now - 20 * DAY + HOUR, now).periodSeconds).to.equal(300);
    expect(spanOf(now - 70 * DAY, now - 70 * DAY + HOUR, now).periodSeconds).to.equal(3600);
  });

  it('goes out to whole periods', () => {
    const span = spanOf(now - 90_500, now - 500, now);
    expect([now - span.from, now - span.until]).to.eql([120_000, 0]);
    expect(timesOf(span)).to.eql([now - 120_000, now - 60_000]);
    expect(timesOf(spanOf(now - 2, now - 1, now))).to.have.length(1);
  });
});

function metricsOf(parts: Partial<StackMetrics> = {}): StackMetrics {
  const count = 4;
  return {
    ...{ stackName: 'ci', region: 'us-east-1', queue: 'deploy', periodSeconds: 60, notes: [] },
    from: '2026-11-24T10:00:00.000Z',
    until: '2026-11-24T10:04:00.000Z',
    times: Array.from({ length: count }, (_, minute) => `2026-11-24T10:0${minute}:00.000Z`),
    series: [
      {
        ...{ id: 'scheduledJobs', chart: 'jobs', label: 'scheduled' },
        ...{ average: [1, 2, null, 3], maximum: [2, 4, null, 3] },
      },
    ],
    longestWaitAtMost: [0, 60, null, null],
    ...parts,
  };
}

describe('metrics in fewer periods', () => {
  it('are means of means, and the most of maxima', () => {
    const half = condensed(metricsOf(), 2);
    expect(half.periodSeconds).to.equal(120);
    expect(half.times).to.eql(['2026-11-24T10:00:00.000Z', '2026-11-24T10:02:00.000Z']);
    expect(half.series[0]).to.deep.include({ average: [1.5, 3], maximum: [4, 3] });
    expect(half.longestWaitAtMost).to.eql([60, null]);
    expect(condensed(metricsOf(), 10)).to.eql(metricsOf());
  });
});

describe('metrics as text', () => {
  it('are bars under which the times stand', () => {
    const text = metricsText(metricsOf(), theme, { columns: 90, utc: true });
    const [title, bars, axis] = text.split('\n');
    expect(title).to.equal('JOBS');
    expect(bars).to.match(/^scheduled ▄+█+·+▆+ +last 3, mean 2, most 4$/);
    expect(axis).to.match(/^ {10}╵10:00/);
    expect(axis?.indexOf('╵10:02') ?? 0).to.be.closeTo(bars?.indexOf('·') ?? 0, 1);
  });

  it('leave out what nobody reports, and say so when that is all', () => {
    const nothing = { average: [null], maximum: [null] };
    const [series] = metricsOf().series;
    const none = metricsOf({
      series: [{ ...series!, ...nothing }],
      longestWaitAtMost: [null],
      notes: ['Why.'],
    });
    expect(metricsText(none, theme, { columns: 80, utc: true })).to.match(/^No metrics of ci .*\nWhy\.$/);
    expect(metricsPage(none)).to.contain('No metrics in this time.');
  });
});

describe('the page of metrics', () => {
  it('says what is in it in words and tables, and names do no harm', () => {
    const page = metricsPage(metricsOf({ queue: '<img src=x onerror=alert(1)>', notes: ['a & b'] }));
    expect(page).to.contain('Queue &lt;img src=x onerror=alert(1)&gt;').and.contain('a &amp; b');
    expect(page).to.contain('aria-label="Jobs: scheduled up to 4"');
    expect(page).to.contain('<td>2</td><td>4</td>').and.contain('not known');
  });
});

describe('where metrics are found', () => {
  const span = { from: 0, until: 60_000, periodSeconds: 60 };
  const asked = async (
    subject: Parameters<typeof stackMetrics>[1],
    listed: Awaited<ReturnType<MetricCalls['list']>> = [],
  ) => {
    let questions: readonly MetricQuery[] = [];
    let lists = 0;
    const { notes } = await stackMetrics(
      {
        list: () => {
          lists += 1;
          return Promise.resolve(listed);
        },
        read: (all) => {
          questions = all;
          return Promise.resolve(new Map());
        },
      },
      subject,
      span,
    );
    const places = new Map(
      questions.map(({ namespace, metric, dimensions }) => [`${namespace} ${metric}`, dimensions]),
    );
    return { places, notes, lists };
  };
  const stack = { stackName: 'ci', region: 'us-east-1', queue: 'deploy', origin: 'bk-stack' as const };
  const official = { stack: { ...stack, origin: 'elastic-ci-stack' as const }, autoScalingGroupName: 'g' };

  it('is known for our stacks', async () => {
    const { places, lists, notes } = await asked({ stack });
    expect(places.get('Buildkite PendingInstances')).to.eql({ StackName: 'ci', Queue: 'deploy' });
    expect({ lists, notes }).to.eql({ lists: 0, notes: [] });
  });

  it('is looked for by queue with the official ones, and instances with their group', async () => {
    const of = (name: string, dimensions: Record<string, string>) => ({ name, dimensions });
    const { places, notes } = await asked(official, [
      of('ScheduledJobsCount', { Org: 'beta', Queue: 'deploy' }),
      of('ScheduledJobsCount', { Org: 'acme', Queue: 'deploy' }),
      of('RunningJobsCount', { StackName: 'other', Queue: 'deploy' }),
      of('IdleAgentCount', { Queue: 'deploy' }),
    ]);
    expect(places.get('Buildkite ScheduledJobsCount')).to.eql({ Org: 'acme', Queue: 'deploy' });
    expect(places.get('Buildkite IdleAgentCount')).to.eql({ Queue: 'deploy' });
    expect(places.has('Buildkite RunningJobsCount')).to.equal(false);
    expect(places.get('AWS/AutoScaling GroupDesiredCapacity')).to.eql({ AutoScalingGroupName: 'g' });
    expect(notes.join('\n')).to.contain('Several organizations');
    expect((await asked(official)).notes.join()).to.contain('no metrics of the queue deploy');
  });
});
