/** A quota as AWS publishes it. */
export interface Quota {
  readonly code: string;
  readonly name: string;
  readonly value: number;
  readonly global: boolean;
}

/** The services that the sandbox knows quotas of, by their code. */
export const SERVICES: Readonly<Record<string, string>> = {
  autoscaling: 'Amazon EC2 Auto Scaling',
  cloudformation: 'AWS CloudFormation',
  ec2: 'Amazon Elastic Compute Cloud (Amazon EC2)',
  lambda: 'AWS Lambda',
  s3: 'Amazon Simple Storage Service (Amazon S3)',
  vpc: 'Amazon Virtual Private Cloud (Amazon VPC)',
};

type Row = readonly [code: string, value: number, name: string];

/**
 * The quotas that stand in the way of a stack, with the values of an account that has been in use for a while: EC2's for
 * vCPUs start lower in a new one.
 * https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
 */
const QUOTAS: Readonly<Record<string, readonly Row[]>> = {
  autoscaling: [
    ['L-CDE20ADC', 500, 'Auto Scaling groups per region'],
    ['L-6B80B8FA', 200, 'Launch configurations per region'],
  ],
  cloudformation: [['L-0485CB21', 2000, 'Stack count']],
  ec2: [
    ['L-1216C47A', 1152, 'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances'],
    ['L-DB2E81BA', 64, 'Running On-Demand G and VT instances'],
    ['L-417A185B', 64, 'Running On-Demand P instances'],
    ['L-74FC7D96', 64, 'Running On-Demand F instances'],
    ['L-1945791B', 64, 'Running On-Demand Inf instances'],
    ['L-2C3B7624', 64, 'Running On-Demand Trn instances'],
    ['L-7295265B', 128, 'Running On-Demand X instances'],
    ['L-43DA4232', 448, 'Running On-Demand High Memory instances'],
    ['L-34B43A08', 1152, 'All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests'],
    ['L-3819A6DF', 64, 'All G and VT Spot Instance Requests'],
    ['L-7212CCBC', 64, 'All P4, P3 and P2 Spot Instance Requests'],
    ['L-88CF9481', 64, 'All F Spot Instance Requests'],
    ['L-B5D1601B', 64, 'All Inf Spot Instance Requests'],
    ['L-6B0D517C', 64, 'All Trn Spot Instance Requests'],
    ['L-E3A00192', 128, 'All X Spot Instance Requests'],
    ['L-0263D0A3', 5, 'EC2-VPC Elastic IPs'],
  ],
  lambda: [['L-B99A9384', 1000, 'Concurrent executions']],
  s3: [['L-DC2B2D3D', 10_000, 'General purpose buckets']],
  vpc: [
    ['L-F678F1CE', 5, 'VPCs per Region'],
    ['L-A4707A72', 5, 'Internet gateways per Region'],
    ['L-FE5A380F', 5, 'NAT gateways per Availability Zone'],
    ['L-DF5E4CA3', 5000, 'Network interfaces per Region'],
    ['L-407747CB', 200, 'Subnets per VPC'],
    ['L-E79EC296', 2500, 'VPC security groups per Region'],
    ['L-1B52E74A', 20, 'Gateway VPC endpoints per Region'],
  ],
};

const GLOBAL = new Set(['s3']);

export function quotasOf(service: string): readonly Quota[] {
  return (QUOTAS[service] ?? []).map(([code, value, name]) => ({
    code,
    name,
    value,
    global: GLOBAL.has(service),
  }));
}
