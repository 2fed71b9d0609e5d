/** A quota as AWS has it by default, and as the sandbox's account has it. */
export interface QuotaRecord {
  readonly service: string;
  readonly code: string;
  readonly name: string;
  /** What AWS gives every account. */
  readonly defaultValue: number;
  /** What the account has; the default unless AWS has raised it. */
  readonly value: number;
  readonly adjustable: boolean;
  /** Whether it counts for all regions together. */
  readonly global: boolean;
}

/** The services that have quotas here, by their code. */
export const SERVICE_NAMES: Readonly<Record<string, string>> = {
  autoscaling: 'Amazon EC2 Auto Scaling',
  cloudformation: 'AWS CloudFormation',
  ec2: 'Amazon Elastic Compute Cloud (Amazon EC2)',
  iam: 'AWS Identity and Access Management (IAM)',
  lambda: 'AWS Lambda',
  s3: 'Amazon Simple Storage Service (Amazon S3)',
  vpc: 'Amazon Virtual Private Cloud (Amazon VPC)',
};

/**
 * Code, default, and name, by service. A second number after a slash is the account's own: like any account that has run
 * for a while, the sandbox's has more vCPUs than the handful that AWS gives at first. An asterisk marks what AWS does not
 * raise. https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
 */
const QUOTAS = `
autoscaling L-CDE20ADC 500 Auto Scaling groups per region
autoscaling L-6B80B8FA 200 Launch configurations per region
cloudformation L-87D14FB7 200* Output count in CloudFormation template
cloudformation L-0485CB21 2000 Stack count
cloudformation L-C8225BA5 100000 Stack instances per stack set
cloudformation L-EC62D81A 1000 Stack sets per administrator account
ec2 L-85EED4F7 0 All DL Spot Instance Requests
ec2 L-88CF9481 0 All F Spot Instance Requests
ec2 L-3819A6DF 0/64 All G and VT Spot Instance Requests
ec2 L-B5D1601B 0/64 All Inf Spot Instance Requests
ec2 L-7212CCBC 0/64 All P4, P3 and P2 Spot Instance Requests
ec2 L-C4BD4855 0 All P5 Spot Instance Requests
ec2 L-34B43A08 5/5120 All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests
ec2 L-6B0D517C 0 All Trn Spot Instance Requests
ec2 L-E3A00192 0/128 All X Spot Instance Requests
ec2 L-B665C33B 50000 AMIs
ec2 L-0263D0A3 5 EC2-VPC Elastic IPs
ec2 L-6E869C2A 0 Running On-Demand DL instances
ec2 L-74FC7D96 0 Running On-Demand F instances
ec2 L-DB2E81BA 0/64 Running On-Demand G and VT instances
ec2 L-43DA4232 0 Running On-Demand High Memory instances
ec2 L-F7808C92 0 Running On-Demand HPC instances
ec2 L-1945791B 0/64 Running On-Demand Inf instances
ec2 L-417A185B 0/64 Running On-Demand P instances
ec2 L-1216C47A 5/5120 Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances
ec2 L-2C3B7624 0 Running On-Demand Trn instances
ec2 L-7295265B 0/128 Running On-Demand X instances
iam L-FE177D64 1000 Roles per account
iam L-E95E4862 1500 Customer managed policies per account
lambda L-B99A9384 1000 Concurrent executions
s3 L-DC2B2D3D 10000 General purpose buckets
vpc L-7E9ECCDB 50 Active VPC peering connections per VPC
vpc L-3248932A 20480* Characters per VPC endpoint policy
vpc L-45FE3B85 5 Egress-only internet gateways per Region
vpc L-1B52E74A 20 Gateway VPC endpoints per Region
vpc L-0EA8095F 60 Inbound or outbound rules per security group
vpc L-29B6F2EB 50 Interface VPC endpoints per VPC
vpc L-A4707A72 5 Internet gateways per Region
vpc L-83CA0A9D 5 IPv4 CIDR blocks per VPC
vpc L-FE5A380F 5 NAT gateways per Availability Zone
vpc L-B4A6D682 200 Network ACLs per VPC
vpc L-DF5E4CA3 5000 Network interfaces per Region
vpc L-589F43AA 200 Route tables per VPC
vpc L-93826ACB 50 Routes per route table
vpc L-2AEEBF1A 20 Rules per network ACL
vpc L-2AFB9258 5 Security groups per network interface
vpc L-407747CB 200 Subnets per VPC
vpc L-E79EC296 2500 VPC security groups per Region
vpc L-F678F1CE 5 VPCs per Region
`;

const GLOBAL = new Set(['iam', 's3']);

function quotaOf(line: string): QuotaRecord {
  const [, service = '', code = '', least = '', most, fixed, name = ''] =
    /^(\S+) (\S+) (\d+)(?:\/(\d+))?(\*?) (.+)$/.exec(line) ?? [];
  const defaultValue = Number(least);
  const value = most === undefined ? defaultValue : Number(most);
  return { service, code, name, defaultValue, value, adjustable: fixed === '', global: GLOBAL.has(service) };
}

export const quotas: readonly QuotaRecord[] = QUOTAS.trim().split('\n').map(quotaOf);
