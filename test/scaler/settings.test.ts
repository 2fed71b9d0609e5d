import { expect } from 'chai';
import { settingsOf } from '../../src/scaler/settings.ts';

const ENVIRONMENT = {
  STACK_NAME: 'ci',
  ASG_NAME: 'agents',
  BUILDKITE_QUEUE: 'default',
  BUILDKITE_AGENT_ENDPOINT: 'https://agent.example/v3',
  BUILDKITE_AGENT_TOKEN_SSM_KEY: '/token',
  AGENTS_PER_INSTANCE: '4',
  INSTANCE_BUFFER: '2',
  SCALE_OUT_FACTOR: '1.5',
  INCLUDE_WAITING: 'true',
  DISABLE_SCALE_IN: 'true',
  SCALE_OUT_COOLDOWN_PERIOD: '30',
  SCALE_IN_COOLDOWN_PERIOD: '300',
  LAUNCH_TEMPLATE_VERSION: '7',
  SCHEDULE_PERIOD: '1 minute',
  MIN_POLL_INTERVAL: '10s',
  ON_DEMAND_PERCENTAGE: '25',
  SPOT_FALLBACK_MINUTES: '15',
  PREDICTIVE_SCALING_MAX_IDLE_HOURS: '12',
};
const settings = (environment: object = {}) => settingsOf({ ...ENVIRONMENT, ...environment });

describe("the function's settings", () => {
  it('are read from its environment', () => {
    expect(settings()).to.eql({
      stackName: 'ci',
      queue: 'default',
      groupName: 'agents',
      endpoint: 'https://agent.example/v3',
      tokenPath: '/token',
      launchTemplateVersion: '7',
      apartMostMs: 90_000,
      minPollMs: 10_000,
      forecastIdleHours: 12,
      agentsPerInstance: 4,
      instanceBuffer: 2,
      scaleOutFactor: 1.5,
      scaleOutForWaitingJobs: true,
      disableScaleIn: true,
      scaleOutCooldownSeconds: 30,
      scaleInCooldownSeconds: 300,
      onDemandPercentage: 25,
      spotFallbackMinutes: 15,
    });
    expect(settings({ INCLUDE_WAITING: 'false', DISABLE_SCALE_IN: 'false' })).to.include({
      scaleOutForWaitingJobs: false,
      disableScaleIn: false,
    });
  });

  for (const name of Object.keys(ENVIRONMENT))
    it(`need ${name}`, () => {
      expect(() => settings({ [name]: undefined })).to.throw(`The environment variable ${name} is missing`);
      expect(() => settings({ [name]: '' })).to.throw(`The environment variable ${name} is missing`);
    });

  for (const value of ['x', '-1', 'Infinity', '1s'])
    it(`take no number ${value}`, () => {
      expect(() => settings({ INSTANCE_BUFFER: value })).to.throw('INSTANCE_BUFFER is no number');
    });
  it('take the number 0', () => {
    expect(settings({ INSTANCE_BUFFER: '0' }).instanceBuffer).to.equal(0);
  });

  it('have an address without slashes at its end', () => {
    expect(settings({ BUILDKITE_AGENT_ENDPOINT: 'https://a/v3//' }).endpoint).to.equal('https://a/v3');
  });

  for (const [text, ms] of [
    ['1m', 60_000],
    ['1m30s', 90_000],
    ['15s', 15_000],
    ['12m05s', 725_000],
  ] as const)
    it(`read ${text} as a time`, () => {
      expect(settings({ MIN_POLL_INTERVAL: text }).minPollMs).to.equal(ms);
    });
  it('know how often the function is started', () => {
    expect(settings({ SCHEDULE_PERIOD: '12 minutes' }).apartMostMs).to.equal(750_000);
    for (const period of ['1', 'minute', 'x1 minute', '1 minutes ago', '1 hour'])
      expect(() => settings({ SCHEDULE_PERIOD: period })).to.throw(
        `SCHEDULE_PERIOD is ${period}, not a time such as 1 minute`,
      );
  });
  for (const text of ['10', '0s', 'm', 's', '10sx', 'x10s', '1.5s', '10s1m'])
    it(`take no time ${text}`, () => {
      expect(() => settings({ MIN_POLL_INTERVAL: text })).to.throw(
        `MIN_POLL_INTERVAL is ${text}, which is no time such as 10s`,
      );
    });
});
