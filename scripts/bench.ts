/**
 * Measures how fast the built CLI starts, how fast the sandbox evaluates, what the host program's hook costs a job, and what
 * the scaler does with queues beside the official one, and prints it all beside what is to be reached. Times of a process are ratios to `node -e 0` of the same run, so that machines can be compared.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { RunningSandbox } from '../src/sandbox/server/process/discovery.ts';
import { table } from '../src/terminal/table.ts';
import { hookCosts } from './bench-hook.ts';
import { MEASURED_PROFILES } from '../src/simulate/jobs/profiles.ts';
import { compare, type Comparison, decisionMicroseconds, scalerBytes } from './bench-scaler.ts';
import { followingLatency } from './bench-follow.ts';
import { logsDuel } from './bench-logs.ts';
import { secretsDuels } from './bench-secrets.ts';
import { evaluateLargeTemplate } from './bench-template.ts';
import { installAwsCli2 } from './conformance-tools.ts';
import { benchSandbox, median, timed, withoutCertificates } from './timing.ts';

const entry = resolve(import.meta.dirname, '../bin/run.js');
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 21);

/** One request's latency, in milliseconds; what the hook may take of the field's helper; and MiB. */
const LATENCY = 30;
const MOST_WALL = 1;
const MOST_CPU = 1.5;
const MOST_MEBIBYTES = 80;

interface Measurement {
  readonly what: string;
  readonly median: string;
  readonly measured: string;
  readonly target: string;
  readonly reached: string;
}

const state = mkdtempSync(join(tmpdir(), 'bk-stack-bench-'));
const env = {
  ...withoutCertificates(),
  XDG_STATE_HOME: state,
  BK_STACK_SANDBOX: '1',
  AWS_REGION: 'us-east-1',
  NO_COLOR: '1',
};
try {
  bkStack('sandbox', 'start', '--port', '0');
  bkStack('list');
  const sandbox = benchSandbox(state);
  const rows = [
    ...(await startUp()),
    await evaluation(),
    ...(await hook(sandbox)),
    ...scaler(),
    ...(await besideAwsCli(sandbox)),
    ...(await following()),
  ];
  console.log(
    table(rows, [
      { heading: 'MEASURED', cell: ({ what }) => what },
      { heading: 'MEDIAN', cell: ({ median }) => median },
      { heading: 'RESULT', cell: ({ measured }) => measured },
      { heading: 'TARGET', cell: ({ target }) => target },
      { heading: 'REACHED', cell: ({ reached }) => reached },
    ]),
  );
  for (const jobs of [10_000, 1_000_000])
    for (const profile of MEASURED_PROFILES) console.log(`\n${comparisonText(compare(profile, jobs))}`);
  console.log(`\nNode ${process.version}; medians of ${ROUNDS} interleaved runs.`);
} finally {
  spawnSync(process.execPath, [entry, 'sandbox', 'stop'], { env });
  rmSync(state, { recursive: true, force: true });
}

/** Runs the CLI, and stops the measurement when it fails: a failure is quick, and no result. */
function bkStack(...args: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [entry, ...args], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`bk-stack ${args.join(' ')} exits ${String(status)}: ${stderr}`);
}

async function startUp(): Promise<Measurement[]> {
  const cases = [
    { what: 'node -e 0', args: ['-e', '0'], most: undefined },
    { what: 'bk-stack --version', args: [entry, '--version'], most: 1.5 },
    { what: 'bk-stack --help', args: [entry, '--help'], most: 2.3 },
    { what: 'bk-stack list (sandbox)', args: [entry, 'list'], most: 3.2 },
  ];
  const times = cases.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, { args }] of cases.entries())
      times[index]?.push(await timed(process.execPath, args, env));
  }
  const base = median(times[0] ?? []);
  return cases.map(({ what, most }, index) => {
    const time = median(times[index] ?? []);
    const ratio = time / base;
    return {
      what,
      median: `${time.toFixed(0)} ms`,
      measured: `${ratio.toFixed(2)}x`,
      target: most === undefined ? '' : `${most}x`,
      reached: most === undefined ? '' : ratio <= most ? 'yes' : 'NO',
    };
  });
}

async function evaluation(): Promise<Measurement> {
  await evaluateLargeTemplate(0);
  const times: number[] = [];
  for (let round = 1; round <= 5; round += 1) {
    const start = performance.now();
    await evaluateLargeTemplate(round);
    times.push(performance.now() - start);
  }
  const time = median(times);
  return {
    what: '500-resource template evaluated',
    median: `${time.toFixed(0)} ms`,
    measured: `${time.toFixed(0)} ms`,
    target: '1000 ms',
    reached: time < 1000 ? 'yes' : 'NO',
  };
}

