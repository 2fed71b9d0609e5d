import { type GetMetricDataCommand, type GetMetricDataCommandOutput } from '@aws-sdk/client-cloudwatch';
import { expect } from 'chai';
import { Foresight } from '../../../src/scaler/forecast/foresight.ts';
import { type Published, publishedHistory } from '../../../src/scaler/forecast/history.ts';
import { Past } from '../../../src/scaler/forecast/past.ts';

const MINUTE = 60_000;
const DAY = 24 * 60;
const WEEK = 7 * DAY;
const NOW = Date.parse('2026-11-23T00:00:00Z');
const TODAY = NOW / MINUTE;

const foresight = () => new Foresight({ agentsPerInstance: 1, idleHours: 100 }, { usualSeconds: 100 });

/** Nine jobs from nine to ten, every day. */
function publishedOf(from: number, until: number): Published {
  const demand = new Map<number, number>();
  for (let minute = from; minute < until; minute++) {
    const hour = (minute % DAY) / 60;
    demand.set(minute, hour >= 9 && hour < 10 ? 9 : 0);
  }
  return { demand, ahead: new Map(), next: undefined };
}

describe('reading the past', () => {
  it('takes two days a request, then what has come in an hour', async () => {
    const asked: [number, number][] = [];
    const known = foresight();
    const past = new Past(known, (from, until) => {
      asked.push([from, until]);
      return Promise.resolve(publishedOf(from, until));
    });
    let now = NOW;
    for (; past.due(now) && asked.length < 100; now += 10_000) await past.readOn(now);
    expect(asked).to.have.length(8);
    expect(asked[0]?.[0]).to.be.at.most(TODAY - 2 * WEEK);
    for (const [index, [from]] of asked.slice(1).entries()) expect(from).to.equal(asked[index]?.[1]);
    expect(known.expected(NOW + 9.5 * 60 * MINUTE, 0)).to.equal(9);
    expect(known.expected(NOW + 11 * 60 * MINUTE, 0)).to.equal(0);
    expect(past.due(now + 50 * MINUTE)).to.equal(false);
    now += 60 * MINUTE;
    expect(past.due(now)).to.equal(true);
    await past.readOn(now);
    const [from = 0, until = 0] = asked.at(-1) ?? [];
    expect(until - from, 'late points included').to.be.within(60, 80);
  });

  it('that fails is tried again later, and leaves what is known', async () => {
    let fails = false;
    const known = foresight();
    const past = new Past(known, (from, until) =>
      fails ? Promise.reject(new Error('AccessDenied')) : Promise.resolve(publishedOf(from, until)),
    );
    let now = NOW;
    for (; past.due(now); now += 10_000) await past.readOn(now);
    fails = true;
    now += 60 * MINUTE;
    const error = await past.readOn(now).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Error);
    expect(past.due(now + 10_000)).to.equal(false);
    expect(past.due(now + 300_000)).to.equal(true);
    expect(known.expected(NOW + 9.5 * 60 * MINUTE, 0)).to.equal(9);
  });

  it('goes on with an answer that is too long', async () => {
    const tokens: (string | undefined)[] = [];
    const past = new Past(foresight(), (from, until, token) => {
      tokens.push(token);
      return Promise.resolve({ ...publishedOf(from, until), next: tokens.length === 1 ? 'more' : undefined });
    });
    await past.readOn(NOW);
    await past.readOn(NOW + 10_000);
    await past.readOn(NOW + 20_000);
    expect(tokens).to.eql([undefined, 'more', undefined]);
  });
});

describe('what CloudWatch has', () => {
  const answered = async (answer: Partial<GetMetricDataCommandOutput>) => {
    const sent: GetMetricDataCommand[] = [];
    const read = publishedHistory('ci', 'deploy', {
      send: (command: GetMetricDataCommand) => {
        sent.push(command);
        return Promise.resolve({ $metadata: {}, ...answer });
      },
    } as never);
    const published = await read(TODAY - 60, TODAY, undefined);
    return { published, input: sent[0]?.input };
  };

  it('is asked for by stack and queue, and summed up', async () => {
    const Timestamps = [new Date(NOW - 2 * MINUTE), new Date(NOW - MINUTE)];
    const { published, input } = await answered({
      MetricDataResults: [
        { Id: 'scheduled', StatusCode: 'Complete', Timestamps, Values: [2.5, 0] },
        { Id: 'running', StatusCode: 'Complete', Timestamps, Values: [1, 4] },
        { Id: 'ahead', StatusCode: 'Complete', Timestamps, Values: [0, 3] },
      ],
    });
    expect([...published.demand]).to.eql([
      [TODAY - 2, 3.5],
      [TODAY - 1, 4],
    ]);
    expect(published.ahead.get(TODAY - 1)).to.equal(3);
    expect(input?.StartTime).to.eql(new Date(NOW - 60 * MINUTE));
    for (const { MetricStat } of input?.MetricDataQueries ?? []) {
      expect(MetricStat?.Metric?.Dimensions).to.eql([
        { Name: 'StackName', Value: 'ci' },
        { Name: 'Queue', Value: 'deploy' },
      ]);
    }
  });

  it('is not taken for nothing where CloudWatch could not give it', async () => {
    const error = await answered({
      MetricDataResults: [{ Id: 'running', StatusCode: 'InternalError' }],
    }).catch((reason: unknown) => reason);
    expect((error as Error).message).to.contain('RunningJobsCount');
  });
});
