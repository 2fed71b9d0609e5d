import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** From PyPI, and pinned: a tool that learns a new rule overnight is not to turn a build red. */
const TOOLS = {
  awscli: 'awscli==1.46.3',
  'cfn-lint': 'cfn-lint==1.58.0',
  checkov: 'checkov==3.3.30',
  moto: 'moto[server]==5.2.5',
};

/** Commands from Debian's packages, by the package that has them. */
const DEBIAN_TOOLS = {
  shellcheck: 'shellcheck',
  'systemd-analyze': 'systemd',
  visudo: 'sudo',
  logrotate: 'logrotate',
  shfmt: 'shfmt',
  'git-lfs': 'git-lfs',
  bats: 'bats',
  chromium: 'chromium',
};

/** From npm, outside the tree: what drives Debian's Chromium, and what judges a page in it. The newest for Node 20. */
const BROWSER_PACKAGES = ['puppeteer-core@24.43.1', 'axe-core@4.14.1'];

/** What HashiCorp's own builds put in place of a module. https://github.com/hashicorp/packer-plugin-sdk/issues/187 */
const GO_CTY = 'github.com/zclconf/go-cty => github.com/nywilken/go-cty v1.13.3';

/** From the Go module proxy. The newest whose modules the proxy has, all of them. */
const GO_TOOLS: Readonly<Record<string, GoTool>> = {
  'buildkite-agent': { module: 'github.com/buildkite/agent/v3', version: 'v3.78.0' },
  packer: { module: 'github.com/hashicorp/packer', version: 'v1.12.0', replace: GO_CTY },
  'packer-plugin-amazon': {
    module: 'github.com/hashicorp/packer-plugin-amazon',
    version: 'v1.8.0',
    replace: GO_CTY,
  },
};

interface GoTool {
  /** Whose root is the program. */
  readonly module: string;
  readonly version: string;
  /** A line of go.mod, which a program's own go.mod has no say in when it is a dependency. */
  readonly replace?: string;
}

/** cloud-init is in no registry but Debian's, and nobody wants it installed: it is unpacked, with what it imports beside it. */
const CLOUD_INIT = ['configobj', 'jinja2', 'jsonpatch', 'jsonschema', 'oauthlib', 'pyyaml', 'requests'];

/** The AWS CLI of today, which has `logs tail`, is not on PyPI; what Debian's imports is. */
const AWS_CLI_2 = [
  'awscrt==0.16.9',
  'colorama==0.4.6',
  'cryptography<38',
  'python-dateutil==2.8.2',
  'distro==1.8.0',
  'docutils==0.19',
  'jmespath==1.0.1',
  'prompt-toolkit==3.0.36',
  'ruamel.yaml==0.17.21',
  'urllib3==1.26.12',
];

/**
 * Puts the tools into the user's cache folder, one virtual environment each as their dependencies contradict each other.
 * @returns the folder that holds them, as `<tool>/bin/<command>`
 * @throws Error if Python is missing and cannot be installed, or if an installation fails; no tool is ever left out
 */
export function installTools(): string {
  const folder = toolFolder();
  for (const tool of Object.keys(TOOLS)) installPythonTool(tool as keyof typeof TOOLS);
  requireCommands();
  for (const [tool, { module, version, replace }] of Object.entries(GO_TOOLS)) {
    once(folder, tool, version, (place) => {
      const source = join(place, 'source');
      mkdirSync(source);
      const replacing = replace === undefined ? '' : `replace ${replace}\n`;
      writeFileSync(
        join(source, 'go.mod'),
        `module judge\n\ngo 1.24\n\nrequire ${module} ${version}\n${replacing}`,
      );
      run(goCommand(), ['build', '-o', join(place, 'bin', tool), module], {
        cwd: source,
        environment: { GOFLAGS: '-mod=mod', CGO_ENABLED: '0' },
      });
    });
  }
  installBrowserPackages();
  once(folder, 'cloud-init', 'debian', (place) => {
    unpackDebianPython(place, 'cloud-init', CLOUD_INIT);
  });
  return folder;
}

