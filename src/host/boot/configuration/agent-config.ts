import type { Settings } from '../../program/settings.ts';
import { BUILDS, GIT_MIRRORS, HOOKS, PLUGINS, SIGNING_KEYS, VERIFICATION_KEYS } from '../../program/paths.ts';

export interface AgentFacts {
  readonly instanceId: string;
  /** Not for any log. */
  readonly token: string;
  readonly dockerVersion: string;
}

/**
 * The agent's configuration file. https://buildkite.com/docs/agent/self-hosted/configure
 * The instance's id is a tag, by which bk-stack and its scaler know whose agent it is.
 */
export function agentConfig(settings: Settings, { instanceId, token, dockerVersion }: AgentFacts): string {
  const stackName = settings.required('BK_STACK_NAME');
  const tags = [
    `queue=${settings.required('BUILDKITE_QUEUE')}`,
    `docker=${dockerVersion}`,
    `stack=${stackName}`,
    `buildkite-aws-stack=${settings.text('BK_STACK_VERSION')}`,
    `aws:instance-id=${instanceId}`,
    ...settings
      .text('BUILDKITE_AGENT_TAGS')
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  ];
  const timestamps = settings.flag('BUILDKITE_AGENT_TIMESTAMP_LINES');
  const mirrors = settings.flag('BUILDKITE_AGENT_ENABLE_GIT_MIRRORS');
  const entries: readonly (readonly [string, string | undefined])[] = [
    ['name', `${stackName}-${instanceId}-%spawn`],
    ['token', token],
    ['tags', tags.join(',')],
    ['endpoint', settings.required('BUILDKITE_AGENT_ENDPOINT')],
    ['tags-from-ec2-meta-data', 'true'],
    ['hooks-path', HOOKS],
    ['build-path', BUILDS],
    ['plugins-path', PLUGINS],
    ['git-mirrors-path', mirrors ? GIT_MIRRORS : undefined],
    ['spawn', settings.required('BUILDKITE_AGENTS_PER_INSTANCE')],
    // Buildkite gives a job to an instance that has none before two share one.
    ['spawn-with-priority', 'true'],
    ['no-color', 'true'],
    ['timestamp-lines', String(timestamps)],
    ['no-ansi-timestamps', String(timestamps)],
    ['experiment', settings.text('BUILDKITE_AGENT_EXPERIMENTS')],
    ['disconnect-after-idle-timeout', settings.required('BUILDKITE_SCALE_IN_IDLE_PERIOD')],
    ['disconnect-after-job', String(settings.flag('BUILDKITE_TERMINATE_INSTANCE_AFTER_JOB'))],
    ['disconnect-after-uptime', zeroAsNone(settings.text('BUILDKITE_AGENT_DISCONNECT_AFTER_UPTIME'))],
    ['tracing-backend', settings.text('BUILDKITE_AGENT_TRACING_BACKEND')],
    ['cancel-grace-period', settings.text('BUILDKITE_AGENT_CANCEL_GRACE_PERIOD')],
    ['signal-grace-period-seconds', settings.text('BUILDKITE_AGENT_SIGNAL_GRACE_PERIOD')],
    ...signing(settings),
  ];
  return entries
    .flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`${name}="${value}"\n`]))
    .join('');
}

/** https://buildkite.com/docs/agent/self-hosted/security/signed-pipelines */
function signing(settings: Settings): [name: string, value: string | undefined][] {
  const kms = settings.text('BUILDKITE_SIGNING_KMS_KEY');
  const verifies = settings.text('BUILDKITE_VERIFICATION_JWKS_PATH') !== '';
  return [
    ['signing-aws-kms-key', kms],
    ['signing-jwks-file', settings.text('BUILDKITE_SIGNING_JWKS_PATH') === '' ? undefined : SIGNING_KEYS],
    ['signing-jwks-key-id', settings.text('BUILDKITE_SIGNING_JWKS_KEY_ID')],
    ['verification-jwks-file', verifies ? VERIFICATION_KEYS : undefined],
    [
      'verification-failure-behavior',
      verifies || kms !== '' ? settings.text('BUILDKITE_VERIFICATION_FAILURE_BEHAVIOR') : undefined,
    ],
  ];
}

function zeroAsNone(value: string): string {
  return value === '0' ? '' : value;
}
