import { setTimeout as sleep } from 'node:timers/promises';
import { defaultProvider } from '@aws-sdk/credential-provider-node';

type Credentials = Awaited<ReturnType<ReturnType<typeof defaultProvider>>>;

/** What all SDK clients of an instance's programs share. */
export interface ClientSettings {
  readonly region: string;
  readonly credentials: () => Promise<Credentials>;
  readonly maxAttempts: number;
  /** In milliseconds. */
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
}

/** Every request ends in time, and is made again; without limits, one that hangs would hold a boot or a job for ever. */
export function clientSettings(region: string, maxAttempts = 5): ClientSettings {
  return {
    region,
    credentials: instanceCredentials,
    maxAttempts,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  };
}

/** How the metadata service is asked for credentials. */
export interface Patience {
  readonly attempts: number;
  /** For each answer. */
  readonly timeoutSeconds: number;
}

const PATIENCE: Patience = { attempts: 6, timeoutSeconds: 5 };

/**
 * Reads the variables by which the AWS CLI is told the same.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html
 */
export function patienceOf(environment: NodeJS.ProcessEnv): Patience {
  const number = (name: string, otherwise: number) => {
    const value = Number(environment[name]);
    return Number.isInteger(value) && value > 0 ? value : otherwise;
  };
  return {
    attempts: number('AWS_METADATA_SERVICE_NUM_ATTEMPTS', PATIENCE.attempts),
    timeoutSeconds: number('AWS_METADATA_SERVICE_TIMEOUT', PATIENCE.timeoutSeconds),
  };
}

/** Before they expire, so that none expires on its way. As in the SDK. */
const EARLY_MS = 300_000;

/** Good until shortly before they expire, for all clients of a program. */
export const instanceCredentials = keptWhileGood(() =>
  withAttempts(patienceOf(process.env), ({ timeoutSeconds }) =>
    // The SDK turns to IMDSv1 for good after one late token, and instances refuse that.
    defaultProvider({ timeout: timeoutSeconds * 1000, maxRetries: 0, ec2MetadataV1Disabled: true })(),
  ),
);

/** Gets credentials once for all who ask, and anew when they are about to expire. Failures are not kept. */
export function keptWhileGood(
  get: () => Promise<Credentials>,
  now: () => number = Date.now,
): () => Promise<Credentials> {
  let current: Promise<Credentials> | undefined;
  return async () => {
    const asked = current;
    const kept = await asked?.catch(() => undefined);
    if (kept !== undefined && (kept.expiration?.getTime() ?? Infinity) - now() > EARLY_MS) return kept;
    // Another may have asked meanwhile.
    if (current === asked || current === undefined) current = get();
    return current;
  };
}

/**
 * The SDK asks the metadata service once, for a second. That service answers late or with 503 while an instance boots, and
 * throttles when many ask at once. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 * @throws Error of the last attempt
 */
export async function withAttempts<Result>(
  patience: Patience,
  attempt: (patience: Patience) => Promise<Result>,
  pause: (seconds: number) => Promise<unknown> = (seconds) => sleep(seconds * 1000),
): Promise<Result> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt(patience);
    } catch (error) {
      if (tried >= patience.attempts) throw error;
      await pause(Math.min(0.25 * 2 ** (tried - 1), 4));
    }
  }
}
