import pLimit from 'p-limit';
import type { AwsContext } from '../../aws/context.ts';
import { bucketFacts } from '../bucket/guard.ts';
import type { OpenBucket } from '../bucket/open.ts';
import type { SecretObjects } from '../bucket/objects.ts';
import { checkSecret } from '../check/check.ts';
import { findingText } from '../check/finding.ts';
import { unreadReason } from '../check/unread.ts';
import { classifyKey } from '../layout/keys.ts';
import { type ListedSecret, listSecrets } from './list.ts';

const CONCURRENCY = 50;
const DAY = 86_400_000;

/** Something that a bucket's owner should see to. */
export interface LintFinding {
  readonly severity: 'error' | 'warning';
  /** Undefined for what concerns the bucket as a whole. */
  readonly key?: string;
  readonly message: string;
}

export interface LintOptions {
  /** Days after which a secret counts as old. */
  readonly maxAgeDays: number;
  readonly now: Date;
}

/** Looks through a whole bucket for what is wrong or risky; errors first, then by key. */
export async function lintSecrets(
  { aws, place, objects }: OpenBucket,
  options: LintOptions,
): Promise<{ readonly secrets: number; readonly findings: readonly LintFinding[] }> {
  const [ofBucket, secrets] = await Promise.all([bucketFindings(aws, place, objects), listSecrets(objects)]);
  const perSecret = await pLimit(CONCURRENCY).map(secrets, (secret) =>
    secretFindings(objects, secret, options),
  );
  const findings = [...ofBucket, ...perSecret.flat()];
  const rank = ({ severity }: LintFinding) => (severity === 'error' ? 0 : 1);
  return {
    secrets: secrets.length,
    findings: findings.sort((a, b) => rank(a) - rank(b) || (a.key ?? '').localeCompare(b.key ?? '')),
  };
}

async function bucketFindings(
  aws: AwsContext,
  place: OpenBucket['place'],
  objects: SecretObjects,
): Promise<LintFinding[]> {
  const [facts, keepsVersions] = await Promise.all([bucketFacts(aws, place), objects.keepsVersions()]);
  const findings: LintFinding[] = facts.openBy.map((reason) => ({
    severity: 'error',
    message: `the bucket is open to others: ${reason}`,
  }));
  for (const what of facts.unknown) {
    findings.push({
      severity: 'warning',
      message: `its ${what} settings may not be looked at with this identity`,
    });
  }
  if (!keepsVersions) {
    findings.push({
      severity: 'warning',
      message: 'the bucket keeps no versions: what is overwritten or removed is gone',
    });
  }
  if (facts.encryption !== undefined && !facts.encryption.algorithm.startsWith('aws:kms')) {
    findings.push({
      severity: 'warning',
      message: `the bucket encrypts by ${facts.encryption.algorithm} what does not ask for KMS itself`,
    });
  }
  return findings;
}

async function secretFindings(
  objects: SecretObjects,
  { key, encryption, modifiedAt }: ListedSecret,
  { maxAgeDays, now }: LintOptions,
): Promise<LintFinding[]> {
  const place = classifyKey(key);
  if (place.kind === 'unread') {
    return [{ severity: 'error', key, message: `no build ever reads it: ${unreadReason(key)}` }];
  }
  const findings: LintFinding[] = [];
  if (!encryption.startsWith('aws:kms')) {
    findings.push({ severity: 'error', key, message: `it is not encrypted by KMS but by ${encryption}` });
  }
  const days = Math.floor((now.getTime() - Date.parse(modifiedAt)) / DAY);
  if (days > maxAgeDays) {
    findings.push({ severity: 'warning', key, message: `it is ${days} days old: time for a new one` });
  }
  const stored = await objects.read(key);
  const { findings: inside, body } = await checkSecret(place.kind, stored?.body ?? Buffer.alloc(0));
  const mended = stored !== undefined && !body.equals(stored.body);
  for (const finding of inside) {
    findings.push({
      severity: finding.severity === 'refused' || (mended && place.kind === 'ssh-key') ? 'error' : 'warning',
      key,
      message: findingText('', finding).replace(/^: |^, /, ''),
    });
  }
  return findings;
}
