/** Whatever has a reason in AWS's words. */
type Reasoned = { readonly reason?: string };

export interface StackPlace {
  readonly stackName: string;
  readonly region: string;
}

interface KnownReason {
  readonly pattern: RegExp;
  readonly advice: (place: StackPlace, event: Reasoned) => string;
}

/**
 * What is known of AWS's reasons, the particular before the general. The HandlerErrorCode is how resource types that
 * come from CloudFormation's registry class their errors:
 * https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
 */
const KNOWN: readonly KnownReason[] = [
  {
    pattern: /\b[1-9]\d* FAILURE signal\(s\)|Received FAILURE signal/,
    advice: (place) => `An instance reported that its boot failed. ${bootLog(place)}`,
  },
  {
    pattern: /\d+ SUCCESS signal\(s\) out of|Failed to receive \d+ resource signal/,
    advice: (place) =>
      'No instance reported in time that it had booted: its boot stopped half-way, or it cannot reach the network ' +
      `(check the route to the internet of its subnets). ${bootLog(place)}`,
  },
  {
    pattern: /maximum number of VPCs|VpcLimitExceeded/,
    advice: ({ region }) =>
      `The region has as many VPCs as the account may have. Use one that is there (--param VpcId=... --param Subnets=...), ` +
      `delete one, or ask for more: ${quota(region, 'vpc', 'L-F678F1CE')}`,
  },
  {
    pattern: /maximum number of addresses|AddressLimitExceeded/,
    advice: ({ region }) =>
      `The account has no Elastic IP address left in the region. Release one, or ask for more: ${quota(region, 'ec2', 'L-0263D0A3')}`,
  },
  {
    pattern: /VcpuLimitExceeded|more vCPU capacity|MaxSpotInstanceCountExceeded|Max spot instance count/i,
    advice: ({ region }) =>
      'The account may not run that many vCPUs of these instance types. Choose smaller ones, lower MinSize, or ask for more: ' +
      `https://${region}.console.aws.amazon.com/servicequotas/home/services/ec2/quotas`,
  },
  {
    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
    pattern: /Client\.(InternalError|InvalidKMSKey)/,
    advice: () =>
      "Auto Scaling can't use the KMS key that encrypts the volumes of an instance: the key is disabled, or its policy lacks " +
      'AWSServiceRoleForAutoScaling. See https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html',
  },
  {
    pattern: /Could not launch Spot Instances\..*(UnfulfillableCapacity|InsufficientInstanceCapacity)/s,
    advice: () =>
      'Spot has none of these instances free in these zones right now. Name more instance types (--param InstanceTypes=...), ' +
      'or let the scaler buy on-demand ones meanwhile (--param SpotFallbackMinutes=10).',
  },
  {
    pattern: /Could not launch On-Demand Instances\..*(UnfulfillableCapacity|InsufficientInstanceCapacity)/s,
    advice: ({ stackName }) =>
      'AWS has none of these instances free in these zones right now, on-demand ones neither. Name more instance types, and ' +
      `other zones where the stack has few: bk-stack update ${stackName} --param InstanceTypes=...`,
  },
  {
    pattern: /InsufficientInstanceCapacity|insufficient capacity|do not have sufficient .* capacity/i,
    advice: () =>
      'AWS has none of these instances free in these zones right now. Name more instance types (--param InstanceTypes=...), ' +
      'or let more of them be on-demand (--param OnDemandPercentage=100).',
  },
  {
    pattern: /not supported in your requested Availability Zone|Unsupported.*Availability Zone/i,
    advice: () =>
      'A zone does not offer this instance type. Choose another type, or other zones (--param AvailabilityZones=...).',
  },
  {
    pattern: /The security token included in the request is (invalid|expired)|ExpiredToken/,
    advice: () =>
      'The credentials that began this ended before it was over. Sign in for longer, or give CloudFormation a role of its own (--role-arn).',
  },
  {
    pattern: /is not authorized to perform|AccessDenied|UnauthorizedOperation|You are not authorized/,
    advice: (_place, { reason = '' }) => {
      const action = /perform:? ([a-z0-9-]+:[A-Za-z]+)/.exec(reason)?.[1];
      return (
        `The identity in use lacks ${action ?? 'a permission that this resource needs'}. Ask for it, ` +
        'or let CloudFormation act as a role that has it (--role-arn).'
      );
    },
  },
  {
    pattern: /The image id .* does not exist|InvalidAMIID/,
    advice: ({ region }) =>
      `There is no such image in ${region}: images belong to one region. Check ImageId.`,
  },
  {
    pattern: /The key pair '.*' does not exist|InvalidKeyPair/,
    advice: ({ region }) =>
      `There is no such key pair in ${region}. Its name is in: aws ec2 describe-key-pairs --region ${region}`,
  },
  {
    pattern: /already exists|HandlerErrorCode: AlreadyExists|BucketAlreadyOwnedByYou/,
    advice: () =>
      'Something has this name already, often left by an earlier stack of the same name: what is kept on deletion stays. ' +
      'Delete or rename it, pass it as a parameter (--param SecretsBucket=...), or choose another stack name.',
  },
  {
    pattern: /not empty|BucketNotEmpty/,
    advice: () =>
      'The bucket still holds objects or old versions of them. Empty it, or keep it and let the rest go.',
  },
  {
    pattern: /has a dependent object|DependencyViolation|currently in use|has dependencies/i,
    advice: () =>
      'Something outside the stack uses this resource: an instance, a network interface or a rule made by hand. Remove that first.',
  },
  {
    pattern: /Rate exceeded|Throttling/i,
    advice: () =>
      'AWS asked for fewer requests, often because other stacks are changing too. Try again in a few minutes.',
  },
  {
    pattern: /LimitExceeded|quota|limit (of|for)|maximum number/i,
    advice: ({ region }) =>
      `A quota of the account is used up. See and raise it: https://${region}.console.aws.amazon.com/servicequotas/home`,
  },
  {
    pattern: /time exceeded the specified timeout|NotStabilized|Exceeded attempts to wait/i,
    advice: () =>
      'It took longer than allowed. Nothing may be wrong: try again, and if it repeats look at the resource.',
  },
];

/** What to do about a failed resource, for reasons that are well known; undefined for others. */
export function adviceFor(event: Reasoned, place: StackPlace): string | undefined {
  const known = KNOWN.find(({ pattern }) => pattern.test(event.reason ?? ''));
  return known?.advice(place, event);
}

/** The log group goes with a rollback; the console output of an ended instance stays for about an hour. */
function bootLog({ stackName, region }: StackPlace): string {
  return (
    `Its boot log: aws logs tail /buildkite/${stackName}/boot --since 1h --region ${region}\n` +
    'Once that is rolled back: aws ec2 get-console-output --latest --instance-id ID, the ID from aws autoscaling ' +
    'describe-scaling-activities --include-deleted-groups'
  );
}

function quota(region: string, service: string, code: string): string {
  return `https://${region}.console.aws.amazon.com/servicequotas/home/services/${service}/quotas/${code}`;
}
