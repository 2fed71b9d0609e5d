import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';
import { type RequestWatchers, watchRequests } from './request-log.ts';

/**
 * Without `info`: for the SDK's own silent logger it still makes a copy of every answer without its secrets, which takes as long
 * as reading it.
 */
const SILENT = {
  trace: () => undefined,
  debug: () => undefined,
  warn: () => undefined,
  error: () => undefined,
} as unknown as NonNullable<S3ClientConfig['logger']>;

/** How every client of a command is set up. */
export interface ClientSettings extends RequestWatchers {
  /** Unset: the SDK's own search (`AWS_REGION`, the profile). */
  readonly region?: string;
  readonly profile?: string;
  /** Unset: the SDK's own search (`AWS_ENDPOINT_URL`, the profile). */
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * The AWS clients of one region. Each SDK package is loaded when its client is first asked for: loading all of them
 * would cost more than most commands take.
 */
export class Clients {
  readonly #settings: ClientSettings;
  readonly #made = new Map<string, Promise<unknown>>();

  constructor(settings: ClientSettings) {
    this.#settings = settings;
  }

  autoScaling(): Promise<AutoScalingClient> {
    return this.#once('auto-scaling', async () => {
      const { AutoScalingClient } = await import('./sdk/auto-scaling.ts');
      return new AutoScalingClient(this.#configuration());
    });
  }

  cloudFormation(): Promise<CloudFormationClient> {
    return this.#once('cloudformation', async () => {
      const { CloudFormationClient } = await import('./sdk/cloudformation.ts');
      return new CloudFormationClient(this.#configuration());
    });
  }

  cloudWatch(): Promise<CloudWatchClient> {
    return this.#once('cloudwatch', async () => {
      const { CloudWatchClient } = await import('./sdk/cloudwatch.ts');
      return new CloudWatchClient(this.#configuration());
    });
  }

  cloudWatchLogs(): Promise<CloudWatchLogsClient> {
    return this.#once('logs', async () => {
      const { CloudWatchLogsClient } = await import('./sdk/cloudwatch-logs.ts');
      const own = process.env['AWS_ENDPOINT_URL_CLOUDWATCH_LOGS'] !== undefined;
      // A live tail's host has a prefix, which does not resolve at an endpoint that is not AWS's own.
      return new CloudWatchLogsClient({ ...this.#configuration(), ...(own && { disableHostPrefix: true }) });
    });
  }

  ec2(): Promise<EC2Client> {
    return this.#once('ec2', async () => {
      const { EC2Client } = await import('./sdk/ec2.ts');
      return new EC2Client(this.#configuration());
    });
  }

  eventBridge(): Promise<EventBridgeClient> {
    return this.#once('eventbridge', async () => {
      const { EventBridgeClient } = await import('./sdk/eventbridge.ts');
      return new EventBridgeClient(this.#configuration());
    });
  }

  iam(): Promise<IAMClient> {
    return this.#once('iam', async () => {
      const { IAMClient } = await import('./sdk/iam.ts');
      return new IAMClient(this.#configuration());
    });
  }

  lambda(): Promise<LambdaClient> {
    return this.#once('lambda', async () => {
      const { LambdaClient } = await import('./sdk/lambda.ts');
      return new LambdaClient(this.#configuration());
    });
  }

  s3(): Promise<S3Client> {
    return this.#once('s3', async () => {
      const { S3Client } = await import('./sdk/s3.ts');
      // Bucket names in host names do not resolve at an endpoint that is not AWS's own.
      return new S3Client({ ...this.#configuration(), forcePathStyle: this.hasCustomEndpoint });
    });
  }

  serviceQuotas(): Promise<ServiceQuotasClient> {
    return this.#once('service-quotas', async () => {
      const { ServiceQuotasClient } = await import('./sdk/service-quotas.ts');
      return new ServiceQuotasClient(this.#configuration());
    });
  }

  ssm(): Promise<SSMClient> {
    return this.#once('ssm', async () => {
      const { SSMClient } = await import('./sdk/ssm.ts');
      return new SSMClient(this.#configuration());
    });
  }

  sts(): Promise<STSClient> {
    return this.#once('sts', async () => {
      const { STSClient } = await import('./sdk/sts.ts');
      return new STSClient(this.#configuration());
    });
  }

  /** Gets a line for each request, as the settings say. */
  get log(): ((line: string) => void) | undefined {
    return this.#settings.log;
  }

  get hasCustomEndpoint(): boolean {
    return this.#settings.endpoint !== undefined || process.env['AWS_ENDPOINT_URL'] !== undefined;
  }

  /** The same settings in another region. */
  inRegion(region: string): Clients {
    return new Clients({ ...this.#settings, region });
  }

  #configuration() {
    const { region, profile, endpoint, credentials } = this.#settings;
    return {
      ...(region !== undefined && { region }),
      ...(profile !== undefined && { profile }),
      ...(endpoint !== undefined && { endpoint }),
      ...(credentials !== undefined && { credentials }),
      ...(this.hasCustomEndpoint && { disableHostPrefix: true }),
      customUserAgent: 'bk-stack',
      // A client's middleware is complete when it is made, and hundreds of requests may follow.
      cacheMiddleware: true,
      logger: SILENT,
    };
  }

  #once<Client extends { middlewareStack: unknown }>(
    name: string,
    make: () => Promise<Client>,
  ): Promise<Client> {
    let client = this.#made.get(name) as Promise<Client> | undefined;
    client ??= make().then((made) => watchRequests(made, name, this.#settings));
    this.#made.set(name, client);
    return client;
  }
}
