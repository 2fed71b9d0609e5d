import type { Distribution } from './distribution.ts';
import type { Machine } from './machine.ts';
import { AGENT_BINARY } from '../../program/paths.ts';

/** What Amazon Linux 2023 has in its own repositories, and Docker in its own. */
const AMAZON_LINUX = [
  'amazon-cloudwatch-agent',
  'amazon-ecr-credential-helper',
  'amazon-ssm-agent',
  'containerd.io',
  'docker-buildx-plugin',
  'docker-ce',
  'docker-ce-cli',
  'docker-compose-plugin',
  'git',
  'jq',
  'logrotate',
  'mdadm',
  'nvme-cli',
  'openssh-clients',
  'rsyslog',
  'sudo',
  'tar',
  'unzip',
] as const;

const UBUNTU = [
  'amazon-ecr-credential-helper',
  'docker-buildx',
  'docker-compose-v2',
  'docker.io',
  'git',
  'git-lfs',
  'gpg',
  'jq',
  'logrotate',
  'mdadm',
  'nvme-cli',
  'openssh-client',
  'rsyslog',
  'sudo',
  'unzip',
] as const;

/** Docker's packages for CentOS 9 are those that fit Amazon Linux 2023, whose own lack Compose and Buildx. */
const DOCKER_REPOSITORY = `[docker-ce-stable]
name=Docker CE Stable
baseurl=https://download.docker.com/linux/centos/9/$basearch/stable
enabled=1
gpgcheck=1
gpgkey=https://download.docker.com/linux/centos/gpg
`;

const GIT_LFS = '3.7.1';
const CLOUDWATCH = 'https://amazoncloudwatch-agent.s3.amazonaws.com';
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/verify-CloudWatch-Agent-Package-Signature.html */
const CLOUDWATCH_KEY = '937616F3450B7D806CBD9725D58167303B789C72';

/** Puts what is missing onto the machine; on a baked image that is nothing. */
export async function installSoftware(machine: Machine, distribution: Distribution): Promise<void> {
  if (distribution.name === 'amazonlinux2023') await onAmazonLinux(machine, distribution);
  else await onUbuntu(machine, distribution);
  await filterThroughGitLfs(machine);
  // Docker starts without its plugins, but jobs need them.
  for (const plugin of ['buildx', 'compose']) await machine.must('docker', [plugin, 'version']);
}

/** Prints the filter by which git calls Git LFS. */
const LFS_FILTER = ['config', '--system', '--get', 'filter.lfs.process'] as const;

/**
 * Without this filter, checkouts hold Git LFS's pointers instead of the files. Ubuntu's package sets it up, the release's
 * program alone does not. https://github.com/git-lfs/git-lfs/blob/main/docs/man/git-lfs-install.adoc
 */
export async function filterThroughGitLfs(machine: Machine): Promise<void> {
  if (await machine.succeeds('git', LFS_FILTER)) return;
  await machine.must('git', ['lfs', 'install', '--skip-repo', '--system']);
}

async function onAmazonLinux(machine: Machine, { architecture }: Distribution): Promise<void> {
  const missing = await lacking(AMAZON_LINUX, (name) =>
    machine.succeeds('rpm', ['--query', '--quiet', name]),
  );
  if (missing.length > 0) {
    machine.say(`installing ${missing.join(' ')}`);
    await machine.write('/etc/yum.repos.d/docker-ce.repo', DOCKER_REPOSITORY);
    await machine.withRetry('dnf', () =>
      machine.must('dnf', ['install', '--assumeyes', '--quiet', ...missing]),
    );
  }
  if (!(await machine.succeeds('git-lfs', ['version']))) await fetchGitLfs(machine, architecture);
}

async function fetchGitLfs(machine: Machine, architecture: Distribution['architecture']): Promise<void> {
  machine.say(`installing git-lfs ${GIT_LFS}`);
  const release = `https://github.com/git-lfs/git-lfs/releases/download/v${GIT_LFS}`;
  const archive = `git-lfs-linux-${architecture}-v${GIT_LFS}.tar.gz`;
  await machine.install(
    `/tmp/${archive}`,
    `${release}/${archive}`,
    await publishedSum(machine, `${release}/sha256sums.asc`, archive),
  );
  await machine.must('tar', [
    '--extract',
    '--gzip',
    '--no-same-owner',
    '--file',
    `/tmp/${archive}`,
    '--directory',
    '/usr/bin',
    '--strip-components=1',
    `git-lfs-${GIT_LFS}/git-lfs`,
  ]);
}

