import { basename, dirname } from 'node:path';
import {
  AGENT_BINARY,
  AGENT_CONFIG,
  AGENT_ENVIRONMENT,
  AGENT_HOME,
  AGENT_USER,
  AS_AGENT,
  BOOT_STATE,
  BUILDS,
  GIT_CREDENTIAL,
  GIT_MIRRORS,
  HOOK_SOCKET,
  HOOKS_UNIT,
  HOOKS,
  HOST_PROGRAM,
  JOB_PROGRAM,
  LOGS,
  NODE,
  PLUGINS,
  PRESETS,
  WAKE_UNIT,
} from '../../program/paths.ts';

/** A file of an instance that is the same on every one. */
export interface StaticFile {
  readonly path: string;
  readonly mode: number;
  readonly text: string;
}

const HOST = `${NODE} ${HOST_PROGRAM}`;
/** Few jobs come at once, and memory is theirs. */
const SERVE_FLAGS = '--max-semi-space-size=2';
const JOB = `${NODE} ${JOB_PROGRAM}`;

const AS_AGENT_PROGRAM = `#!/bin/bash -p
# as-agent COMMAND...: runs a command in the environment that systemd gave the agent, which the stack's owner alone sets.
# What a pipeline sets (NODE_OPTIONS, AWS_PROFILE, LD_LIBRARY_PATH, PATH) changes nothing here; the command finds it on
# descriptor 3, as "env -0" prints it. With -p, bash takes no BASH_ENV, functions or options from its environment.
exec 3< <(/usr/bin/env -0)
agent=\${BUILDKITE_AGENT_PID:-}
while IFS= read -r name; do
  export -n "\${name?}"
done < <(compgen -e)
export HOME=${AGENT_HOME} PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# A job may leave files in the agent's home, and these would say who the next job's hook is to AWS.
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
if [[ $agent =~ ^[0-9]+$ && -r /proc/$agent/environ ]]; then
  while IFS= read -r -d '' setting; do
    export "\${setting?}"
  done <"/proc/$agent/environ" 2>/dev/null
fi
unset -v NODE_OPTIONS NODE_PATH
export BK_STACK_JOB_ENVIRONMENT=3
exec "$@"
`;

/** Neither a job's curl settings nor its proxies count. A hook that gets no answer does the work by itself. */
const CURL = `/usr/bin/curl --disable --silent --fail --noproxy '*' --max-time 120 --header Expect: --unix-socket ${HOOK_SOCKET}`;

const ASK = `# Asks the program that serves hooks (bk-stack-hooks.service), which gets this job's variables and answers with shell text.
bk_stack_ask() {
  /usr/bin/env -0 | ${CURL} --data-binary @- "http://hooks/$1?process=$PPID"
}`;

const ENVIRONMENT_HOOK = `#!/bin/bash -p
# Sets up each job. Sourced by the agent, so that what is exported here reaches the job. With -p, bash takes no BASH_ENV,
# functions or options from a pipeline's variables.
bk_stack_failed() {
  echo "^^^ +++"
  echo "🚨 $1 cannot be used: this job cannot run with half of its environment." >&2
  echo "What is wrong with secrets is told by: bk-stack secrets lint" >&2
  exit 53
}

# Jobs inherit the agent's protection when memory runs out, and are what shall go first.
echo 0 >"/proc/$PPID/oom_score_adj" 2>/dev/null || true

${ASK}
if ! bk_stack_script=$(bk_stack_ask environment) && ! bk_stack_script=$(${AS_AGENT} ${JOB} environment "$PPID"); then
  bk_stack_failed "The environment of this job"
fi
bk_stack_known_secrets=""
eval "$bk_stack_script"
unset bk_stack_script

if bk_stack_script=$(BK_STACK_KNOWN_SECRETS=$bk_stack_known_secrets bk_stack_ask prepare); then
  eval "$bk_stack_script"
elif ! BK_STACK_KNOWN_SECRETS=$bk_stack_known_secrets ${AS_AGENT} ${JOB} prepare; then
  bk_stack_failed "This instance"
fi
unset bk_stack_known_secrets bk_stack_script
unset -f bk_stack_ask

# Containers leave files of root in a checkout.
if [[ -n $(/usr/bin/find "\${BUILDKITE_BUILD_CHECKOUT_PATH:-/nonexistent}" ! -user "$EUID" -print -quit 2>/dev/null) ]]; then
  ${AS_AGENT} sudo --non-interactive ${JOB} repair-permissions "\${BUILDKITE_BUILD_CHECKOUT_PATH:-}" || true
fi
`;

