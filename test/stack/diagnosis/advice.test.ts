import { expect } from 'chai';
import { adviceFor } from '../../../src/stack/diagnosis/advice.ts';

const PLACE = { stackName: 'ci', region: 'eu-central-1' };
const QUOTAS = 'https://eu-central-1.console.aws.amazon.com/servicequotas/home';
const BOOT_LOG =
  'Its boot log: aws logs tail /buildkite/ci/boot --since 1h --region eu-central-1\n' +
  'Once that is rolled back: aws ec2 get-console-output --latest --instance-id ID, the ID from aws autoscaling ' +
  'describe-scaling-activities --include-deleted-groups';
const VPCS =
  'The region has as many VPCs as the account may have. Use one that is there (--param VpcId=... --param Subnets=...), ' +
  `delete one, or ask for more: ${QUOTAS}/services/vpc/quotas/L-F678F1CE`;
const ADDRESSES = `The account has no Elastic IP address left in the region. Release one, or ask for more: ${QUOTAS}/services/ec2/quotas/L-0263D0A3`;
const VCPUS = `The account may not run that many vCPUs of these instance types. Choose smaller ones, lower MinSize, or ask for more: ${QUOTAS}/services/ec2/quotas`;
const NO_SPOT =
  'Spot has none of these instances free in these zones right now. Name more instance types (--param InstanceTypes=...), ' +
  'or let the scaler buy on-demand ones meanwhile (--param SpotFallbackMinutes=10).';
const NO_ON_DEMAND =
  'AWS has none of these instances free in these zones right now, on-demand ones neither. Name more instance types, and ' +
  'other zones where the stack has few: bk-stack update ci --param InstanceTypes=...';
const NO_CAPACITY =
  'AWS has none of these instances free in these zones right now. Name more instance types (--param InstanceTypes=...), ' +
  'or let more of them be on-demand (--param OnDemandPercentage=100).';
const NOT_OFFERED =
  'A zone does not offer this instance type. Choose another type, or other zones (--param AvailabilityZones=...).';
const CREDENTIALS =
  'The credentials that began this ended before it was over. Sign in for longer, or give CloudFormation a role of its own (--role-arn).';
const lacks = (what: string) =>
  `The identity in use lacks ${what}. Ask for it, or let CloudFormation act as a role that has it (--role-arn).`;
const IMAGE = 'There is no such image in eu-central-1: images belong to one region. Check ImageId.';
const KEY =
  'There is no such key pair in eu-central-1. Its name is in: aws ec2 describe-key-pairs --region eu-central-1';
const EXISTS =
  'Something has this name already, often left by an earlier stack of the same name: what is kept on deletion stays. ' +
  'Delete or rename it, pass it as a parameter (--param SecretsBucket=...), or choose another stack name.';
const NOT_EMPTY =
  'The bucket still holds objects or old versions of them. Empty it, or keep it and let the rest go.';
const IN_USE =
  'Something outside the stack uses this resource: an instance, a network interface or a rule made by hand. Remove that first.';
const THROTTLED =
  'AWS asked for fewer requests, often because other stacks are changing too. Try again in a few minutes.';
const QUOTA = `A quota of the account is used up. See and raise it: ${QUOTAS}`;
const SLOW =
  'It took longer than allowed. Nothing may be wrong: try again, and if it repeats look at the resource.';
const KMS =
  "Auto Scaling can't use the KMS key that encrypts the volumes of an instance: the key is disabled, or its policy lacks " +
  'AWSServiceRoleForAutoScaling. See https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html';
const BOOT_FAILED = `An instance reported that its boot failed. ${BOOT_LOG}`;
const NO_SIGNAL =
  'No instance reported in time that it had booted: its boot stopped half-way, or it cannot reach the network ' +
  `(check the route to the internet of its subnets). ${BOOT_LOG}`;