/** Our hook beside the field's helper, by the same sandbox in the same run. */
async function hook(sandbox: RunningSandbox): Promise<Measurement[]> {
  const { duels, mebibytes } = await hookCosts(sandbox, LATENCY, 9);
  const rows = duels.flatMap(({ objects, own, theirs }) =>
    (
      [
        ['wall', MOST_WALL],
        ['cpu', MOST_CPU],
      ] as const
    ).map(([what, most]) => {
      const ratio = own[what] / theirs[what];
      return {
        what: `environment hook, ${objects} secrets, ${LATENCY} ms away: ${what}`,
        median: `${own[what].toFixed(0)} of ${theirs[what].toFixed(0)} ms`,
        measured: ratio.toFixed(2),
        target: most.toFixed(1),
        reached: ratio <= most ? 'yes' : 'NO',
      };
    }),
  );
  return [
    ...rows,
    {
      what: 'the program that serves hooks, memory',
      median: '',
      measured: `${mebibytes.toFixed(0)} MiB`,
      target: `${MOST_MEBIBYTES} MiB`,
      reached: mebibytes < MOST_MEBIBYTES ? 'yes' : 'NO',
    },
  ];
}

function scaler(): Measurement[] {
  const micros = decisionMicroseconds();
  const kibibytes = scalerBytes() / 1024;
  return [
    {
      what: 'a decision of the scaler',
      median: `${micros.toFixed(1)} µs`,
      measured: `${(micros / 1000).toFixed(3)} ms`,
      target: '15 ms',
      reached: micros < 15_000 ? 'yes' : 'NO',
    },
    {
      what: 'the scaler, as Lambda gets it',
      median: '',
      measured: `${kibibytes.toFixed(1)} KiB`,
      target: '60 KiB',
      reached: kibibytes < 60 ? 'yes' : 'NO',
    },
  ];
}

/** The same by bk-stack and by the AWS CLI, on the same server. */
async function besideAwsCli(sandbox: RunningSandbox): Promise<Measurement[]> {
  const aws = installAwsCli2();
  const all = [...(await secretsDuels(sandbox, aws)), await logsDuel(sandbox, aws)];
  return all.map(({ what, own, theirs, most }) => ({
    what,
    median: `${own.toFixed(0)} ms`,
    measured: `${(own / theirs).toFixed(2)}x`,
    target: `${most}x`,
    reached: own / theirs <= most ? 'yes' : 'NO',
  }));
}

/** From a new event to the screen, at most: one poll interval and 300 ms; by the live tail, half a second. */
async function following(): Promise<Measurement[]> {
  const cases = [
    { what: 'a new event to the screen, polling every 2 s', speed: 1, flags: [], most: 2300 },
    { what: 'the same by --live, updates every 50 ms', speed: 20, flags: ['--live'], most: 500 },
  ];
  const rows: Measurement[] = [];
  for (const { what, speed, flags, most } of cases) {
    const latency = await followingLatency(speed, flags);
    rows.push({
      what,
      median: `${latency.median.toFixed(0)} ms`,
      measured: `${latency.most.toFixed(0)} ms at most`,
      target: `${most} ms`,
      reached: latency.most <= most ? 'yes' : 'NO',
    });
  }
  return rows;
}

/** Each profile under this scaler and under the official one: waits at most half, at no more cost. */
function comparisonText({ profile, jobs, contenders }: Comparison): string {
  const equal = contenders.find(({ name }) => name === 'official, our settings');
  const ratio = (value: number, of = NaN) => (value / of).toFixed(2);
  const rows = table(contenders, [
    { heading: 'SCALER', cell: ({ name }) => name },
    { heading: 'P95 WAIT', cell: ({ p95 }) => `${p95.toFixed(0)} s` },
    { heading: 'RATIO', cell: ({ p95 }) => ratio(p95, equal?.p95) },
    { heading: 'COST', cell: ({ cost }) => `$${cost.toFixed(2)}` },
    { heading: 'RATIO', cell: ({ cost }) => ratio(cost, equal?.cost) },
    { heading: 'LAUNCHES', cell: ({ launches }) => String(launches) },
    { heading: 'TOOK', cell: ({ milliseconds }) => `${(milliseconds / 1000).toFixed(1)} s` },
  ]);
  return `${profile}, ${jobs} jobs; ratios to the official scaler with our settings:\n${rows}`;
}
