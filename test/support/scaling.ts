import type { ScalingSettings } from '../../src/scaler/sizing/observation.ts';
import { type Settings, settingsOf } from '../../src/scaler/settings.ts';

/** One agent an instance, and nothing that a stack has to ask for. */
export const PLAIN_SCALING: ScalingSettings = {
  agentsPerInstance: 1,
  instanceBuffer: 0,
  scaleOutFactor: 1,
  scaleOutForWaitingJobs: false,
  disableScaleIn: true,
  scaleOutCooldownSeconds: 0,
  scaleInCooldownSeconds: 0,
  apartMostMs: 90_000,
};

const ENVIRONMENT = {
  STACK_NAME: 'ci',
  ASG_NAME: 'agents',
  BUILDKITE_QUEUE: 'q',
  BUILDKITE_AGENT_ENDPOINT: 'http://x',
  BUILDKITE_AGENT_TOKEN_SSM_KEY: '/token',
  AGENTS_PER_INSTANCE: '1',
  LAUNCH_TEMPLATE_VERSION: '1',
  INSTANCE_BUFFER: '0',
  SCALE_OUT_FACTOR: '1.0',
  INCLUDE_WAITING: 'false',
  DISABLE_SCALE_IN: 'true',
  SCALE_OUT_COOLDOWN_PERIOD: '0',
  SCALE_IN_COOLDOWN_PERIOD: '300',
  SCHEDULE_PERIOD: '1 minute',
  MIN_POLL_INTERVAL: '10s',
  ON_DEMAND_PERCENTAGE: '100',
  SPOT_FALLBACK_MINUTES: '0',
  PREDICTIVE_SCALING_MAX_IDLE_HOURS: '0',
};

/** What the function reads from its environment, with some of it as a test wants it. */
export function scalerSettings(environment: Partial<typeof ENVIRONMENT> = {}): Settings {
  return settingsOf({ ...ENVIRONMENT, ...environment });
}
