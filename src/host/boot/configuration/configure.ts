import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import type { Settings } from '../../program/settings.ts';
import { agentConfig, type AgentFacts } from './agent-config.ts';
import { authorizeUsers } from './authorized-users.ts';
import { cloudWatchConfig } from './cloudwatch-config.ts';
import type { Distribution } from '../machine/distribution.ts';
import { dockerConfig } from './docker-config.ts';
import { AGENT_FOLDERS, type StaticFile } from './files.ts';
import type { Machine } from '../machine/machine.ts';
import {
  AGENT_CONFIG,
  AGENT_ENVIRONMENT,
  AGENT_HOME,
  AGENT_OWNER,
  AGENT_RESTART,
  AGENT_USER,
  EPHEMERAL,
  LOGS,
  SIGNING_KEYS,
  VERIFICATION_KEYS,
} from '../../program/paths.ts';
import { JOBS_SLICE, jobsSlice } from './resource-limits.ts';
import { agentRestartDropIn, enableUnit, withUnitLog } from '../machine/systemd.ts';

/** As the official stack has it, so that volumes and caches that outlive an instance keep their owner. */
const UID = '2000';

const CLOUDWATCH_CONFIG = '/etc/bk-stack/cloudwatch.json';
const CLOUDWATCH_FOLDER = '/opt/aws/amazon-cloudwatch-agent/etc';
const CLOUDWATCH_CTL = '/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl';

/** The agent's user, folders, hooks and units: the same on every instance, and so part of an image too. */
export async function installFiles(machine: Machine, files: readonly StaticFile[]): Promise<void> {
  if (!(await machine.succeeds('id', [AGENT_USER]))) {
    await machine.must('useradd', [
      '--create-home',
      '--home-dir',
      AGENT_HOME,
      '--uid',
      UID,
      '--shell',
      '/bin/bash',
      AGENT_USER,
    ]);
  }
  await machine.must('usermod', ['--append', '--groups', 'docker', AGENT_USER]);
  await machine.folder(LOGS);
  for (const folder of AGENT_FOLDERS) await machine.folder(folder, { owner: AGENT_OWNER });
  for (const { path, mode, text } of files) await machine.write(path, text, { mode });
  const restart = agentRestartDropIn(await machine.must('systemctl', ['--version']));
  if (restart !== undefined) await machine.write(AGENT_RESTART, restart);
  await machine.must('systemctl', ['daemon-reload']);
}

/** Calls that configuring an instance makes to AWS and the network. */
export interface ConfigurationCalls {
  /** IPv4 ranges of the VPC, as 10.0.0.0/16. */
  vpcRanges(): Promise<readonly string[]>;
  /** The value of an SSM parameter, decrypted. Not for any log. */
  parameter(name: string): Promise<string>;
  /** Fetches a text from https, s3 or ssm. */
  fetch(url: string): Promise<string>;
}

/** What this stack and this instance add. */
export async function configure(
  machine: Machine,
  settings: Settings,
  distribution: Distribution,
  { instanceId, ...calls }: ConfigurationCalls & { readonly instanceId: string },
): Promise<void> {
  if (settings.flag('BUILDKITE_RESOURCE_LIMITS')) await limitResources(machine, settings);
  const dockerVersion = await configureDocker(machine, settings, await calls.vpcRanges());
  await configureAgent(machine, settings, calls, { instanceId, dockerVersion });
  await extraSudo(machine, settings.text('BUILDKITE_ADDITIONAL_SUDO_PERMISSIONS'));
  const users = settings.text('BUILDKITE_AUTHORIZED_USERS_URL');
  if (users !== '') {
    await authorizeUsers(machine, distribution, await machine.withRetry(users, () => calls.fetch(users)));
    await enableUnit(machine, 'bk-stack-authorized-users.timer', '--now');
  }
  await configureLogs(machine, settings, distribution, instanceId);
}

async function limitResources(machine: Machine, settings: Settings): Promise<void> {
  await machine.write(`/etc/systemd/system/${JOBS_SLICE}`, jobsSlice(settings, availableParallelism()));
  await machine.write(
    '/etc/systemd/system/buildkite-agent.service.d/20-limits.conf',
    `[Service]\nSlice=${JOBS_SLICE}\n`,
  );
  await machine.must('systemctl', ['daemon-reload']);
}