const PRE_EXIT_HOOK = `#!/bin/bash -p
${ASK}
if bk_stack_script=$(bk_stack_ask pre-exit); then
  eval "$bk_stack_script"
else
  ${AS_AGENT} ${JOB} pre-exit || true
fi
unset bk_stack_script
unset -f bk_stack_ask
`;

const GIT_CREDENTIAL_PROGRAM = `#!/bin/bash -p
# git-credential PIPELINE ACTION: answers git, which asks on standard input, from the secrets bucket.
[[ $2 == get ]] || exit 0
question=$(</dev/stdin)
if answer=$(printf '%s\\n' "$question" |
  ${CURL} --data-binary @- "http://hooks/git-credential?pipeline=$1"); then
  printf '%s\\n' "$answer"
else
  printf '%s\\n' "$question" | ${AS_AGENT} ${JOB} git-credential "$@"
fi
`;

const AGENT_UNIT = `[Unit]
Description=Buildkite Agent
Documentation=https://buildkite.com/docs/agent
Wants=network-online.target
After=network-online.target docker.service bk-stack-lifecycle.service
# Started by bk-stack when everything else stands; an agent that comes early takes jobs that fail.
ConditionPathExists=${AGENT_CONFIG}
# An agent that cannot stay up ends the instance, which would cost money and count as capacity.
StartLimitIntervalSec=600
StartLimitBurst=5
OnFailure=bk-stack-unhealthy.service

[Service]
Type=simple
User=${AGENT_USER}
Environment=HOME=/var/lib/buildkite-agent USER=${AGENT_USER}
EnvironmentFile=-${AGENT_ENVIRONMENT}
ExecStart=${AGENT_BINARY} start --config ${AGENT_CONFIG}
# As root, which may end the instance; jobs may not. By a shell, as the log of the unit is the agent's own.
ExecStopPost=+/bin/sh -c 'exec ${HOST} agent-ended >>${LOGS}/lifecycle.log 2>&1'
RestartSec=5
Restart=on-failure
RestartForceExitStatus=SIGPIPE
# SIGTERM lets jobs finish, however long they take.
KillSignal=SIGTERM
KillMode=process
TimeoutStartSec=10
TimeoutStopSec=infinity
# The agent is the last to go when memory runs out. Its jobs inherit this, and the environment hook takes it back.
OOMScoreAdjust=-999
TasksMax=infinity
LimitNOFILE=1048576
StandardOutput=append:${LOGS}/agent.log
StandardError=append:${LOGS}/agent.log

[Install]
WantedBy=multi-user.target
`;

/**
 * As the agent's user and in the agent's environment, as what it does is for jobs. Jobs could end it, and are served without
 * it then. ssh-agents of running jobs outlive it.
 */
const HOOKS_SERVICE = `[Unit]
Description=Serves the hooks of jobs
Before=buildkite-agent.service
StartLimitIntervalSec=0

[Service]
Type=simple
User=${AGENT_USER}
Environment=HOME=${AGENT_HOME} USER=${AGENT_USER} AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
EnvironmentFile=-${AGENT_ENVIRONMENT}
UnsetEnvironment=NODE_OPTIONS NODE_PATH
RuntimeDirectory=${basename(dirname(HOOK_SOCKET))}
RuntimeDirectoryMode=0700
UMask=0077
LimitCORE=0
ExecStart=${NODE} ${SERVE_FLAGS} ${JOB_PROGRAM} serve ${HOOK_SOCKET}
Restart=always
RestartSec=1
KillMode=process
StandardOutput=append:${LOGS}/lifecycle.log
StandardError=append:${LOGS}/lifecycle.log

[Install]
WantedBy=multi-user.target
`;

const LIFECYCLE_UNIT = `[Unit]
Description=Lets jobs finish before this instance ends
Wants=network-online.target
After=network-online.target

[Service]
Type=simple
ExecStart=${HOST} watch
Restart=always
RestartSec=5
StandardOutput=append:${LOGS}/lifecycle.log
StandardError=append:${LOGS}/lifecycle.log

[Install]
WantedBy=multi-user.target
`;

/** Enabled on instances of the warm pool only: user data is run at the first boot, and not at a later start. */
const WAKE_SERVICE = `[Unit]
Description=Brings an instance up that is started from the warm pool
Wants=network-online.target
After=network-online.target docker.service
# Not at the first boot, which is the user data's.
ConditionPathExists=${BOOT_STATE}
OnFailure=poweroff.target

[Service]
Type=simple
ExecStart=${HOST} bootstrap

[Install]
WantedBy=multi-user.target
`;

