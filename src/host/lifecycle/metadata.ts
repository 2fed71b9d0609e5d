/** Where the metadata service answers, on every instance. */
const ENDPOINT = 'http://169.254.169.254';
const TOKEN_SECONDS = 21_600;

/**
 * The instance metadata service, by IMDSv2. The endpoint may have a path; AWS_EC2_METADATA_SERVICE_ENDPOINT names another.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export class Metadata {
  readonly #base: string;
  #token: string | undefined;

  constructor(endpoint = process.env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? ENDPOINT) {
    this.#base = `${endpoint.replace(/\/+$/, '')}/latest`;
  }

  /** @returns undefined for what the instance does not have. @throws Error when the service does not answer */
  async get(path: string): Promise<string | undefined> {
    for (let attempt = 1; ; attempt++) {
      this.#token ??= await this.#newToken();
      const response = await fetch(`${this.#base}/${path}`, {
        headers: { 'x-aws-ec2-metadata-token': this.#token },
        signal: AbortSignal.timeout(5_000),
      });
      const text = await response.text();
      if (response.ok) return text;
      if (response.status === 404) return undefined;
      // Tokens run out; a new one is asked for once.
      this.#token = undefined;
      if (attempt === 2) throw new Error(`The metadata service answers ${path} with ${response.status}`);
    }
  }

  async required(path: string): Promise<string> {
    const value = await this.get(path);
    if (value === undefined) throw new Error(`The metadata service has no ${path}`);
    return value;
  }

  async #newToken(): Promise<string> {
    const response = await fetch(`${this.#base}/api/token`, {
      method: 'PUT',
      headers: { 'x-aws-ec2-metadata-token-ttl-seconds': String(TOKEN_SECONDS) },
      signal: AbortSignal.timeout(5_000),
    });
    if (!response.ok) throw new Error(`The metadata service gives no token: ${response.status}`);
    return response.text();
  }
}

/** What AWS says of an instance's end. */
export interface Notices {
  /** Where the group takes the instance: `InService`, `Terminated`; undefined outside a group. */
  readonly targetState: string | undefined;
  /** When EC2 takes a spot instance back, in milliseconds since 1970. */
  readonly interruptionAt: number | undefined;
  /** Whether EC2 warns that it may soon do so. */
  readonly rebalance: boolean;
}

/**
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/retrieving-target-lifecycle-state-through-imds.html and
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
 */
export async function readNotices(metadata: Pick<Metadata, 'get'>): Promise<Notices> {
  const [targetState, action, rebalance] = await Promise.all([
    metadata.get('meta-data/autoscaling/target-lifecycle-state'),
    metadata.get('meta-data/spot/instance-action'),
    metadata.get('meta-data/events/recommendations/rebalance'),
  ]);
  const time = action === undefined ? undefined : Date.parse((JSON.parse(action) as { time: string }).time);
  return { targetState: targetState?.trim(), interruptionAt: time, rebalance: rebalance !== undefined };
}
