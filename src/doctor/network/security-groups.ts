import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import type { Finding } from '../findings/finding.ts';
import type { NetworkFacts } from './facts.ts';

const ANYBODY = ['0.0.0.0/0', '::/0'];

/**
 * Judges what the security groups of the instances let through.
 * @param asked the network that the stack itself opens SSH to
 */
export function judgeSecurityGroups(
  { wantedGroups, securityGroups }: Pick<NetworkFacts, 'wantedGroups' | 'securityGroups'>,
  { region, asked }: { readonly region: string; readonly asked: string | undefined },
): Finding[] {
  const missing = wantedGroups.filter((id) => !securityGroups.some(({ GroupId }) => GroupId === id));
  const opened = securityGroups.flatMap((group) =>
    (group.IpPermissions ?? [])
      .flatMap((permission) => openingsOf(permission).map((cidr) => ({ group, permission, cidr })))
      .filter(({ cidr }) => cidr !== asked),
  );
  return [
    ...(missing.length === 0
      ? []
      : [
          {
            code: 'security-group-missing',
            severity: 'error',
            message: `${region} has no security group ${missing.join(', ')}`,
            meaning: 'No new instance can start.',
            fix: 'Name others with --param SecurityGroupIds=..., or leave it empty and let the stack make one.',
          } as const,
        ]),
    ...(missing.length > 0 || securityGroups.length === 0 || securityGroups.some(letsOut)
      ? []
      : [egressClosed(securityGroups, region)]),
    ...opened.map(({ group, permission, cidr }): Finding => {
      const id = group.GroupId ?? '';
      return {
        code: 'ingress-open',
        severity: 'warning',
        message: `${id} lets anybody (${cidr}) in ${portsOf(permission)}`,
        meaning: 'Agents call out and are never called: nobody has to reach the instances.',
        fix: `aws ec2 revoke-security-group-ingress --group-id ${id} --ip-permissions '${JSON.stringify([ruleOf(permission, cidr)])}' --region ${region}`,
      };
    }),
  ];
}

function egressClosed(groups: readonly SecurityGroup[], region: string): Finding {
  const [first] = groups;
  return {
    code: 'egress-closed',
    severity: 'error',
    message: `${groups.map(({ GroupId }) => GroupId).join(', ')} lets nothing out to port 443`,
    meaning: 'Instances cannot reach Buildkite or AWS: their boot fails, or their agents are gone.',
    fix: `aws ec2 authorize-security-group-egress --group-id ${first?.GroupId ?? ''} --protocol tcp --port 443 --cidr 0.0.0.0/0 --region ${region}`,
  };
}

/** Whether HTTPS gets to the internet. */
function letsOut({ IpPermissionsEgress = [] }: SecurityGroup): boolean {
  return IpPermissionsEgress.some(
    (permission) =>
      covers(permission, 443) &&
      (permission.IpRanges?.some(({ CidrIp }) => CidrIp === '0.0.0.0/0') ||
        (permission.PrefixListIds ?? []).length > 0),
  );
}

function covers({ IpProtocol, FromPort, ToPort }: IpPermission, port: number): boolean {
  if (IpProtocol === '-1') return true;
  return (
    (IpProtocol === 'tcp' || IpProtocol === '6') &&
    FromPort !== undefined &&
    ToPort !== undefined &&
    FromPort <= port &&
    port <= ToPort
  );
}

function openingsOf({ IpRanges = [], Ipv6Ranges = [] }: IpPermission): string[] {
  const all = [...IpRanges.map(({ CidrIp }) => CidrIp), ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)];
  return all.filter((cidr): cidr is string => cidr !== undefined && ANYBODY.includes(cidr));
}

function portsOf({ IpProtocol, FromPort, ToPort }: IpPermission): string {
  if (IpProtocol === '-1') return 'on every port';
  if (FromPort === undefined || FromPort === ToPort) return `on ${IpProtocol ?? '?'} port ${FromPort ?? '?'}`;
  return `on ${IpProtocol ?? '?'} ports ${FromPort} to ${ToPort ?? '?'}`;
}

function ruleOf({ IpProtocol, FromPort, ToPort }: IpPermission, cidr: string): IpPermission {
  return {
    IpProtocol,
    ...(FromPort !== undefined && { FromPort }),
    ...(ToPort !== undefined && { ToPort }),
    ...(cidr.includes(':') ? { Ipv6Ranges: [{ CidrIpv6: cidr }] } : { IpRanges: [{ CidrIp: cidr }] }),
  };
}