/** A changed configuration file is kept, which dpkg asks about even if debconf may not. https://man7.org/linux/man-pages/man1/dpkg.1.html */
const APT_OPTIONS = [
  'DPkg::Lock::Timeout=120',
  'Dpkg::Options::=--force-confdef',
  'Dpkg::Options::=--force-confold',
].flatMap((option) => ['--option', option]);

/** Nothing asks: neither debconf, nor apt-listchanges, nor needrestart, which Ubuntu's images have. */
const APT_ENVIRONMENT = {
  DEBIAN_FRONTEND: 'noninteractive',
  APT_LISTCHANGES_FRONTEND: 'none',
  NEEDRESTART_MODE: 'l',
};

async function onUbuntu(machine: Machine, { architecture }: Distribution): Promise<void> {
  const missing = await lacking(UBUNTU, (name) => installedOnUbuntu(machine, name));
  const apt = (...args: string[]) =>
    machine.must('apt-get', [...APT_OPTIONS, '--quiet', ...args], {
      environment: { ...process.env, ...APT_ENVIRONMENT },
    });
  if (missing.length > 0) {
    machine.say(`installing ${missing.join(' ')}`);
    await machine.withRetry('apt-get', async () => {
      // Again each time, as it succeeds even if no package list could be fetched.
      await apt('update');
      await apt('install', '--yes', '--no-install-recommends', ...missing);
    });
  }
  // AWS ships its agent for Session Manager to Ubuntu as a snap alone, which Ubuntu's own images have.
  if (!(await machine.succeeds('snap', ['list', 'amazon-ssm-agent']))) {
    machine.say('installing amazon-ssm-agent');
    await machine.withRetry('snap', () => machine.must('snap', ['install', 'amazon-ssm-agent', '--classic']));
  }
  if (await installedOnUbuntu(machine, 'amazon-cloudwatch-agent')) return;
  machine.say('installing amazon-cloudwatch-agent');
  // Package and signature are two fetches of what is newest, which may fall to two releases.
  await machine.withRetry(
    'the CloudWatch agent and its signature',
    () => fetchSignedCloudWatchAgent(machine, architecture),
    PAIR_ATTEMPTS,
  );
  await machine.withRetry('apt-get', () => apt('install', '--yes', '/tmp/amazon-cloudwatch-agent.deb'));
}

/**
 * dpkg also knows packages that others only mention, those that were removed with their configuration left behind, and those
 * whose installation was cut short. It says which by the status. https://man7.org/linux/man-pages/man1/dpkg-query.1.html
 */
async function installedOnUbuntu(machine: Machine, name: string): Promise<boolean> {
  const { stdout } = await machine.run('dpkg-query', ['--show', '--showformat=${db:Status-Status}\\n', name]);
  return stdout.split('\n').includes('installed');
}

async function lacking(
  packages: readonly string[],
  installed: (name: string) => Promise<boolean>,
): Promise<string[]> {
  const missing: string[] = [];
  for (const name of packages) if (!(await installed(name))) missing.push(name);
  return missing;
}

/** A release comes out every few weeks: a second mismatch is no coincidence, and a third is a fault. */
const PAIR_ATTEMPTS = 3;

/** It is in no repository of Ubuntu's; AWS signs it with a key that it publishes apart from it. */
async function fetchSignedCloudWatchAgent(machine: Machine, architecture: string): Promise<void> {
  const parts = [
    ['/tmp/amazon-cloudwatch-agent.gpg', `${CLOUDWATCH}/assets/amazon-cloudwatch-agent.gpg`],
    [
      '/tmp/amazon-cloudwatch-agent.deb',
      `${CLOUDWATCH}/ubuntu/${architecture}/latest/amazon-cloudwatch-agent.deb`,
    ],
    [
      '/tmp/amazon-cloudwatch-agent.deb.sig',
      `${CLOUDWATCH}/ubuntu/${architecture}/latest/amazon-cloudwatch-agent.deb.sig`,
    ],
  ] as const;
  for (const [path, url] of parts) {
    await machine.write(path, await machine.withRetry(url, () => machine.download(url)));
  }
  const home = '/tmp/bk-stack-gnupg';
  await machine.folder(home, { mode: 0o700 });
  const gpg = (...args: string[]) => machine.must('gpg', ['--batch', '--homedir', home, ...args]);
  await gpg('--import', '/tmp/amazon-cloudwatch-agent.gpg');
  const verified = await gpg(
    '--status-fd',
    '1',
    '--verify',
    '/tmp/amazon-cloudwatch-agent.deb.sig',
    '/tmp/amazon-cloudwatch-agent.deb',
  );
  // gpg accepts any key of the file that was imported; the last field is the primary key's fingerprint.
  const signed = verified
    .split('\n')
    .some((line) => line.startsWith('[GNUPG:] VALIDSIG ') && line.endsWith(` ${CLOUDWATCH_KEY}`));
  if (!signed) throw new Error('The CloudWatch agent is not signed with the key that AWS documents');
}

