import { partition } from '@aws-sdk/core/client';

/** A region of an account, in its partition. */
export interface Location {
  readonly region: string;
  readonly partition: string;
  readonly accountId: string;
}

/** The partition that a region belongs to, by the SDK's list. */
export function partitionOf(region: string): string {
  return partition(region).name;
}

/** `arn:<partition>:<service>:<region>:<account>:<resource>` in the location's own partition, region and account. */
export function arn(
  location: Location,
  service: string,
  resource: string,
  options: { global?: boolean } = {},
): string {
  return `arn:${location.partition}:${service}:${options.global ? '' : location.region}:${location.accountId}:${resource}`;
}
