import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { counted } from '../../terminal/text.ts';
import { type Check, examined, type Finding } from '../finding.ts';
import type { Changing, Launch, StackFacts } from '../../stack/facts/stack-facts.ts';
import { overlap } from '../../network/cidr.ts';
import { networkFacts, type NetworkFacts } from './facts.ts';
import { judgeNetworkAcls } from './network-acls.ts';
import { judgeSecurityGroups } from './security-groups.ts';
import { judgeWaysOut } from './ways-out.ts';

/** Whether instances have room, and reach what they need. */
export function networkCheck(patient: StackFacts): Check {
  return {
    title: 'Network',
    look: async () => {
      const group = await patient.group();
      const launch = group && (await patient.launch(group));
      if (group === undefined || launch === undefined) return examined('not known');
      const wanted = (group.VPCZoneIdentifier ?? '').split(',').filter(Boolean);
      const facts = await networkFacts(patient.aws, wanted, securityGroupsOf(launch));
      const { region } = patient;
      const changing = await patient.changing();
      const gone = missingSubnets(facts.wanted, facts.subnets, region, changing);
      if (!('routeTables' in facts)) return examined('', ...gone);
      const publicAddress = launch.data.NetworkInterfaces?.[0]?.AssociatePublicIpAddress;
      return examined(
        `${counted(facts.subnets.length, 'subnet')} with a way out, of ${facts.subnets[0]?.VpcId ?? ''}`,
        ...gone,
        ...judgeRoom(facts.subnets, roomNeeded(group), region),
        ...judgeWaysOut({ ...facts, publicAddress }, region),
        ...judgeNetworkAcls(facts, region),
        ...judgeVpc(facts, region),
        ...judgeSecurityGroups(facts, { region, asked: patient.parameter('SSHAllowedCidr') }),
        ...judgeDockerPools(facts.subnets, patient, changing),
      );
    },
  };
}

function securityGroupsOf({ data }: Launch): string[] {
  return [...new Set([...(data.SecurityGroupIds ?? []), ...(data.NetworkInterfaces?.[0]?.Groups ?? [])])];
}

/** How many instances the group may still launch. */
function roomNeeded({ MaxSize = 0, Instances = [] }: AutoScalingGroup): number {
  return Math.max(0, MaxSize - Instances.length);
}

function missingSubnets(
  wanted: readonly string[],
  there: NetworkFacts['subnets'],
  region: string,
  changing: Changing,
): Finding[] {
  const missing = wanted.filter((id) => !there.some(({ SubnetId }) => SubnetId === id));
  if (missing.length === 0) return [];
  return [
    {
      code: 'subnet-missing',
      severity: 'error',
      message: `${region} has no subnet ${missing.join(', ')}, which the group names`,
      meaning: 'Auto Scaling cannot launch instances there.',
      fix: `Name others: ${changing('Subnets=subnet-...,subnet-...')}`,
    },
  ];
}

/** A full subnet is an error; where all of them together are too small for MaxSize, that is a warning. */
export function judgeRoom(subnets: NetworkFacts['subnets'], needed: number, region: string): Finding[] {
  const free = ({ AvailableIpAddressCount = 0 }: NetworkFacts['subnets'][number]) => AvailableIpAddressCount;
  const full = subnets.filter((subnet) => free(subnet) === 0);
  const total = subnets.reduce((sum, subnet) => sum + free(subnet), 0);
  const fix = `Give the group larger subnets (--param Subnets=...), or see who has the addresses: aws ec2 describe-network-interfaces --filters Name=subnet-id,Values=${(full.length > 0 ? full : subnets).map(({ SubnetId }) => SubnetId).join(',')} --region ${region}`;
  if (full.length > 0) {
    return [
      {
        code: 'subnet-full',
        severity: 'error',
        message: `No address is free in ${full.map(({ SubnetId }) => SubnetId).join(', ')}`,
        meaning: 'Instances cannot be launched there.',
        fix,
      },
    ];
  }
  if (total >= needed) return [];
  return [
    {
      code: 'subnet-full',
      severity: 'warning',
      message:
        `${counted(total, 'address')} free in the subnets, fewer than the ${counted(needed, 'instance')} that MaxSize still allows`.replace(
          'addresss',
          'addresses',
        ),
      meaning: 'The group cannot become as large as it may.',
      fix,
    },
  ];
}

function judgeVpc({ subnets, dnsSupport, endpoints }: NetworkFacts, region: string): Finding[] {
  const vpc = subnets[0]?.VpcId ?? '';
  const down = endpoints.filter(({ State = '' }) => !/^(available|pending)$/i.test(State));
  return [
    ...(dnsSupport
      ? []
      : [
          {
            code: 'dns-off',
            severity: 'error',
            message: `DNS is switched off in ${vpc}`,
            meaning: 'Instances find neither Buildkite nor AWS by name.',
            fix: `aws ec2 modify-vpc-attribute --vpc-id ${vpc} --enable-dns-support --region ${region}`,
          } as const,
        ]),
    ...down.map(({ VpcEndpointId = '', ServiceName = '', State = '' }): Finding => ({
      code: 'endpoint-down',
      severity: 'error',
      message: `The endpoint ${VpcEndpointId} for ${ServiceName} is ${State}`,
      meaning: 'Instances cannot reach that service of AWS, as its name leads to the endpoint.',
      fix: `aws ec2 describe-vpc-endpoints --vpc-endpoint-ids ${VpcEndpointId} --region ${region}. One that was rejected or has failed has to be made anew.`,
    })),
  ];
}

/** Containers must not get addresses that the instances' own network has. */
function judgeDockerPools(
  subnets: NetworkFacts['subnets'],
  patient: Pick<StackFacts, 'parameter'>,
  changing: Changing,
): Finding[] {
  return ['DockerIPv4AddressPool1', 'DockerIPv4AddressPool2'].flatMap((parameter): Finding[] => {
    const pool = patient.parameter(parameter);
    const hit = subnets.filter(({ CidrBlock = '' }) => pool !== undefined && overlap(pool, CidrBlock));
    if (pool === undefined || hit.length === 0) return [];
    return [
      {
        code: 'docker-network-collides',
        severity: 'warning',
        message: `${parameter} (${pool}) has addresses of ${hit.map(({ SubnetId, CidrBlock }) => `${SubnetId ?? ''} (${CidrBlock ?? ''})`).join(', ')}`,
        meaning: 'Containers cannot reach hosts there, such as endpoints or other instances.',
        fix: `Choose any range that the VPC and what it is connected to do not use: ${changing(`${parameter}=10.200.0.0/16`)}`,
      },
    ];
  });
}
