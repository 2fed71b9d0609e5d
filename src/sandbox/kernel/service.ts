import type { ResourceProvider } from '../cloudformation/provider.ts';
import type { World } from './world.ts';

/** Where in the world something happens. */
export interface Scope {
  readonly world: World;
  readonly region: string;
  readonly partition: string;
  readonly accountId: string;
}

/** What an operation knows of the request it answers. */
export interface RequestContext extends Scope {
  readonly requestId: string;
  readonly callerArn: string;
}

/** One API operation: the SDK's input type in, the SDK's output type (less `$metadata`) out. Dates are `Date`s. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the table of a service mixes operations of every input type
export type Operation<Input = any, Output = unknown> = (
  input: Input,
  context: RequestContext,
) => Output | Promise<Output>;

/** What a timer runs. It must be quick; work that takes real time is handed to `world.background`. */
export type Task = (world: World, key: string) => void;

/** One AWS service as the sandbox knows it. */
export interface Service {
  /** The folder's name, and the name faults and tests use: `autoscaling`. */
  readonly name: string;
  /** The service names in a SigV4 credential scope that lead here. */
  readonly signingNames: readonly string[];
  /** The SDK package whose exported schemas describe the operations on the wire, loaded when first needed. */
  readonly sdk: () => Promise<object>;
  readonly operations: Readonly<Record<string, Operation>>;
  /** The CloudFormation resource types this service can make. */
  readonly resources?: readonly ResourceProvider[];
  /** Timer tasks, by full name: `autoscaling.reconcile`. */
  readonly tasks?: Readonly<Record<string, Task>>;
}

/** An error as AWS would send it. */
export class AwsError extends Error {
  /**
   * @param code the error code on the wire: `ValidationError`, `InvalidGroup.NotFound`
   * @param status HTTP status; 500 and above counts as the service's own fault
   * @param details further members of the error's shape
   */
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = code;
  }
}

/** The partition a region belongs to. https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return 'aws';
}

/** `arn:<partition>:<service>:<region>:<account>:<resource>` in the scope's own partition, region and account. */
export function arn(
  scope: Scope,
  service: string,
  resource: string,
  options: { global?: boolean } = {},
): string {
  return `arn:${scope.partition}:${service}:${options.global ? '' : scope.region}:${scope.accountId}:${resource}`;
}
