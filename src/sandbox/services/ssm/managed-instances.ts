import type {
  DescribeInstanceInformationRequest,
  DescribeInstanceInformationResult,
  InstanceInformation,
} from '@aws-sdk/client-ssm';
import { own } from '../../kernel/table.ts';
import type { Scope } from '../../kernel/world.ts';
import { pageOf } from '../common/paging.ts';
import { checkRange } from '../common/validation.ts';
import { ec2State } from '../ec2/state/state.ts';
import type { InstanceRecord } from '../ec2/state/instance.ts';
import { roleAllows } from '../iam/simulation.ts';
import { iamState } from '../iam/state.ts';
import { invalidToken } from './state.ts';

/** How long after its start an instance's SSM Agent has registered, in milliseconds. */
const REGISTERED_AFTER = 60_000;

/**
 * Tells which instances Systems Manager manages: those that run and whose role lets their agent report, as
 * AmazonSSMManagedInstanceCore does. Amazon Linux 2023 has the agent.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html
 */
function describeInstanceInformation(
  input: DescribeInstanceInformationRequest,
  scope: Scope,
): DescribeInstanceInformationResult {
  const wanted = [...(input.Filters ?? []), ...(input.InstanceInformationFilterList ?? [])].map((filter) => ({
    key: 'Key' in filter ? filter.Key : filter.key,
    values: ('Values' in filter ? filter.Values : filter.valueSet) ?? [],
  }));
  const managed = Object.values(ec2State(scope).instances)
    .filter((instance) => isManaged(instance, scope))
    .map((instance) => described(instance, scope))
    .filter((instance) =>
      wanted.every(({ key, values }) => values.includes(String(instance[key as 'InstanceId']))),
    );
  const size = checkRange(input.MaxResults ?? 10, 'maxResults', [5, 50]);
  const { items, nextToken: NextToken } = pageOf(managed, size, input.NextToken, invalidToken);
  return { InstanceInformationList: items, NextToken };
}

function isManaged({ state, launchTime, instanceProfile }: InstanceRecord, scope: Scope): boolean {
  if (state !== 'running' || scope.world.now() < launchTime + REGISTERED_AFTER) return false;
  const { profiles, roles } = iamState(scope);
  const [role] = own(profiles, instanceProfile?.name)?.roles ?? [];
  const arn = own(roles, role)?.arn;
  return arn !== undefined && roleAllows(scope, arn, 'ssm:UpdateInstanceInformation', '*');
}

function described({ instanceId, launchTime, privateIp }: InstanceRecord, scope: Scope): InstanceInformation {
  return {
    InstanceId: instanceId,
    PingStatus: 'Online',
    LastPingDateTime: new Date(scope.world.now()),
    AgentVersion: '3.3.0.0',
    IsLatestVersion: true,
    PlatformType: 'Linux',
    PlatformName: 'Amazon Linux',
    PlatformVersion: '2023',
    ResourceType: 'EC2Instance',
    RegistrationDate: new Date(launchTime + REGISTERED_AFTER),
    IPAddress: privateIp,
  };
}

export const managedInstanceOperations = { DescribeInstanceInformation: describeInstanceInformation };
