import { expect } from 'chai';
import { agentConfig } from '../../../../src/host/boot/configuration/agent-config.ts';
import { Settings } from '../../../../src/host/program/settings.ts';

const SETTINGS = {
  BK_STACK_NAME: 'ci',
  BK_STACK_VERSION: '1.2.3',
  BUILDKITE_QUEUE: 'deploy',
  BUILDKITE_AGENT_ENDPOINT: 'https://agent.buildkite.com/v3',
  BUILDKITE_AGENTS_PER_INSTANCE: '4',
  BUILDKITE_SCALE_IN_IDLE_PERIOD: '600',
};
const FACTS = { instanceId: 'i-1', token: 'bkct_x', dockerVersion: '27.1' };
const config = (settings: Record<string, string> = {}) =>
  agentConfig(new Settings({ ...SETTINGS, ...settings }), FACTS);
/** The lines that settings add or change. */
const added = (settings: Record<string, string>) => {
  const before = new Set(config().split('\n'));
  return config(settings)
    .split('\n')
    .filter((line) => !before.has(line));
};

describe('the configuration of the agent', () => {
  it('has what every agent has, and no line for what is not asked for', () => {
    expect(config()).to.equal(
      `name="ci-i-1-%spawn"
token="bkct_x"
tags="queue=deploy,docker=27.1,stack=ci,buildkite-aws-stack=1.2.3,aws:instance-id=i-1"
endpoint="https://agent.buildkite.com/v3"
tags-from-ec2-meta-data="true"
hooks-path="/etc/buildkite-agent/hooks"
build-path="/var/lib/buildkite-agent/builds"
plugins-path="/var/lib/buildkite-agent/plugins"
spawn="4"
spawn-with-priority="true"
no-color="true"
timestamp-lines="false"
no-ansi-timestamps="false"
disconnect-after-idle-timeout="600"
disconnect-after-job="false"
`,
    );
  });

  for (const [settings, lines] of [
    [
      { BUILDKITE_AGENT_ENABLE_GIT_MIRRORS: 'true' },
      ['git-mirrors-path="/var/lib/buildkite-agent/git-mirrors"'],
    ],
    [{ BUILDKITE_AGENT_ENABLE_GIT_MIRRORS: 'false' }, []],
    [{ BUILDKITE_AGENT_TIMESTAMP_LINES: 'true' }, ['timestamp-lines="true"', 'no-ansi-timestamps="true"']],
    [{ BUILDKITE_TERMINATE_INSTANCE_AFTER_JOB: 'true' }, ['disconnect-after-job="true"']],
    [{ BUILDKITE_AGENT_EXPERIMENTS: 'a,b' }, ['experiment="a,b"']],
    [{ BUILDKITE_AGENT_DISCONNECT_AFTER_UPTIME: '3600' }, ['disconnect-after-uptime="3600"']],
    [{ BUILDKITE_AGENT_DISCONNECT_AFTER_UPTIME: '0' }, []],
    [{ BUILDKITE_AGENT_TRACING_BACKEND: 'opentelemetry' }, ['tracing-backend="opentelemetry"']],
    [{ BUILDKITE_AGENT_CANCEL_GRACE_PERIOD: '60' }, ['cancel-grace-period="60"']],
    [{ BUILDKITE_AGENT_SIGNAL_GRACE_PERIOD: '-1' }, ['signal-grace-period-seconds="-1"']],
    [{ BUILDKITE_SIGNING_JWKS_KEY_ID: 'k' }, ['signing-jwks-key-id="k"']],
    [
      { BUILDKITE_SIGNING_JWKS_PATH: '/ssm/sign' },
      ['signing-jwks-file="/etc/buildkite-agent/signing-keys.json"'],
    ],
    [
      { BUILDKITE_VERIFICATION_JWKS_PATH: '/ssm/v', BUILDKITE_VERIFICATION_FAILURE_BEHAVIOR: 'block' },
      [
        'verification-jwks-file="/etc/buildkite-agent/verification-keys.json"',
        'verification-failure-behavior="block"',
      ],
    ],
    [
      { BUILDKITE_SIGNING_KMS_KEY: 'alias/k', BUILDKITE_VERIFICATION_FAILURE_BEHAVIOR: 'warn' },
      ['signing-aws-kms-key="alias/k"', 'verification-failure-behavior="warn"'],
    ],
    [{ BUILDKITE_VERIFICATION_FAILURE_BEHAVIOR: 'warn' }, []],
  ] as const) {
    it(`has ${lines.join(' and ') || 'nothing more'} for ${JSON.stringify(settings)}`, () => {
      expect(added(settings)).to.eql(lines);
    });
  }

  it('has tags of one’s own after the stack’s, without spaces and empty ones', () => {
    expect(added({ BUILDKITE_AGENT_TAGS: ' os=linux, ,team=ci ,' })).to.eql([
      'tags="queue=deploy,docker=27.1,stack=ci,buildkite-aws-stack=1.2.3,aws:instance-id=i-1,os=linux,team=ci"',
    ]);
  });

  for (const name of Object.keys(SETTINGS).filter((each) => each !== 'BK_STACK_VERSION')) {
    it(`is not made without ${name}`, () => {
      expect(() => config({ [name]: '' })).to.throw(`lacks ${name}`);
    });
  }
});
