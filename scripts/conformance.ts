/**
 * Runs test/conformance with third-party tools, each in an environment of its own outside the tree. They are installed
 * when first needed and kept; arguments go on to mocha.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { installTools } from './conformance-tools.ts';

const root = resolve(import.meta.dirname, '..');
const mocha = resolve(root, 'node_modules/mocha/bin/mocha.js');
const options = [
  ...['--no-config', '--import=tsx', '--require=test/support/setup.ts', '--timeout=120000'],
  ...['--forbid-only', '--parallel', '--jobs=2'],
];
/** The longest first, so that no core waits for them at the end. */
const files = ['killed/*', 'updates', '!(updates)'].map((name) => `--spec=test/conformance/${name}.test.ts`);

const { status } = spawnSync(
  process.execPath,
  ['--import=tsx', mocha, ...options, ...files, ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit', env: { ...process.env, CONFORMANCE_TOOLS: installTools() } },
);
process.exitCode = status ?? 1;
