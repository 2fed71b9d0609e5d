import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { counted } from '../../terminal/text.ts';
import { type Check, examined, type Finding } from '../findings/finding.ts';
import type { Launch } from '../../stack/facts/group/launch-template.ts';
import type { ChangeAdvice, StackFacts } from '../../stack/facts/stack-facts.ts';
import { overlap } from '../../network/cidr.ts';
import { networkFacts, type NetworkFacts } from './facts.ts';
import { judgeNetworkAcls } from './network-acls.ts';
import { judgeSecurityGroups } from './security-groups.ts';
import { judgeWaysOut } from './ways-out.ts';

/** Whether instances have room, and reach what they need. */
export function networkCheck(facts: StackFacts): Check {
  return {
    title: 'Network',
    run: async () => {
      const group = await facts.group();
      const launch = group && (await facts.launch(group));
      if (group === undefined || launch === undefined) return examined('not known');
      const wanted = (group.VPCZoneIdentifier ?? '').split(',').filter(Boolean);
      const network = await networkFacts(facts.aws, wanted, securityGroupsOf(launch));
      const { region } = facts;
      const changeAdvice = await facts.changeAdvice();
      const gone = missingSubnets(network.wanted, network.subnets, region, changeAdvice);
      if (!('routeTables' in network)) return examined('', ...gone);
      const publicAddress = launch.data.NetworkInterfaces?.[0]?.AssociatePublicIpAddress;
      return examined(
        `${counted(network.subnets.length, 'subnet')} with a way out, of ${network.subnets[0]?.VpcId ?? ''}`,
        ...gone,
        ...judgeRoom(network.subnets, roomNeeded(group), region),
        ...judgeWaysOut({ ...network, publicAddress }, region),
        ...judgeNetworkAcls(network, region),
        ...judgeVpc(network, region),
        ...judgeSecurityGroups(network, { region, asked: facts.parameter('SSHAllowedCidr') }),
        ...judgeDockerPools(network.subnets, facts, changeAdvice),
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

/** Judges whether the subnets that the group names are there. */
export function missingSubnets(
  wanted: readonly string[],
  there: NetworkFacts['subnets'],
  region: string,
  changeAdvice: ChangeAdvice,
): Finding[] {
  const missing = wanted.filter((id) => !there.some(({ SubnetId }) => SubnetId === id));
  if (missing.length === 0) return [];
  return [
    {
      code: 'subnet-missing',
      severity: 'error',
      message: `${region} has no subnet ${missing.join(', ')}, which the group names`,
      meaning: 'Auto Scaling cannot launch instances there.',
      fix: `Name others: ${changeAdvice('Subnets=subnet-...,subnet-...')}`,
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

/** Judges DNS and the endpoints of the VPC. */
export function judgeVpc(
  { subnets, dnsSupport, endpoints }: Pick<NetworkFacts, 'subnets' | 'dnsSupport' | 'endpoints'>,
  region: string,
): Finding[] {
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
export function judgeDockerPools(
  subnets: NetworkFacts['subnets'],
  facts: Pick<StackFacts, 'parameter'>,
  changeAdvice: ChangeAdvice,
): Finding[] {
  return ['DockerIPv4AddressPool1', 'DockerIPv4AddressPool2'].flatMap((parameter): Finding[] => {
    const pool = facts.parameter(parameter);
    const hit = subnets.filter(({ CidrBlock = '' }) => pool !== undefined && overlap(pool, CidrBlock));
    if (pool === undefined || hit.length === 0) return [];
    return [
      {
        code: 'docker-network-collides',
        severity: 'warning',
        message: `${parameter} (${pool}) has addresses of ${hit.map(({ SubnetId, CidrBlock }) => `${SubnetId ?? ''} (${CidrBlock ?? ''})`).join(', ')}`,
        meaning: 'Containers cannot reach hosts there, such as endpoints or other instances.',
        fix: `Choose any range that the VPC and what it is connected to do not use: ${changeAdvice(`${parameter}=10.200.0.0/16`)}`,
      },
    ];
  });
}