const CASES: readonly (readonly [reason: string, advice: string | undefined])[] = [
  ['Received 1 FAILURE signal(s) out of 1', BOOT_FAILED],
  ['Received 12 FAILURE signal(s) out of 20', BOOT_FAILED],
  ['Received FAILURE signal with UniqueId i-1', BOOT_FAILED],
  ['Received 0 SUCCESS signal(s) out of 2 and 0 FAILURE signal(s)', NO_SIGNAL],
  ['Received 10 SUCCESS signal(s) out of 12', NO_SIGNAL],
  ['Failed to receive 1 resource signal(s) for the current batch', NO_SIGNAL],
  ['Failed to receive 10 resource signal(s) within the specified duration', NO_SIGNAL],
  ['The maximum number of VPCs has been reached.', VPCS],
  ['VpcLimitExceeded', VPCS],
  ['The maximum number of addresses has been reached.', ADDRESSES],
  ['AddressLimitExceeded', ADDRESSES],
  ['VcpuLimitExceeded', VCPUS],
  ['You have requested more vCPU capacity than your limit', VCPUS],
  ['Could not launch Spot Instances. MaxSpotInstanceCountExceeded', VCPUS],
  ['Max spot instance count exceeded', VCPUS],
  ['Client.InternalError: Client error on launch', KMS],
  ['Client.InvalidKMSKey.InvalidState', KMS],
  ['Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill', NO_SPOT],
  ['Could not launch Spot Instances. In zone a:\nInsufficientInstanceCapacity', NO_SPOT],
  ['Could not launch On-Demand Instances. UnfulfillableCapacity - Unable to fulfill', NO_ON_DEMAND],
  ['Could not launch On-Demand Instances. In zone a:\nInsufficientInstanceCapacity', NO_ON_DEMAND],
  ['InsufficientInstanceCapacity', NO_CAPACITY],
  ['There is insufficient capacity', NO_CAPACITY],
  ['We currently do not have sufficient m7i.large capacity in the zone', NO_CAPACITY],
  ['The type is not supported in your requested Availability Zone (us-east-1e)', NOT_OFFERED],
  ['Unsupported: the type in this Availability Zone', NOT_OFFERED],
  ['The security token included in the request is expired', CREDENTIALS],
  ['The security token included in the request is invalid', CREDENTIALS],
  ['ExpiredToken', CREDENTIALS],
  ['User x is not authorized to perform: iam:CreateRole on resource: y', lacks('iam:CreateRole')],
  ['User x is not authorized to perform elastic-ip9:Do', lacks('elastic-ip9:Do')],
  ['AccessDenied', lacks('a permission that this resource needs')],
  ['UnauthorizedOperation', lacks('a permission that this resource needs')],
  ['You are not authorized to use launch templates', lacks('a permission that this resource needs')],
  ['The image id ami-0a1b does not exist', IMAGE],
  ['InvalidAMIID.NotFound', IMAGE],
  ["The key pair 'laptop' does not exist", KEY],
  ['InvalidKeyPair.NotFound', KEY],
  ['ci-secrets already exists', EXISTS],
  ['(HandlerErrorCode: AlreadyExists)', EXISTS],
  ['BucketAlreadyOwnedByYou', EXISTS],
  ['The bucket you tried to delete is not empty', NOT_EMPTY],
  ['BucketNotEmpty', NOT_EMPTY],
  ['resource sg-1 has a dependent object', IN_USE],
  ['DependencyViolation', IN_USE],
  ['Network interface eni-1 is currently in use', IN_USE],
  ["The vpc 'vpc-1' has dependencies and cannot be deleted.", IN_USE],
  ['Rate exceeded', THROTTLED],
  ['Throttling', THROTTLED],
  ['HandlerErrorCode: ServiceLimitExceeded', QUOTA],
  ['over your quota', QUOTA],
  ['the limit of 5', QUOTA],
  ['the limit for rules', QUOTA],
  ['the maximum number of rules', QUOTA],
  ['Stack creation time exceeded the specified timeout', SLOW],
  ['HandlerErrorCode: NotStabilized', SLOW],
  ['Exceeded attempts to wait', SLOW],
  ['the time limit', undefined],
  ['Something new', undefined],
];

describe('advice on a reason in words of AWS', () => {
  for (const [reason, advice] of CASES) {
    it(`is ${advice === undefined ? 'none' : 'given'} on: ${reason}`, () => {
      expect(adviceFor({ reason }, PLACE)).to.equal(advice);
    });
  }

  it('is none without a reason', () => {
    expect(adviceFor({}, PLACE)).to.equal(undefined);
  });
});
