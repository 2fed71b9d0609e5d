import type { Distribution } from './distribution.ts';
import type { Machine } from './machine.ts';
import { AGENT_BINARY } from './places.ts';

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
}

async function onAmazonLinux(machine: Machine, { architecture }: Distribution): Promise<void> {
  const missing = await lacking(machine, AMAZON_LINUX, (name) => ['rpm', ['--query', '--quiet', name]]);
  if (missing.length > 0) {
    machine.say(`installing ${missing.join(' ')}`);
    await machine.write('/etc/yum.repos.d/docker-ce.repo', DOCKER_REPOSITORY);
    await machine.patiently('dnf', () =>
      machine.must('dnf', ['install', '--assumeyes', '--quiet', ...missing]),
    );
  }
  if (await machine.succeeds('git-lfs', ['version'])) return;
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
    '--file',
    `/tmp/${archive}`,
    '--directory',
    '/usr/bin',
    '--strip-components=1',
    `git-lfs-${GIT_LFS}/git-lfs`,
  ]);
}

async function onUbuntu(machine: Machine, { architecture }: Distribution): Promise<void> {
  const missing = await lacking(machine, UBUNTU, (name) => ['dpkg-query', ['--show', name]]);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]) =>
    machine.patiently('apt-get', () =>
      machine.must('apt-get', ['--option', 'DPkg::Lock::Timeout=120', '--quiet', ...args], { environment }),
    );
  if (missing.length > 0) {
    machine.say(`installing ${missing.join(' ')}`);
    await apt('update');
    await apt('install', '--yes', '--no-install-recommends', ...missing);
  }
  // AWS ships its agent for Session Manager to Ubuntu as a snap alone, which Ubuntu's own images have.
  if (!(await machine.succeeds('snap', ['list', 'amazon-ssm-agent']))) {
    machine.say('installing amazon-ssm-agent');
    await machine.patiently('snap', () => machine.must('snap', ['install', 'amazon-ssm-agent', '--classic']));
  }
  if (await machine.succeeds('dpkg-query', ['--show', 'amazon-cloudwatch-agent'])) return;
  machine.say('installing amazon-cloudwatch-agent');
  await fetchSignedCloudWatchAgent(machine, architecture);
  await apt('install', '--yes', '/tmp/amazon-cloudwatch-agent.deb');
}

async function lacking(
  machine: Machine,
  packages: readonly string[],
  query: (name: string) => [command: string, args: string[]],
): Promise<string[]> {
  const missing: string[] = [];
  for (const name of packages) if (!(await machine.succeeds(...query(name)))) missing.push(name);
  return missing;
}

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
    await machine.write(path, await machine.patiently(url, () => machine.download(url)));
  }
  const home = '/tmp/bk-stack-gnupg';
  await machine.folder(home, { mode: 0o700 });
  const gpg = (...args: string[]) => machine.must('gpg', ['--batch', '--homedir', home, ...args]);
  await gpg('--import', '/tmp/amazon-cloudwatch-agent.gpg');
  if (!(await gpg('--with-colons', '--fingerprint')).includes(`:${CLOUDWATCH_KEY}:`)) {
    throw new Error('The key of the CloudWatch agent is not the one that AWS documents');
  }
  await gpg('--verify', '/tmp/amazon-cloudwatch-agent.deb.sig', '/tmp/amazon-cloudwatch-agent.deb');
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
  const text = Buffer.from(await machine.patiently(url, () => machine.download(url))).toString();
  const lines = text.split('\n').filter((line) => /^[0-9a-f]{64}\b/.test(line));
  const line = lines.length === 1 ? lines[0] : lines.find((candidate) => candidate.includes(file));
  const sum = line?.slice(0, 64);
  if (sum === undefined) throw new Error(`${url} has no SHA-256 of ${file}`);
  return sum;
}

/** What is on the machine, by version, for the manifest of an image. */
export async function softwareVersions(machine: Machine): Promise<Record<string, string>> {
  const commands: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
    ['buildkite-agent', 'buildkite-agent', '--version'],
    ['docker', 'docker', '--version'],
    ['docker compose', 'docker', 'compose', 'version'],
    ['docker buildx', 'docker', 'buildx', 'version'],
    ['git', 'git', '--version'],
    ['git-lfs', 'git-lfs', 'version'],
    ['jq', 'jq', '--version'],
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
  const versions: Record<string, string> = {};
  for (const [name, command, ...args] of commands) {
    const { status, stdout } = await machine.run(command, args);
    if (status === 0)
      versions[name] = /"version":\s*"([^"]*)"/.exec(stdout)?.[1] ?? stdout.trim().split('\n')[0] ?? '';
  }
  return versions;
}

/** What `softwareVersions` has to find on a machine that is whole. */
export const EXPECTED = [
  'buildkite-agent',
  'docker',
  'docker compose',
  'docker buildx',
  'git',
  'git-lfs',
  'jq',
  'aws',
  'docker-credential-ecr-login',
  'node',
  'amazon-cloudwatch-agent',
];
