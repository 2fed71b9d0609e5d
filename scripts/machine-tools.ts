import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { UBUNTU_PACKAGES } from '../src/host/boot/machine/software.ts';

/** Debian's packages for building and running machines, by a command of each. */
const COMMANDS: Readonly<Record<string, string>> = {
  'apt-ftparchive': 'apt-utils',
  'dpkg-deb': 'dpkg',
  ip: 'iproute2',
  mmdebstrap: 'mmdebstrap',
  nsenter: 'util-linux',
  openssl: 'openssl',
  'systemd-nspawn': 'systemd-container',
};

/** The release that is nearest to Ubuntu 24.04: systemd 257, cloud-init, Docker 26. */
const SUITE = 'trixie';

/** Packages of Ubuntu’s images, and Node and the AWS CLI, which Ubuntu has as snaps alone. */
const BASE_PACKAGES = [
  ...['awscli', 'ca-certificates', 'cloud-init', 'curl', 'dbus', 'iproute2', 'iptables', 'kmod', 'nodejs'],
  ...['libpam-systemd', 'procps', 'python3', 'rsync', 'systemd', 'systemd-sysv', 'udev', 'busybox-static'],
  // Of those that the host program asks for, Ubuntu's images have these; the others it has to install.
  ...['openssh-client', 'rsyslog', 'logrotate'],
];

/** Ubuntu's packages that Debian has under other names: its docker.io has no client. */
const RENAMED: Readonly<Record<string, readonly string[]>> = {
  'docker-compose-v2': ['docker-compose', 'docker-cli'],
};

/** Changes when a root folder has to be built anew. */
const RECIPE = 1;

/** The parts that machines are made of, all of them in a cache outside the tree. */
export interface MachineTools {
  /** The root folder of a bare image. */
  readonly root: string;
  /** A repository for apt, with everything that the host program installs. */
  readonly packages: string;
}

/**
 * Builds the root folder of a machine and a repository of packages, from Debian's archive as this machine's apt knows it.
 * @throws Error if this is not root on Debian, or a package cannot be had
 */
export function installMachineTools(): MachineTools {
  requireCommands();
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'bk-stack/machine');
  const place = join(folder, `${SUITE}-${RECIPE}`);
  const tools = { root: join(place, 'root'), packages: join(place, 'packages') };
  if (existsSync(place)) return tools;
  console.error(`Building the root folder of a machine in ${place}`);
  mkdirSync(folder, { recursive: true });
  const building = mkdtempSync(join(folder, 'building-'));
  const root = join(building, 'root');
  run('mmdebstrap', [
    ...['--variant=minbase', `--include=${BASE_PACKAGES.join(',')}`, SUITE, root, archive()],
  ]);
  buildRepository(root, join(building, 'packages'));
  dressAsUbuntu(root);
  renameSync(building, place);
  return tools;
}

/** The address of Debian's archive that apt uses here. */
function archive(): string {
  const { stdout } = spawnSync(
    'apt-get',
    ['indextargets', '--format', '$(REPO_URI) $(COMPONENT)', 'Created-By: Packages'],
    { encoding: 'utf8' },
  );
  const line = stdout.split('\n').find((each) => / main$/.test(each) && /debian\/? /.test(each));
  if (line === undefined) throw new Error("apt knows no archive of Debian's");
  return `deb ${line.split(' ')[0] ?? ''} ${SUITE} main`;
}

