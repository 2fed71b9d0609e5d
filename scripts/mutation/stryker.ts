import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { type Mutant, mutantOf } from './mutant.ts';
import { RESULTS_FILE, type ResultLine } from './results-reporter.ts';

export interface RunOptions {
  /** Names the files of the run in the cache. */
  readonly name: string;
  /** Files, or parts of them as `file:first-last`. */
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
  /** How many runners at a time. */
  readonly concurrency: number;
  /** Whether results of the last run are taken where neither source nor tests have changed. */
  readonly incremental: 'reuse' | 'renew' | 'off';
  /** When to stop, in milliseconds since 1970. */
  readonly until?: number;
}

export interface RunResult {
  /** How many mutants there are. Undefined if the run was cut short before they were counted. */
  readonly planned: number | undefined;
  readonly mutants: readonly Mutant[];
}

const root = resolve(import.meta.dirname, '../..');
/** So long a mutant may take beside the time of its tests: on a busy machine a shorter time kills what no test notices. */
const TIMEOUT_MS = 10_000;

/**
 * Has Stryker test the mutants, in a copy of the tree outside of it.
 * @throws Error if Stryker fails, for instance because a test fails without any mutant
 */
export async function runStryker(options: RunOptions): Promise<RunResult> {
  const folder = cacheFolder();
  mkdirSync(folder, { recursive: true });
  const place = mkdtempSync(join(folder, `${options.name}-`));
  const results = join(place, 'results.jsonl');
  const config = join(place, 'stryker.json');
  try {
    writeFileSync(config, JSON.stringify(strykerOptions(options, join(place, 'trees'))));
    writeFileSync(results, '');
    await run(config, { [RESULTS_FILE]: results }, options.until);
    return readResults(readFileSync(results, 'utf8'));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** https://stryker-mutator.io/docs/stryker-js/configuration */
function strykerOptions(
  { name, mutate, tests, concurrency, incremental }: RunOptions,
  tempDirName: string,
): Record<string, unknown> {
  const incrementalFile = join(cacheFolder(), `${name}.json`);
  if (incremental === 'renew') rmSync(incrementalFile, { force: true });
  return {
    mutate,
    testRunner: 'mocha',
    testRunnerNodeArgs: ['--import=tsx'],
    mochaOptions: {
      'no-config': true,
      extension: ['ts'],
      require: ['test/support/setup.ts'],
      spec: tests,
    },
    plugins: ['@stryker-mutator/mocha-runner', './scripts/mutation/results-reporter.ts'],
    reporters: ['results'],
    coverageAnalysis: 'perTest',
    concurrency,
    timeoutMS: TIMEOUT_MS,
    incremental: incremental !== 'off',
    incrementalFile,
    tempDirName,
    cleanTempDir: 'always',
    symlinkNodeModules: true,
    allowConsoleColors: false,
    logLevel: 'error',
    thresholds: { high: 100, low: 100, break: null },
  };
}

/** Runs Stryker in a process group of its own, as its runners go on when it alone is killed. */
async function run(
  config: string,
  environment: Readonly<Record<string, string>>,
  until: number | undefined,
): Promise<void> {
  const stryker = join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  const child = spawn(process.execPath, ['--import=tsx', stryker, 'run', config], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...environment },
    detached: true,
  });
  const killGroup = () => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  const deadline = { passed: false };
  const timer =
    until === undefined
      ? undefined
      : setTimeout(
          () => {
            deadline.passed = true;
            killGroup();
          },
          Math.max(0, until - Date.now()),
        );
  const interrupt = () => {
    killGroup();
    process.exit(130);
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const status = await new Promise<number | null>((done, failed) => {
      child.once('error', failed).once('exit', done);
    });
    if (status !== 0 && !deadline.passed) throw new Error('Stryker failed: see above');
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function readResults(text: string): RunResult {
  const lines = text
    .split('\n')
    // The last one may have been cut off.
    .slice(0, -1)
    .map((line) => JSON.parse(line) as ResultLine);
  let planned: number | undefined;
  const mutants: Mutant[] = [];
  for (const line of lines) {
    if ('planned' in line) planned = line.planned;
    else mutants.push(mutantOf(line, relative(root, resolve(root, line.fileName))));
  }
  return { planned, mutants };
}

function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'bk-stack/mutation');
}
