/**
 * Changes the decision modules one small thing at a time and sees whether their own tests notice. See docs/quality.md.
 *
 *     npm run test:mutation -- [NAME...] [--fresh] [--write] [--concurrency N]
 *     npm run test:mutation -- --changed [REF] [--minutes N] [--concurrency N]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { changeBase, changedRanges, changesSince } from './mutation/changes.ts';
import { readEquivalents } from './mutation/equivalents.ts';
import { MODULES, type MutatedModule, sourcesOf, testsOf } from './mutation/modules.ts';
import { sampledRanges } from './mutation/sample.ts';
import { LEAST_SCORE, percent, type Score, scoreOf, scoreTable, writeScores } from './mutation/score.ts';
import { type RunOptions, runStryker } from './mutation/stryker.ts';

const MINUTE_MS = 60_000;
const DOCUMENT = 'docs/quality.md';
/** Without a commit to compare with: few enough mutants that each module gets its turn. */
const SAMPLE_ONE_IN = 50;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    changed: { type: 'boolean', default: false },
    minutes: { type: 'string' },
    concurrency: { type: 'string', default: '1' },
    fresh: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
process.chdir(`${import.meta.dirname}/..`);
const started = Date.now();
const until = values.minutes === undefined ? undefined : started + Number(values.minutes) * MINUTE_MS;
const passed = values.changed ? await testChanges(positionals[0]) : await testModules(positionals);
process.exitCode = passed ? 0 : 1;

/** Tests all of some modules, or of all. */
async function testModules(names: readonly string[]): Promise<boolean> {
  const unknown = names.filter((name) => !MODULES.some((module) => module.name === name));
  if (unknown.length > 0) {
    const known = MODULES.map(({ name }) => name).join(', ');
    throw new Error(`Unknown module ${unknown.join(', ')}. There are ${known}`);
  }
  const scores: Score[] = [];
  for (const module of MODULES.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const score = await test(module, wholeOf(module), values.fresh ? 'renew' : 'reuse');
    scores.push(score);
    tellSurvivors(score);
  }
  console.log(scoreTable(scores));
  if (values.write) {
    const complete = scores.filter(({ notRun }) => notRun === 0);
    const order = MODULES.map(({ name }) => name);
    const written = writeScores(readFileSync(DOCUMENT, 'utf8'), complete, order);
    writeFileSync(
      DOCUMENT,
      await format(written, { ...(await resolveConfig(DOCUMENT)), filepath: DOCUMENT }),
    );
  }
  const low = scores.filter((score) => percent(score) < LEAST_SCORE);
  for (const score of low) console.log(`${score.name} is at ${percent(score)} %, below ${LEAST_SCORE} %`);
  const untrue = scores.flatMap((score) => score.untrue);
  for (const { file, code, from, to } of untrue) {
    console.log(`${file}: listed as equivalent, but no survivor: ${from} -> ${to} in ${code}`);
  }
  const cut = scores.filter(({ notRun }) => notRun !== 0);
  for (const { name, notRun } of cut) console.log(`${name}: ${notRun ?? 'all'} mutants not run`);
  return low.length + untrue.length + cut.length === 0;
}

/** Tests what has changed, of all modules together, as far as it gets in its minutes. */
async function testChanges(ref: string | undefined): Promise<boolean> {
  const ranges = rangesToTest(ref ?? changeBase());
  const scores: Score[] = [];
  for (const [index, { module, mutate }] of ranges.entries()) {
    const score = await test(module, mutate, 'off', fairShare(ranges.length - index));
    scores.push(score);
    tellSurvivors(score);
  }
  for (const { name, notRun } of scores) {
    if (notRun !== 0) console.log(`${name}: ${notRun ?? 'all'} mutants not run in time`);
  }
  const mutants = scores.reduce((sum, score) => sum + score.mutants, 0);
  const killed = scores.reduce((sum, score) => sum + score.killed, 0);
  if (mutants === 0) {
    console.log(ranges.length === 0 ? 'Nothing that is mutated has changed.' : 'No mutant was tested.');
    return true;
  }
  const total = percent({ mutants, killed });
  console.log(scoreTable(scores));
  console.log(`${killed} of ${mutants} mutants killed: ${total} %`);
  if (total >= LEAST_SCORE) return true;
  console.log(`That is below ${LEAST_SCORE} %.`);
  return false;
}

/** Picks the modules with something to test, with Stryker’s ranges. */
function rangesToTest(base: string | undefined): { module: MutatedModule; mutate: string[] }[] {
  if (base === undefined) console.log('No commit to compare with: a fixed sample of each module is tested.');
  const changes = base === undefined ? undefined : changesSince(base);
  return MODULES.map((module) => {
    const sources = sourcesOf(module);
    const mutate =
      changes === undefined
        ? sampledRanges(sources.map(withLines), SAMPLE_ONE_IN)
        : changedRanges(changes, { sources, tests: testsOf(module) });
    return { module, mutate };
  }).filter(({ mutate }) => mutate.length > 0);
}

/** When a run has to end that is the first of so many, so that each module gets its turn. */
function fairShare(runs: number): number | undefined {
  if (until === undefined) return undefined;
  const now = Date.now();
  return now + (until - now) / runs;
}

function wholeOf(module: MutatedModule): string[] {
  const sources = sourcesOf(module);
  return module.sampledOneIn === undefined
    ? sources
    : sampledRanges(sources.map(withLines), module.sampledOneIn);
}

async function test(
  module: MutatedModule,
  mutate: readonly string[],
  incremental: RunOptions['incremental'],
  stopAt = until,
): Promise<Score> {
  const { name } = module;
  console.error(`${name} ...`);
  const begun = Date.now();
  const result = await runStryker({
    name,
    mutate,
    tests: testsOf(module),
    concurrency: Number(values.concurrency),
    incremental,
    ...(stopAt !== undefined && { until: stopAt }),
  });
  return scoreOf(name, result, readEquivalents(name), (Date.now() - begun) / MINUTE_MS);
}

function tellSurvivors({ survivors }: Score): void {
  for (const { file, line, from, to } of survivors)
    console.log(`${file}:${line}  ${cut(from)}  ->  ${cut(to)}`);
}

function cut(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}

function withLines(path: string): { path: string; lines: number } {
  return { path, lines: readFileSync(path, 'utf8').split('\n').length };
}