const CHANNELS: Readonly<Record<string, string>> = {
  stable: 'stable',
  beta: 'unstable',
  edge: 'experimental',
};

/** Where Buildkite publishes a release: a channel's newest, or an exact version. @throws Error for anything else */
export function agentUrl(release: string, architecture: Distribution['architecture']): string {
  const channel = CHANNELS[release];
  if (channel === undefined && !/^\d+\.\d+\.\d+$/.test(release)) {
    throw new Error(
      `BuildkiteAgentRelease is ${release}; it may be stable, beta, edge or a version such as 3.100.0`,
    );
  }
  const path = channel === undefined ? `stable/${release}` : `${channel}/latest`;
  return `https://download.buildkite.com/agent/${path}/buildkite-agent-linux-${architecture}`;
}

/** Beside the agent: which release it was asked for as. A channel on an image may have moved on, a version not. */
const RELEASE = '/var/lib/bk-stack/agent-release';

export async function installAgent(
  machine: Machine,
  { architecture }: Distribution,
  release: string,
): Promise<void> {
  const there =
    machine.exists(AGENT_BINARY) && machine.exists(RELEASE) ? machine.read(RELEASE).trim() : undefined;
  if (there === release) return;
  const url = agentUrl(release, architecture);
  machine.say(`installing buildkite-agent ${release}`);
  await machine.install(AGENT_BINARY, url, await publishedSum(machine, `${url}.sha256`, 'buildkite-agent'));
  await machine.write(RELEASE, `${release}\n`);
}

/** The SHA-256 of a file as published beside it, alone or in a list of many. */
async function publishedSum(machine: Machine, url: string, file: string): Promise<string> {
  const text = Buffer.from(await machine.withRetry(url, () => machine.download(url))).toString();
  const lines = text.split('\n').filter((line) => /^[0-9a-f]{64}\b/.test(line));
  const line = lines.length === 1 ? lines[0] : lines.find((candidate) => candidate.includes(file));
  const sum = line?.slice(0, 64);
  if (sum === undefined) throw new Error(`${url} has no SHA-256 of ${file}`);
  return sum;
}

/** Commands that succeed on a machine with all software, by names for people. What they print says which version. */
const PROGRAMS: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['buildkite-agent', 'buildkite-agent', '--version'],
  ['docker', 'docker', '--version'],
  ['dockerd', 'dockerd', '--version'],
  ['docker compose', 'docker', 'compose', 'version'],
  ['docker buildx', 'docker', 'buildx', 'version'],
  ['git', 'git', '--version'],
  ['git-lfs', 'git', 'lfs', 'version'],
  ['git-lfs filter', 'git', ...LFS_FILTER],
  ['jq', 'jq', '--version'],
  ['sudo', 'sudo', '--version'],
  ['aws', 'aws', '--version'],
  ['docker-credential-ecr-login', 'docker-credential-ecr-login', 'version'],
  ['node', process.execPath, '--version'],
  [
    'amazon-cloudwatch-agent',
    '/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl',
    '-a',
    'status',
  ],
];

/** Versions of the software on a machine, for the manifest of an image; undefined for what doesn't work. */
export async function softwareVersions(machine: Machine): Promise<Record<string, string | undefined>> {
  const versions: Record<string, string | undefined> = {};
  for (const [name, command, ...args] of PROGRAMS) {
    const { status, stdout } = await machine.run(command, args);
    versions[name] =
      status === 0
        ? (/"version":\s*"([^"]*)"/.exec(stdout)?.[1] ?? stdout.trim().split('\n')[0] ?? '')
        : undefined;
  }
  return versions;
}

/** @throws Error that names what is missing on the machine */
export async function checkSoftware(machine: Machine): Promise<void> {
  const versions = await softwareVersions(machine);
  const missing = Object.keys(versions).filter((name) => versions[name] === undefined);
  if (missing.length > 0) throw new Error(`missing on this machine: ${missing.join(', ')}`);
}
