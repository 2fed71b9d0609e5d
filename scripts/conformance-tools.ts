import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** From PyPI, and pinned: a tool that learns a new rule overnight is not to turn a build red. */
const TOOLS = { awscli: '1.46.3', 'cfn-lint': '1.58.0', checkov: '3.3.30' };

/** Commands from Debian's packages, by the package that has them. */
const DEBIAN_TOOLS = {
  shellcheck: 'shellcheck',
  'systemd-analyze': 'systemd',
  visudo: 'sudo',
  logrotate: 'logrotate',
};

/** From the Go module proxy. The newest whose modules the proxy has, all of them. */
const GO_TOOLS = {
  'buildkite-agent': { module: 'github.com/buildkite/agent/v3', version: 'v3.78.0', binary: 'agent' },
};

/**
 * Puts the tools into the user's cache folder, one virtual environment each as their dependencies contradict each other.
 * @returns the folder that holds them, as `<tool>/bin/<command>`
 * @throws Error if Python is missing and cannot be installed, or if an installation fails; no tool is ever left out
 */
export function installTools(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'bk-stack/conformance');
  for (const [tool, version] of Object.entries(TOOLS)) {
    const environment = join(folder, tool);
    const complete = join(environment, `complete-${version}`);
    if (existsSync(complete)) continue;
    console.error(`Installing ${tool} ${version} into ${environment}`);
    requirePython();
    rmSync(environment, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    run('python3', ['-m', 'venv', environment]);
    run(join(environment, 'bin/pip'), [
      'install',
      '--quiet',
      '--disable-pip-version-check',
      `${tool}==${version}`,
    ]);
    // Written last, so that an installation cut short is done again.
    writeFileSync(complete, '');
  }
  requireCommands();
  for (const [tool, { module, version, binary }] of Object.entries(GO_TOOLS)) {
    const place = join(folder, tool);
    const complete = join(place, `complete-${version}`);
    if (existsSync(complete)) continue;
    console.error(`Building ${tool} ${version} into ${place}`);
    rmSync(place, { recursive: true, force: true });
    const bin = join(place, 'bin');
    mkdirSync(bin, { recursive: true });
    run(goCommand(), ['install', `${module}@${version}`], { GOBIN: bin, CGO_ENABLED: '0' });
    renameSync(join(bin, binary), join(bin, tool));
    writeFileSync(complete, '');
  }
  return folder;
}

/** Go's own installer puts it where no PATH may lead. */
function goCommand(): string {
  const found = ['go', '/usr/local/go/bin/go'].find((command) => succeeds(command, ['version']));
  if (found !== undefined) return found;
  throw new Error(
    'The conformance tests need Go 1.22 or newer to build the Buildkite Agent: install it and run them again.',
  );
}

function requirePython(): void {
  if (!succeeds('python3', ['-c', 'import ensurepip, venv'])) installPackages(['python3', 'python3-venv']);
}

function requireCommands(): void {
  const missing = Object.entries(DEBIAN_TOOLS).filter(([command]) => !succeeds(command, ['--version']));
  if (missing.length > 0) installPackages(missing.map(([, name]) => name));
}

function installPackages(packages: readonly string[]): void {
  if (process.getuid?.() !== 0 || !succeeds('apt-get', ['--version'])) {
    throw new Error(
      `The conformance tests need ${packages.join(', ')}: install them and run the tests again.`,
    );
  }
  run('apt-get', ['update', '--quiet']);
  run('apt-get', ['install', '--quiet', '--yes', '--no-install-recommends', ...packages]);
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function run(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): void {
  const env = { ...process.env, ...environment };
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2], env });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`, { cause: error });
}