/** @returns its version, once it answers */
async function configureDocker(
  machine: Machine,
  settings: Settings,
  vpcRanges: readonly string[],
): Promise<string> {
  const path = '/etc/docker/daemon.json';
  const facts = {
    dataRoot: machine.exists(EPHEMERAL) ? `${EPHEMERAL}/docker` : undefined,
    existing: machine.exists(path) ? machine.read(path) : undefined,
    daemonVersion: await machine.must('dockerd', ['--version']),
    vpcRanges,
  };
  await machine.write(path, dockerConfig(settings, facts));
  if (settings.flag('DOCKER_USERNS_REMAP')) await mapUsers(machine);
  await enableUnit(machine, 'docker.service');
  const dockerVersion = await withUnitLog(machine, 'docker.service', async () => {
    await machine.must('systemctl', ['restart', 'docker.service']);
    return machine.withRetry('docker', () =>
      machine.must('docker', ['version', '--format', '{{.Server.Version}}']),
    );
  });
  machine.say(`docker ${dockerVersion} answers`);
  return dockerVersion;
}

/** Root of a container is the agent's user outside of it, and its other users are nobody's. */
async function mapUsers(machine: Machine): Promise<void> {
  for (const [path, option] of [
    ['/etc/subuid', '--user'],
    ['/etc/subgid', '--group'],
  ] as const) {
    const id = await machine.must('id', [option, AGENT_USER]);
    await machine.write(path, `${AGENT_USER}:${id}:1\n${AGENT_USER}:100000:65536\n`);
  }
}

/** The configuration holds the token, and is nobody's but the agent's. */
async function configureAgent(
  machine: Machine,
  settings: Settings,
  { parameter, fetch }: Pick<ConfigurationCalls, 'parameter' | 'fetch'>,
  facts: Omit<AgentFacts, 'token'>,
): Promise<void> {
  const secret = { mode: 0o600, owner: AGENT_OWNER };
  const tokenPath = settings.required('BUILDKITE_AGENT_TOKEN_PATH');
  const token = await machine.withRetry('agent token', () => parameter(tokenPath));
  await machine.write(AGENT_CONFIG, agentConfig(settings, { ...facts, token }), secret);
  for (const [path, name] of [
    [SIGNING_KEYS, settings.text('BUILDKITE_SIGNING_JWKS_PATH')],
    [VERIFICATION_KEYS, settings.text('BUILDKITE_VERIFICATION_JWKS_PATH')],
  ] as const) {
    if (name === '') continue;
    await machine.write(path, await machine.withRetry(name, () => parameter(name)), secret);
  }
  const environment = settings.text('BUILDKITE_AGENT_ENV_FILE_URL');
  if (environment === '') return;
  const text = await machine.withRetry(environment, () => fetch(environment));
  await machine.write(AGENT_ENVIRONMENT, text, { mode: 0o600 });
}

async function configureLogs(
  machine: Machine,
  settings: Settings,
  distribution: Distribution,
  instanceId: string,
): Promise<void> {
  await machine.write(
    CLOUDWATCH_CONFIG,
    cloudWatchConfig(settings.required('BK_STACK_LOG_GROUP_PREFIX'), instanceId, distribution.systemLog),
  );
  for (const unit of ['rsyslog.service', distribution.ssmAgent]) await enableUnit(machine, unit, '--now');
  await enableUnit(machine, 'amazon-cloudwatch-agent.service');
  // It checks the file, takes it for its own or adds it to those of an image, and starts anew.
  await machine.must(CLOUDWATCH_CTL, [
    '-a',
    hasOwnCloudWatchConfig(machine) ? 'append-config' : 'fetch-config',
    '-m',
    'ec2',
    '-s',
    '-c',
    `file:${CLOUDWATCH_CONFIG}`,
  ]);
}

/**
 * Whether the CloudWatch agent is configured by an image or a bootstrap script. It keeps what it has fetched in a folder, each
 * file under the name of its source; `fetch-config` would remove the others.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-common-scenarios.html
 */
function hasOwnCloudWatchConfig(machine: Machine): boolean {
  const folder = `${CLOUDWATCH_FOLDER}/amazon-cloudwatch-agent.d`;
  const fetched = machine.exists(folder) ? machine.list(folder) : [];
  const others = fetched.filter(
    (name) => name !== `file_${basename(CLOUDWATCH_CONFIG)}` && name !== 'default',
  );
  return others.length > 0 || machine.exists(`${CLOUDWATCH_FOLDER}/amazon-cloudwatch-agent.json`);
}

/** A wrong line in sudoers would lock everybody out of sudo, so it is checked before it is put in place. */
async function extraSudo(machine: Machine, commands: string): Promise<void> {
  if (commands === '') return;
  const draft = '/var/lib/bk-stack/sudoers-draft';
  const text = `${AGENT_USER} ALL=(root) NOPASSWD: ${commands}\n`;
  await machine.write(draft, text, { mode: 0o440 });
  await machine.must('visudo', ['--check', '--quiet', '--file', draft]);
  await machine.write('/etc/sudoers.d/bk-stack-additional', text, { mode: 0o440 });
}
