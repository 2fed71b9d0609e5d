import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '../errors.ts';
import { Clients, type ClientSettings } from './clients.ts';

/** Where a command works: an account's region, its clients, and how fast time goes there. */
export class AwsContext {
  readonly clients: Clients;

  constructor(
    readonly region: string,
    private readonly settings: ClientSettings,
    /** How many times faster than real time the other side runs: 1 for AWS, more in the sandbox. */
    readonly speed = 1,
    /** Where Buildkite's Agent API of this side is; undefined where it is Buildkite's own. */
    readonly agentEndpoint?: string,
    private readonly sideClock: () => Promise<() => number> = () => Promise.resolve(Date.now),
  ) {
    this.clients = new Clients({ ...settings, region });
  }

  inRegion(region: string): AwsContext {
    return new AwsContext(region, this.settings, this.speed, this.agentEndpoint, this.sideClock);
  }

  /** The token that Buildkite's REST API of this side takes: a sandbox's is its secret. Undefined for Buildkite's own. */
  get apiToken(): string | undefined {
    return this.agentEndpoint === undefined ? undefined : this.settings.credentials?.secretAccessKey;
  }

  /** What time it is on the other side, in milliseconds since 1970: a sandbox's clock is ahead of this machine's. */
  clock(): Promise<() => number> {
    return this.sideClock();
  }

  /** Waits for as long as `seconds` take on the other side. Throws when the signal is aborted. */
  async wait(seconds: number, signal?: AbortSignal): Promise<void> {
    await sleep(this.pause(seconds), undefined, signal === undefined ? {} : { signal });
  }

  /** How long to wait, in real milliseconds, for what takes `seconds` on the other side. Never under 100 ms. */
  pause(seconds: number): number {
    return Math.max(100, (seconds * 1000) / this.speed);
  }
}

/** The region by flag, environment or profile. */
export async function resolveRegion(settings: ClientSettings): Promise<string> {
  const stated = settings.region ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'];
  const region = stated || (await regionOfProfile(settings));
  if (!/^[a-z]{2,3}(-[a-z]+)+-\d$/.test(region)) {
    throw new UsageError(`"${region}" is not an AWS region`, {
      hint: 'Regions look like us-east-1 or eu-central-1: pass --region.',
    });
  }
  return region;
}

async function regionOfProfile(settings: ClientSettings): Promise<string> {
  try {
    const client = await new Clients(settings).sts();
    return await client.config.region();
  } catch (cause) {
    throw new UsageError('No AWS region is set', {
      cause,
      hint: 'Pass --region, set AWS_REGION, or give the profile a region in ~/.aws/config.',
    });
  }
}
