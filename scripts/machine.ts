/**
 * Runs test/machine: instances on a real Linux, booted by systemd-nspawn in namespaces without an uplink. What they are made of
 * is built when first needed and kept outside the tree; arguments go on to mocha.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { installAgent } from './conformance-tools.ts';
import { installMachineTools } from './machine-tools.ts';

const root = resolve(import.meta.dirname, '..');
const mocha = resolve(root, 'node_modules/mocha/bin/mocha.js');
/** With the end of mocha ends everything in them, also what it leaves running. */
const NAMESPACES = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];

if (spawnSync('unshare', [...NAMESPACES, 'true']).status === 0) {
  const { root: image, packages } = installMachineTools();
  const options = ['--no-config', '--import=tsx', '--require=test/support/setup.ts', '--timeout=300000'];
  const { status } = spawnSync(
    'unshare',
    [
      ...[...NAMESPACES, process.execPath, '--import=tsx', mocha, ...options, '--forbid-only'],
      ...['--spec=test/machine/**/*.test.ts', ...process.argv.slice(2)],
    ],
    {
      cwd: root,
      stdio: 'inherit',
      env: {
        ...process.env,
        MACHINE_ROOT: image,
        MACHINE_PACKAGES: packages,
        MACHINE_AGENT: installAgent(),
      },
    },
  );
  process.exitCode = status ?? 1;
} else {
  console.log('Skipped: all of test/machine. This kernel or user may not make namespaces (unshare failed).');
}
