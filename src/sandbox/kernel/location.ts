/** A region of an account, in its partition. */
export interface Location {
  readonly region: string;
  readonly partition: string;
  readonly accountId: string;
}

/** The partition a region belongs to. https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return 'aws';
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
