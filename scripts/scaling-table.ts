/** Measures both scalers on every profile, and writes the table of docs/scaling.md. Run it after a change of the scaler. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MEASURED_PROFILES } from '../src/simulate/jobs/profiles.ts';
import { compare, comparisonRows } from './bench-scaler.ts';
import { JOBS, withTable } from './scaling-table-text.ts';

const file = join(resolve(import.meta.dirname, '..'), 'docs/scaling.md');
const rows = MEASURED_PROFILES.flatMap((profile) => comparisonRows(compare(profile, JOBS)));
writeFileSync(file, withTable(readFileSync(file, 'utf8'), rows));