const UNHEALTHY_UNIT = `[Unit]
Description=Has the group replace this instance, as its agent does not stay up

[Service]
Type=oneshot
ExecStart=${HOST} unhealthy
StandardOutput=append:${LOGS}/lifecycle.log
StandardError=append:${LOGS}/lifecycle.log
`;

const AUTHORIZED_USERS_UNIT = `[Unit]
Description=Reads anew who may use SSH
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=${HOST} authorized-users
StandardOutput=append:${LOGS}/lifecycle.log
StandardError=append:${LOGS}/lifecycle.log
`;

const AUTHORIZED_USERS_TIMER = `[Unit]
Description=Reads anew who may use SSH, every half hour

[Timer]
OnActiveSec=30min
OnUnitActiveSec=30min
RandomizedDelaySec=2min

[Install]
WantedBy=timers.target
`;

/** A boot that failed leaves nothing running that could be billed for days. */
const CLOUD_FINAL_DROP_IN = `[Unit]
OnFailure=poweroff.target
`;

const DOCKER_DROP_IN = `[Service]
StandardOutput=append:${LOGS}/docker.log
StandardError=append:${LOGS}/docker.log
`;

const SUDOERS = `# The environment hook may give a checkout back to the agent, and retire a full instance. Nothing else.
${AGENT_USER} ALL=(root) NOPASSWD: ${JOB} repair-permissions *
${AGENT_USER} ALL=(root) NOPASSWD: ${HOST} retire ""
`;

const LOGROTATE = `${LOGS}/*.log {
  daily
  rotate 3
  maxsize 100M
  missingok
  notifempty
  copytruncate
  compress
}
`;

const UNITS: readonly StaticFile[] = [
  { path: '/etc/systemd/system/buildkite-agent.service', mode: 0o644, text: AGENT_UNIT },
  { path: '/etc/systemd/system/bk-stack-lifecycle.service', mode: 0o644, text: LIFECYCLE_UNIT },
  { path: `/etc/systemd/system/${HOOKS_UNIT}`, mode: 0o644, text: HOOKS_SERVICE },
  { path: `/etc/systemd/system/${WAKE_UNIT}`, mode: 0o644, text: WAKE_SERVICE },
  { path: '/etc/systemd/system/bk-stack-unhealthy.service', mode: 0o644, text: UNHEALTHY_UNIT },
  { path: '/etc/systemd/system/bk-stack-authorized-users.service', mode: 0o644, text: AUTHORIZED_USERS_UNIT },
  { path: '/etc/systemd/system/bk-stack-authorized-users.timer', mode: 0o644, text: AUTHORIZED_USERS_TIMER },
];

/**
 * Leaves these units to the boot, which enables them when it is time. At a first boot, and by `systemctl preset-all`, systemd
 * enables every unit that no preset names. https://www.freedesktop.org/software/systemd/man/latest/systemd.preset.html
 */
const UNIT_PRESETS = UNITS.filter(({ text }) => text.includes('[Install]'))
  .map(({ path }) => `disable ${basename(path)}\n`)
  .join('');

/** All of them. Secrets and parameters of a stack are in none, so that an image may carry them. */
export const STATIC_FILES: readonly StaticFile[] = [
  { path: AS_AGENT, mode: 0o755, text: AS_AGENT_PROGRAM },
  { path: GIT_CREDENTIAL, mode: 0o755, text: GIT_CREDENTIAL_PROGRAM },
  { path: `${HOOKS}/environment`, mode: 0o755, text: ENVIRONMENT_HOOK },
  { path: `${HOOKS}/pre-exit`, mode: 0o755, text: PRE_EXIT_HOOK },
  ...UNITS,
  { path: PRESETS, mode: 0o644, text: UNIT_PRESETS },
  {
    path: '/etc/systemd/system/cloud-final.service.d/10-bk-stack.conf',
    mode: 0o644,
    text: CLOUD_FINAL_DROP_IN,
  },
  { path: '/etc/systemd/system/docker.service.d/10-bk-stack.conf', mode: 0o644, text: DOCKER_DROP_IN },
  { path: '/etc/sudoers.d/bk-stack', mode: 0o440, text: SUDOERS },
  { path: '/etc/logrotate.d/bk-stack', mode: 0o644, text: LOGROTATE },
];

/** The builds folder and its like, which belong to the agent. */
export const AGENT_FOLDERS = [BUILDS, PLUGINS, GIT_MIRRORS];
