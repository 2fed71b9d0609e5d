import { expect } from 'chai';
import { readQueue, Throttled, TokenRefused } from '../../src/scaler/queue.ts';

const ANSWER = {
  organization: { slug: 'acme' },
  jobs: { scheduled: 1, running: 2, waiting: 3 },
  agents: { idle: 4, busy: 5, total: 9 },
};

/** Reads an answer, and keeps what was asked. */
async function read(body: unknown = ANSWER, status = 200, headers: Record<string, string> = {}) {
  const asked: [string, RequestInit][] = [];
  const report = await readQueue('https://agent.example/v3', 'a b', 'secret', (url, options) => {
    asked.push([url as string, options!]);
    return Promise.resolve(new Response(JSON.stringify(body), { status, headers }));
  });
  return { report, asked };
}
const failure = (...given: Parameters<typeof read>): Promise<Error> =>
  read(...given).then(
    () => expect.fail('it was read'),
    (error: unknown) => error as Error,
  );

describe('the metrics of a queue', () => {
  it('are asked for by its name, with the token', async () => {
    const [[url, options]] = (await read()).asked as [[string, RequestInit]];
    expect(url).to.equal('https://agent.example/v3/metrics/queue?name=a%20b');
    expect(options.headers).to.eql({ authorization: 'Token secret', 'user-agent': 'bk-stack-scaler' });
    expect(options.signal).to.be.instanceOf(AbortSignal);
  });

  it('are counts, and the organization', async () => {
    const { jobs, agents } = ANSWER;
    expect((await read()).report).to.eql({ jobs, agents, organization: 'acme', pollMs: 10_000 });
  });

  it('may leave out jobs that wait, and the organization', async () => {
    const { report } = await read({ jobs: { scheduled: 1, running: 2 }, agents: ANSWER.agents });
    expect(report).to.deep.include({ organization: '', jobs: { scheduled: 1, running: 2, waiting: 0 } });
  });

  for (const [header, pollMs] of [
    ['30', 30_000],
    ['1', 1000],
    ['0', 10_000],
    ['-1', 10_000],
    ['soon', 10_000],
  ] as const)
    it(`are asked for again after ${pollMs} ms where Buildkite says ${header}`, async () => {
      const { report } = await read(ANSWER, 200, { 'buildkite-agent-metrics-poll-duration': header });
      expect(report.pollMs).to.equal(pollMs);
    });

  for (const [what, body] of [
    ['scheduled jobs', { ...ANSWER, jobs: { ...ANSWER.jobs, scheduled: '1' } }],
    ['running jobs', { ...ANSWER, jobs: { ...ANSWER.jobs, running: -1 } }],
    ['waiting jobs', { ...ANSWER, jobs: { ...ANSWER.jobs, waiting: 0.5 } }],
    ['idle agents', { ...ANSWER, agents: { busy: 0, total: 0 } }],
    ['busy agents', { ...ANSWER, agents: { idle: 0, total: 0 } }],
    ['agents', { ...ANSWER, agents: { idle: 0, busy: 0 } }],
    ['scheduled jobs', { agents: ANSWER.agents }],
    ['idle agents', { jobs: ANSWER.jobs }],
    ['scheduled jobs', null],
  ] as const)
    it(`are none without a count of ${what}: ${JSON.stringify(body)}`, async () => {
      expect((await failure(body)).message).to.equal(`Buildkite's answer has no count of ${what}`);
    });

  it('may have the count zero', async () => {
    const none = { jobs: { scheduled: 0, running: 0, waiting: 0 }, agents: { idle: 0, busy: 0, total: 0 } };
    expect((await read(none)).report).to.deep.include(none);
  });

  for (const status of [401, 403])
    it(`are refused to the token: ${status}`, async () => {
      const error = await failure(ANSWER, status);
      expect(error).to.be.instanceOf(TokenRefused);
      expect(error.message).to.equal(`Buildkite refuses the agent token: ${status}`);
    });

  for (const [header, retryAfterMs] of [
    ['7', 7000],
    ['0', 10_000],
    ['later', 10_000],
  ] as const)
    it(`are throttled for ${retryAfterMs} ms: ${header}`, async () => {
      const error = await failure(ANSWER, 429, { 'retry-after': header });
      expect(error).to.be.instanceOf(Throttled);
      expect(error).to.include({ retryAfterMs, message: 'Buildkite throttles' });
    });

  it('are missing from any other answer', async () => {
    expect((await failure(ANSWER, 500)).message).to.equal('Buildkite answers 500');
    expect(await failure(ANSWER, 404)).not.to.be.instanceOf(TokenRefused);
  });
});