/** Unpacks a Debian package that is written in Python, with what it imports beside it. */
function unpackDebianPython(place: string, name: string, imports: readonly string[]): void {
  virtualEnvironment(place, imports);
  run('apt-get', ['download', '--quiet', name], { cwd: place });
  const [archive = ''] = readdirSync(place).filter((file) => file.endsWith('.deb'));
  run('dpkg-deb', ['--extract', join(place, archive), place]);
}

/** The AWS CLI, version 2. @returns its command */
export function installAwsCli2(): string {
  const place = join(toolFolder(), 'awscli2');
  const command = join(place, 'bin/aws2');
  once(toolFolder(), 'awscli2', 'debian', () => {
    unpackDebianPython(place, 'awscli', AWS_CLI_2);
    const python = `PYTHONPATH='${place}/usr/lib/python3/dist-packages' exec '${place}/bin/python' -m awscli`;
    // It knows nothing of AWS_ENDPOINT_URL yet.
    writeFileSync(command, `#!/bin/sh\n${python} --endpoint-url "$AWS_ENDPOINT_URL" "$@"\n`, { mode: 0o755 });
  });
  return command;
}

/**
 * Builds the program that the job hook is measured against (bench-helper/). Buildkite's own is served by no module proxy.
 * @returns its command
 */
export function installBenchHelper(): string {
  const source = join(import.meta.dirname, 'bench-helper');
  const version = createHash('sha256')
    .update(readFileSync(join(source, 'main.go')))
    .digest('hex')
    .slice(0, 12);
  const command = join(toolFolder(), 'bench-helper/bin/bench-helper');
  once(toolFolder(), 'bench-helper', version, () => {
    run(goCommand(), ['build', '-o', command, '.'], { cwd: source, environment: { CGO_ENABLED: '0' } });
  });
  return command;
}

/** One of those from PyPI. */
function installPythonTool(tool: keyof typeof TOOLS): void {
  const requirement = TOOLS[tool];
  once(toolFolder(), tool, requirement.split('==')[1] ?? '', (place) => {
    virtualEnvironment(place, [requirement]);
  });
}

/** Chromium itself is Debian's. */
export function installBrowserPackages(): void {
  once(toolFolder(), 'browser', BROWSER_PACKAGES.join('-'), (place) => {
    writeFileSync(join(place, 'package.json'), '{"private":true}');
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    run('npm', ['install', ...options, ...BROWSER_PACKAGES], { cwd: place });
  });
}

function toolFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'bk-stack/conformance');
}

/** What was cut short is done again from the start. */
function once(folder: string, tool: string, version: string, install: (place: string) => void): void {
  const place = join(folder, tool);
  const complete = join(place, `complete-${version}`);
  if (existsSync(complete)) return;
  console.error(`Installing ${tool} ${version} into ${place}`);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  install(place);
  writeFileSync(complete, '');
}

function virtualEnvironment(place: string, packages: readonly string[]): void {
  requirePython();
  run('python3', ['-m', 'venv', place]);
  run(join(place, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...packages]);
}

/** Go's own installer puts it where no PATH may lead. */
function goCommand(): string {
  const found = ['go', '/usr/local/go/bin/go'].find((command) => succeeds(command, ['version']));
  if (found !== undefined) return found;
  throw new Error(
    'The conformance tests need Go 1.24 or newer to build the Buildkite Agent and Packer: install it and run them again.',
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
  { cwd, environment = {} }: { cwd?: string; environment?: Readonly<Record<string, string>> } = {},
): void {
  const env = { ...process.env, ...environment };
  const options = {
    stdio: ['ignore', 2, 2] as ['ignore', number, number],
    env,
    ...(cwd !== undefined && { cwd }),
  };
  const { status, error } = spawnSync(command, args, options);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`, { cause: error });
}
