import type { ConditionContext } from '../services/iam/policy/conditions.ts';

/** One permission that an operation needs. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
  /** What the policy's conditions can ask beside what every request has, by key in lower case. */
  readonly context?: ConditionContext;
}

/** The members of inputs that permissions depend on, of all services together. */
export interface Input {
  readonly ACL?: string;
  readonly AWSServiceName?: string;
  readonly AlarmName?: string;
  readonly AlarmNames?: readonly string[];
  readonly AutoScalingGroupName?: string;
  readonly Bucket?: string;
  readonly ChangeSetName?: string;
  readonly CopySource?: string;
  readonly Delete?: { readonly Objects?: readonly { readonly Key?: string; readonly VersionId?: string }[] };
  readonly FunctionName?: string;
  readonly InstanceId?: string;
  readonly InstanceIds?: readonly string[];
  readonly InstanceProfileName?: string;
  readonly Key?: string;
  readonly MaxSize?: number;
  readonly MinSize?: number;
  readonly Name?: string;
  readonly Names?: readonly string[];
  readonly Path?: string;
  readonly PermissionsBoundary?: string;
  readonly PolicyArn?: string;
  readonly PolicySourceArn?: string;
  readonly Prefix?: string;
  readonly Resource?: string;
  readonly ResourceARN?: string;
  readonly ResourceId?: string;
  readonly Role?: string;
  readonly RoleArn?: string;
  readonly RoleName?: string;
  readonly Rule?: string;
  readonly StackName?: string;
  readonly Tagging?: string;
  readonly Tags?: readonly { readonly ResourceId?: string; readonly Key?: string; readonly Value?: string }[];
  readonly VPCZoneIdentifier?: string;
  readonly VersionId?: string;
  readonly logGroupIdentifier?: string;
  readonly logGroupIdentifiers?: readonly string[];
  readonly logGroupName?: string;
  readonly logGroupNames?: readonly string[];
  readonly logStreamName?: string;
  readonly queryId?: string;
  readonly resourceArn?: string;
}
