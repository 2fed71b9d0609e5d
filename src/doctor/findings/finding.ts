/** What each finding is called in `--json` and in docs/doctor.md. */
export const CODES = [
  // The machine, the account and the region.
  'credentials-missing',
  'credentials-refused',
  'root-user',
  'region-not-enabled',
  'clock-skew',
  'permission-missing',
  'vpc-quota',
  'lambda-quota',
  'vcpu-quota',
  'assets-bucket-foreign',
  'assets-bucket-open',
  'assets-bucket-unsecured',
  // The stack as CloudFormation has it.
  'stack-failed',
  'stack-busy',
  'update-under-way',
  'update-void',
  'program-missing',
  // The group and its instances.
  'group-missing',
  'paused',
  'processes-suspended',
  'terminating-hook-missing',
  'launching-hook-missing',
  'hook-unserved',
  'az-rebalance',
  'launches-fail',
  'warm-pool-empty',
  'instances-unhealthy',
  'instances-without-agents',
  'instances-outdated',
  'instances-surplus',
  'instances-standby',
  'instance-type-not-offered',
  'image-unusable',
  'image-deprecated',
  'image-outdated',
  'key-pair-missing',
  // The network.
  'subnet-missing',
  'subnet-full',
  'no-way-out',
  'route-blackhole',
  'nat-down',
  'no-public-address',
  'acl-egress-closed',
  'acl-ingress-closed',
  'dns-off',
  'endpoint-down',
  'security-group-missing',
  'egress-closed',
  'ingress-open',
  'docker-network-collides',
  // The scaler.
  'scaler-missing',
  'scaler-fails',
  'scaler-silent',
  'scaler-stopped',
  'scaler-overlaps',
  'schedule-disabled',
  'alarm-on',
  // Buildkite.
  'token-missing',
  'token-refused',
  'token-plain',
  'buildkite-unreachable',
  'queue-shared',
  'queue-in-tags',
  'jobs-untaken',
  // Secrets and logs.
  'bucket-missing',
  'bucket-open',
  'bucket-not-blocked',
  'bucket-not-kms',
  'bucket-unversioned',
  'log-group-missing',
  'logs-kept-forever',
  // Of the look itself.
  'could-not-look',
] as const;

export type FindingCode = (typeof CODES)[number];

/** With an error the stack does not work, or soon will not; a warning is for a person to weigh. */
export type Severity = 'error' | 'warning';

/** Something that `--fix` can mend. Nothing that could cost a job is ever one. */
export interface Repair {
  /** What it does, as a sentence. */
  readonly does: string;
  readonly carryOut: () => Promise<void>;
}

/** Something that is wrong. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What comes of it. */
  readonly meaning: string;
  /** What to do: where there is one, the command to type. */
  readonly fix: string;
  readonly repair?: Repair;
}

/** What one check has found. */
export interface Examined {
  /** The good news, in a few words. */
  readonly fact: string;
  readonly findings: readonly Finding[];
}

/** One thing that is looked at. */
export interface Check {
  readonly title: string;
  readonly run: () => Promise<Examined>;
}

/** What a check has found where all is well, or only this is wrong. */
export function examined(fact: string, ...findings: readonly (Finding | undefined | false)[]): Examined {
  return { fact, findings: findings.filter((each): each is Finding => Boolean(each)) };
}
