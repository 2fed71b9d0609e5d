/** Where things are on an instance. */
export const HOST_PROGRAM = '/opt/bk-stack/host.mjs';
export const JOB_PROGRAM = '/opt/bk-stack/job/main.mjs';
/** Runs a command in the agent's environment in place of the job's. */
export const AS_AGENT = '/opt/bk-stack/job/as-agent';
/** Answers git. */
export const GIT_CREDENTIAL = '/opt/bk-stack/job/git-credential';
/** Where the hooks are served. */
export const HOOK_SOCKET = '/run/bk-stack/hooks.sock';
/** The Node that user data links there, by a name that no distribution takes away. */
export const NODE = '/opt/bk-stack/node';
export const AGENT_USER = 'buildkite-agent';
/** As chown takes it. */
export const AGENT_OWNER = `${AGENT_USER}:${AGENT_USER}`;
export const AGENT_HOME = '/var/lib/buildkite-agent';
export const BUILDS = `${AGENT_HOME}/builds`;
export const PLUGINS = `${AGENT_HOME}/plugins`;
export const GIT_MIRRORS = `${AGENT_HOME}/git-mirrors`;
export const AGENT_CONFIG = '/etc/buildkite-agent/buildkite-agent.cfg';
/** JSON Web Key Sets, where jobs are signed or verified by them. */
export const SIGNING_KEYS = '/etc/buildkite-agent/signing-keys.json';
export const VERIFICATION_KEYS = '/etc/buildkite-agent/verification-keys.json';
/** What systemd puts into the agent's environment. */
export const AGENT_ENVIRONMENT = '/etc/buildkite-agent/environment';
export const HOOKS = '/etc/buildkite-agent/hooks';
export const AGENT_BINARY = '/usr/bin/buildkite-agent';
export const LOGS = '/var/log/bk-stack';
/** The unit that serves the hooks of jobs. */
export const HOOKS_UNIT = 'bk-stack-hooks.service';
/** Of the units that write to a file instead of the journal. */
export const UNIT_LOGS: Readonly<Record<string, string>> = {
  'buildkite-agent.service': `${LOGS}/agent.log`,
  'bk-stack-authorized-users.service': `${LOGS}/lifecycle.log`,
  [HOOKS_UNIT]: `${LOGS}/lifecycle.log`,
  'bk-stack-lifecycle.service': `${LOGS}/lifecycle.log`,
  'bk-stack-unhealthy.service': `${LOGS}/lifecycle.log`,
  'docker.service': `${LOGS}/docker.log`,
};
/** The unit that takes an instance up again which was stopped in the warm pool. */
export const WAKE_UNIT = 'bk-stack-wake.service';
/** Presets of bk-stack's units and of those that it enables. Files apply in the order of their names; the first wins. */
export const PRESETS = '/etc/systemd/system-preset/00-bk-stack.preset';
/** The drop-in for the agent's automatic restarts. */
export const AGENT_RESTART = '/etc/systemd/system/buildkite-agent.service.d/10-restart.conf';
/** The marker of a boot: absent, or a BootState. */
export const BOOT_STATE = '/var/lib/bk-stack/boot';
/** Instance store, where there is any. */
export const EPHEMERAL = '/mnt/ephemeral';
