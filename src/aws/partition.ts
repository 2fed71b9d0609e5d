import { partition } from '@aws-sdk/core/client';

/** The DNS suffix of a region's endpoints, from the SDK's partitions: amazonaws.com, amazonaws.com.cn, amazonaws.eu, c2s.ic.gov. */
export function dnsSuffixOf(region: string): string {
  return partition(region).dnsSuffix;
}