/** Collects what the host program asks for and all that it depends on, with stand-ins for what only Ubuntu has. */
function buildRepository(root: string, packages: string): void {
  mkdirSync(packages);
  const names = UBUNTU_PACKAGES.flatMap((name) => RENAMED[name] ?? name);
  const scratch = mkdtempSync(join(tmpdir(), 'bk-stack-root-'));
  try {
    run('cp', ['--archive', root, join(scratch, 'root')]);
    const inside = (...args: string[]) => {
      run('chroot', [join(scratch, 'root'), ...args]);
    };
    inside('apt-get', 'update', '--quiet');
    inside(
      ...(['apt-get', 'install', '--quiet', '--yes', '--download-only'] as const),
      '--no-install-recommends',
      ...names,
    );
    const archives = join(scratch, 'root/var/cache/apt/archives');
    for (const file of readdirSync(archives)) {
      if (file.endsWith('.deb')) cpSync(join(archives, file), join(packages, file));
    }
    for (const [name, depends] of Object.entries(RENAMED)) buildPackage(scratch, packages, name, depends);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  const index = spawnSync('apt-ftparchive', ['packages', '.'], {
    cwd: packages,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (index.status !== 0) throw new Error(index.stderr);
  writeFileSync(join(packages, 'Packages'), index.stdout);
}

/** An empty package under Ubuntu's name that brings those of Debian's. */
function buildPackage(scratch: string, packages: string, name: string, depends: readonly string[]): void {
  const source = join(scratch, name);
  mkdirSync(join(source, 'DEBIAN'), { recursive: true });
  const control = { Package: name, Version: '1', Architecture: 'all', Depends: depends.join(', ') };
  const text = Object.entries({ ...control, Maintainer: 'bk-stack <nobody@localhost>', Description: name })
    .map(([field, value]) => `${field}: ${value}\n`)
    .join('');
  writeFileSync(join(source, 'DEBIAN/control'), text);
  run('dpkg-deb', ['--build', '--root-owner-group', source, join(packages, `${name}.deb`)]);
}

/** Stand-ins for what comes from neither Debian nor Buildkite, and the settings that a machine without a real EC2 needs. */
const STAND_INS: Readonly<Record<string, string>> = {
  '/usr/bin/snap':
    '#!/bin/sh\n# Session Manager’s agent is there; nothing else is asked of snap.\n[ "$1" = list ]\n',
  '/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl':
    '#!/bin/sh\necho "$*" >>/var/log/cloudwatch-agent-ctl.log\necho \'{ "version": "1.0" }\'\n',
};

const IDLE_SERVICE = `[Service]
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
`;

const SETTINGS: Readonly<Record<string, string>> = {
  '/etc/systemd/system/snap.amazon-ssm-agent.amazon-ssm-agent.service': IDLE_SERVICE,
  '/etc/systemd/system/amazon-cloudwatch-agent.service': IDLE_SERVICE,
  '/etc/apt/sources.list': 'deb [trusted=yes] file:/srv/packages ./\n',
  '/etc/resolv.conf': 'nameserver 169.254.169.253\n',
  '/etc/cloud/cloud.cfg.d/99-machine.cfg': `datasource_list: [ Ec2 ]
datasource: { Ec2: { strict_id: false, timeout: 5, max_wait: 30, metadata_urls: ['http://169.254.169.254'] } }
network: { config: disabled }
`,
  // Node and the AWS CLI bring their own lists of authorities.
  '/etc/systemd/system.conf.d/10-machine.conf':
    '[Manager]\nDefaultEnvironment=NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt AWS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt\n',
};

function dressAsUbuntu(root: string): void {
  for (const [path, text] of Object.entries(STAND_INS)) write(root, path, text, 0o755);
  for (const [path, text] of Object.entries(SETTINGS)) {
    rmSync(join(root, path), { force: true });
    write(root, path, text, 0o644);
  }
  const release = join(root, 'usr/lib/os-release');
  const text = readFileSync(release, 'utf8')
    .replace(/^ID=.*$/m, 'ID=ubuntu\nID_LIKE=debian')
    .replace(/^VERSION_ID=.*$/m, 'VERSION_ID="24.04"');
  writeFileSync(release, text);
  mkdirSync(join(root, 'srv/packages'), { recursive: true });
  // The package of the CloudWatch agent is signed by AWS, so that no stand-in can be: it is there already.
  const status = `Package: amazon-cloudwatch-agent
Status: install ok installed
Maintainer: bk-stack <nobody@localhost>
Architecture: amd64
Version: 1
Description: stand-in

`;
  const database = join(root, 'var/lib/dpkg/status');
  writeFileSync(database, `${readFileSync(database, 'utf8').trimEnd()}\n\n${status}`);
  writeFileSync(join(root, 'var/lib/dpkg/info/amazon-cloudwatch-agent.list'), '/.\n');
  // What a shipped image has: each boot makes its own.
  writeFileSync(join(root, 'etc/machine-id'), '');
}

function write(root: string, path: string, text: string, mode: number): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text, { mode });
}

function requireCommands(): void {
  const missing = Object.keys(COMMANDS).filter((command) => spawnSync(command, ['--version']).error);
  if (missing.length === 0) return;
  const packages = missing.map((command) => COMMANDS[command] ?? command);
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).error) {
    throw new Error(`The machine tests need ${packages.join(', ')}: install them and run the tests again.`);
  }
  run('apt-get', ['update', '--quiet']);
  run('apt-get', ['install', '--quiet', '--yes', '--no-install-recommends', ...packages]);
}

function run(command: string, args: readonly string[]): void {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2], env: environment });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`);
}
