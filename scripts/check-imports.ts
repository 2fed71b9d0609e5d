/** Holds every import below src/ against the tables of docs/architecture.md. */
import { resolve } from 'node:path';
import { cruiseSources, readRules, unusedAllowances, violationLines } from './imports/check.ts';
import { ruleSet } from './imports/rules.ts';

const root = resolve(import.meta.dirname, '..');
const rules = readRules(root);
const result = await cruiseSources(root, ruleSet(rules));
const found = [...violationLines(result), ...unusedAllowances(result, rules)];
for (const line of found) console.error(line);
if (found.length > 0) {
  console.error(`\n${String(found.length)} against the tables in docs/architecture.md`);
  process.exitCode = 1;
} else {
  console.log(
    `${String(result.summary.totalDependenciesCruised ?? 0)} imports as docs/architecture.md has them; no circles`,
  );
}
