import type { ScalingSettings } from './sizing/observation.ts';
import type { SpotFallbackSettings } from './spot/fallback.ts';

/** What the template tells the function in its environment. */
export interface Settings extends ScalingSettings, SpotFallbackSettings {
  readonly stackName: string;
  readonly queue: string;
  readonly groupName: string;
  /** Address of the Agent API, without a slash at its end. */
  readonly endpoint: string;
  /** Name of the SSM parameter of the agent token. */
  readonly tokenPath: string;
  /** The version of the launch template that AgentsPerInstance belongs to. */
  readonly launchTemplateVersion: string;
  /** Between two looks at least, in milliseconds. */
  readonly minPollMs: number;
  /** Instance-hours a day that instances may be up for expected jobs alone; 0 where nothing is forecast. */
  readonly forecastIdleHours: number;
}

/** @throws Error that names the variable which is missing or wrong */
export function settingsOf(environment: NodeJS.ProcessEnv): Settings {
  const text = (name: string) => {
    const value = environment[name] ?? '';
    if (value === '') throw new Error(`The environment variable ${name} is missing`);
    return value;
  };
  const number = (name: string) => {
    const value = Number(text(name));
    if (!Number.isFinite(value) || value < 0)
      throw new Error(`The environment variable ${name} is no number`);
    return value;
  };
  return {
    stackName: text('STACK_NAME'),
    queue: text('BUILDKITE_QUEUE'),
    groupName: text('ASG_NAME'),
    endpoint: text('BUILDKITE_AGENT_ENDPOINT').replace(/\/+$/, ''),
    tokenPath: text('BUILDKITE_AGENT_TOKEN_SSM_KEY'),
    launchTemplateVersion: text('LAUNCH_TEMPLATE_VERSION'),
    minPollMs: milliseconds(text('MIN_POLL_INTERVAL')),
    forecastIdleHours: number('PREDICTIVE_SCALING_MAX_IDLE_HOURS'),
    agentsPerInstance: number('AGENTS_PER_INSTANCE'),
    instanceBuffer: number('INSTANCE_BUFFER'),
    scaleOutFactor: number('SCALE_OUT_FACTOR'),
    scaleOutForWaitingJobs: text('INCLUDE_WAITING') === 'true',
    disableScaleIn: text('DISABLE_SCALE_IN') === 'true',
    scaleOutCooldownSeconds: number('SCALE_OUT_COOLDOWN_PERIOD'),
    scaleInCooldownSeconds: number('SCALE_IN_COOLDOWN_PERIOD'),
    apartMostMs: schedulePeriod(text('SCHEDULE_PERIOD')) + LATE_MS,
    onDemandPercentage: number('ON_DEMAND_PERCENTAGE'),
    spotFallbackMinutes: number('SPOT_FALLBACK_MINUTES'),
  };
}

/** The first look of an invocation may be so late. */
const LATE_MS = 30_000;

/** `1 minute` or `5 minutes`, in milliseconds. @throws Error for anything else */
function schedulePeriod(text: string): number {
  const [, minutes] = /^(\d+) minutes?$/.exec(text) ?? [];
  if (minutes === undefined) throw new Error(`SCHEDULE_PERIOD is ${text}, not a time such as 1 minute`);
  return Number(minutes) * 60_000;
}

/** `10s`, `1m` or `1m30s`. @throws Error for anything else */
function milliseconds(text: string): number {
  const [, minutes = '0', seconds = '0'] = /^(?=\d)(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? [];
  const total = (Number(minutes) * 60 + Number(seconds)) * 1000;
  if (total === 0) throw new Error(`MIN_POLL_INTERVAL is ${text}, which is no time such as 10s`);
  return total;
}
