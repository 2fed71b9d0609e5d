/**
 * Distils the published list of AWS's managed policies (77 MB with every version) to the newest statements of each: one line
 * of JSON a policy, by the part of its ARN after `policy/`.
 * Usage: tsx scripts/distil-managed-policies.ts FILE
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { distilledText } from '../src/sandbox/kernel/distilled-file.ts';
import { MANAGED_POLICIES } from '../src/sandbox/services/iam/managed-policies.ts';
import { writeDistilled } from './write-distilled.ts';

interface PublishedPolicy {
  readonly arn: string;
  readonly latestVersionId: string;
  readonly versions: Readonly<Record<string, { readonly document: { readonly Statement: unknown } }>>;
}

/** The managed policies, as src/sandbox/services/iam/managed-policies.ts reads them. */
export function distilManagedPolicies(): string {
  const file = join(import.meta.dirname, '..', 'node_modules', MANAGED_POLICIES.source);
  const published = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, PublishedPolicy>>;
  return distilledText(
    Object.values(published).map(({ arn, latestVersionId, versions }) => [
      arn.replace(/^.*?:policy\//, ''),
      versions[latestVersionId]?.document.Statement ?? [],
    ]),
  );
}

writeDistilled(import.meta.url, distilManagedPolicies);
