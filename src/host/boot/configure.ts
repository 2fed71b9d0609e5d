import type { Settings } from '../settings.ts';
import { agentConfig } from './agent-config.ts';
import { cloudWatchConfig } from './cloudwatch-config.ts';
import type { Distribution } from './distribution.ts';
import { dockerConfig } from './docker-config.ts';
import { AGENT_FOLDERS, STATIC_FILES } from './files.ts';
import type { Machine } from './machine.ts';
import { AGENT_CONFIG, AGENT_HOME, AGENT_USER, EPHEMERAL, LOGS } from './places.ts';

const OWNER = `${AGENT_USER}:${AGENT_USER}`;
/** As the official stack has it, so that volumes and caches that outlive an instance keep their owner. */
const UID = '2000';

const CLOUDWATCH_CONFIG = '/etc/bk-stack/cloudwatch.json';
const CLOUDWATCH_CTL = '/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl';

/** The agent's user, folders, hooks and units: the same on every instance, and so part of an image too. */
export async function layOut(machine: Machine): Promise<void> {
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
  for (const folder of AGENT_FOLDERS) await machine.folder(folder, { owner: OWNER });
  for (const { path, mode, text } of STATIC_FILES) await machine.write(path, text, { mode });
  await machine.must('systemctl', ['daemon-reload']);
}

export interface InstanceFacts {
  readonly instanceId: string;
  readonly token: string;
}

/** What this stack and this instance add. The agent's configuration holds the token and is nobody's but the agent's. */
export async function configure(
  machine: Machine,
  settings: Settings,
  distribution: Distribution,
  { instanceId, token }: InstanceFacts,
): Promise<void> {
  const ephemeral = machine.exists(EPHEMERAL);
  await machine.write(
    '/etc/docker/daemon.json',
    dockerConfig(settings, ephemeral ? `${EPHEMERAL}/docker` : undefined),
  );
  await machine.must('systemctl', ['enable', 'docker.service']);
  await machine.must('systemctl', ['restart', 'docker.service']);
  const dockerVersion = await machine.patiently('docker', () =>
    machine.must('docker', ['version', '--format', '{{.Server.Version}}']),
  );
  machine.say(`docker ${dockerVersion} answers`);
  await machine.write(AGENT_CONFIG, agentConfig(settings, { instanceId, token, dockerVersion }), {
    mode: 0o600,
    owner: OWNER,
  });
  await extraSudo(machine, settings.text('BUILDKITE_ADDITIONAL_SUDO_PERMISSIONS'));
  await machine.write(
    CLOUDWATCH_CONFIG,
    cloudWatchConfig(settings.required('BK_STACK_LOG_GROUP_PREFIX'), instanceId, distribution.systemLog),
  );
  await machine.must('systemctl', ['enable', '--now', 'rsyslog.service']);
  await machine.must('systemctl', ['enable', 'amazon-cloudwatch-agent.service']);
  // It checks the file, takes it for its own and starts anew.
  await machine.must(CLOUDWATCH_CTL, [
    '-a',
    'fetch-config',
    '-m',
    'ec2',
    '-s',
    '-c',
    `file:${CLOUDWATCH_CONFIG}`,
  ]);
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
