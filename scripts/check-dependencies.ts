/** Checks the dependencies: the lock file, licences, install scripts, and advisories where the registry serves them. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { advisoryFindings, type LockFile, lockFindings } from './dependencies/findings.ts';

const root = resolve(import.meta.dirname, '..');
const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const lock = read(join(root, 'package-lock.json')) as LockFile;

const installed = Object.keys(lock.packages).flatMap((path) => {
  const file = join(root, path, 'package.json');
  // Builds for other platforms are not installed.
  if (path === '' || !existsSync(file)) return [];
  const { version, license, scripts } = read(file) as {
    version?: string;
    license?: string | { type?: string };
    scripts?: Record<string, string>;
  };
  return [{ path, version, license: typeof license === 'string' ? license : license?.type, scripts }];
});
const findings = [
  ...lockFindings(lock, read(join(root, 'package.json')) as Parameters<typeof lockFindings>[1], installed),
];

const { stdout } = spawnSync('npm', ['audit', '--json'], { cwd: root, encoding: 'utf8', timeout: 60_000 });
const advisories = advisoryFindings(stdout);
findings.push(...advisories.findings);
for (const finding of findings) console.error(finding);
console.log(
  `${Object.keys(lock.packages).length - 1} packages locked, ${installed.length} installed; ${advisories.summary}`,
);
process.exitCode = findings.length > 0 ? 1 : 0;
