import type { AutoScalingGroup, AutoScalingInstanceDetails } from '@aws-sdk/client-auto-scaling';
import type { Stack } from '@aws-sdk/client-cloudformation';
import type { Instance } from '@aws-sdk/client-ec2';
import type { AwsContext } from '../../aws/context.ts';
import { UsageError } from '../../errors.ts';
import { findStack } from '../facts/stack/find-stack.ts';
import { groupInstances, launchVersion } from '../facts/group/instances.ts';
import { pauseReason } from '../facts/group/state.ts';
import { STACK_TAG } from '../naming/tags.ts';
import { originOf } from '../facts/stack/summary.ts';
import type { StackFacts } from '../facts/stack-facts.ts';
import { agentsByInstance, type InstanceAgents } from './agents.ts';

/** An instance of a stack. */
export interface StackInstance {
  readonly instanceId: string;
  /** As its group sees it: Pending:Wait, InService, Terminating:Wait, ...; of its warm pool: Warmed:Stopped, ... */
  readonly state: string;
  readonly health: string;
  readonly instanceType: string;
  readonly spot: boolean;
  readonly zone: string;
  /** Absent for one that EC2 does not know any more. */
  readonly launchedAt?: string;
  readonly privateIp?: string;
  /** Of the launch template. */
  readonly version?: string;
  /** Whether new instances are launched from that version. */
  readonly current: boolean;
  /** Connected agents; absent where they are not known. */
  readonly agents?: InstanceAgents;
}

export interface InstanceList {
  readonly stackName: string;
  readonly group: string;
  readonly instances: readonly StackInstance[];
  /** It is at zero, or on its way there, until it is resumed. */
  readonly paused?: true;
  /** Why the agents of instances are not known. */
  readonly agentsUnknown?: string;
}

/** Most that DescribeInstances gives a page. */
const PAGE = 1000;

/**
 * The instances of a stack's group and of its warm pool, oldest first. One request for the group, one for its warm pool if it
 * has one, one for each thousand instances, and with a token of Buildkite's REST API one for each hundred agents.
 */
export async function listInstances(facts: StackFacts, restToken?: string): Promise<InstanceList> {
  const { aws, stack, stackName } = facts;
  const name = await facts.requireGroupName();
  const [group, machines, agents] = await Promise.all([
    facts.requireGroup(),
    machinesOf(aws, name),
    agentsByInstance(aws, stack, restToken).catch((error: unknown) => (error as Error).message),
  ]);
  const current = launchVersion(group);
  const warm = group.WarmPoolConfiguration === undefined ? [] : await facts.warmPool();
  const members = [...groupInstances(group), ...warm];
  const instances = members.map((member): StackInstance => {
    const { instanceId, lifecycleState: state, health, instanceType, zone, version } = member;
    const machine = machines.get(instanceId);
    return {
      ...{ instanceId, state, health, zone },
      instanceType: instanceType || (machine?.InstanceType ?? ''),
      spot: machine?.InstanceLifecycle === 'spot',
      ...(machine?.LaunchTime && { launchedAt: machine.LaunchTime.toISOString() }),
      ...(machine?.PrivateIpAddress && { privateIp: machine.PrivateIpAddress }),
      ...(version !== undefined && { version }),
      current: version === current,
      ...(agents instanceof Map && {
        agents: agents.get(instanceId) ?? { total: 0, busy: 0 },
      }),
    };
  });
  const age = ({ launchedAt = '' }: StackInstance) => launchedAt;
  return {
    stackName,
    group: name,
    instances: instances.sort((a, b) => age(a).localeCompare(age(b))),
    ...(pauseReason(group) !== undefined && { paused: true as const }),
    ...(typeof agents === 'string' && { agentsUnknown: agents }),
  };
}

/** EC2's own view of the instances of a group, by id. */
export async function machinesOf(aws: AwsContext, group: string): Promise<Map<string, Instance>> {
  const { DescribeInstancesCommand } = await import('../../aws/sdk/ec2.ts');
  const client = await aws.clients.ec2();
  const machines = new Map<string, Instance>();
  let token: string | undefined;
  do {
    const page = await client.send(
      new DescribeInstancesCommand({
        Filters: [{ Name: 'tag:aws:autoscaling:groupName', Values: [group] }],
        MaxResults: PAGE,
        NextToken: token,
      }),
    );
    for (const { Instances } of page.Reservations ?? []) {
      for (const machine of Instances ?? []) machines.set(machine.InstanceId ?? '', machine);
    }
    token = page.NextToken;
  } while (token !== undefined);
  return machines;
}

/** DescribeAutoScalingInstances takes fifty ids. */
const IDS = 50;

/** Instances that belong to agent stacks, each with its group. */
export interface OwnedInstance {
  readonly instanceId: string;
  readonly group: string;
  readonly state: string;
  /** The stack of its group; absent for a group that CloudFormation has not made. */
  readonly stack?: Stack;
}

/**
 * The instances with these ids.
 * @throws UsageError for ids that are none, or belong to no agent stack of the region: nothing else is ever ended
 */
export async function requireInstances(aws: AwsContext, ids: readonly string[]): Promise<OwnedInstance[]> {
  const malformed = ids.filter((id) => !/^i-[0-9a-f]{8,17}$/.test(id));
  if (malformed.length > 0) {
    throw new UsageError(`${malformed.join(', ')}: an instance's id looks like i-0123456789abcdef0`, {
      hint: 'See the instances of a stack: bk-stack instances my-stack',
    });
  }
  const { DescribeAutoScalingGroupsCommand, DescribeAutoScalingInstancesCommand } =
    await import('../../aws/sdk/auto-scaling.ts');
  const client = await aws.clients.autoScaling();
  const details: AutoScalingInstanceDetails[] = [];
  for (let from = 0; from < ids.length; from += IDS) {
    const InstanceIds = ids.slice(from, from + IDS);
    const page = await client.send(new DescribeAutoScalingInstancesCommand({ InstanceIds }));
    details.push(...(page.AutoScalingInstances ?? []));
  }
  const names = [...new Set(details.flatMap(({ AutoScalingGroupName }) => AutoScalingGroupName ?? []))];
  const { AutoScalingGroups } =
    names.length === 0
      ? { AutoScalingGroups: [] }
      : await client.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: names }));
  const ours = new Map<string, Pick<OwnedInstance, 'stack'>>();
  for (const group of AutoScalingGroups ?? []) {
    const owner = await ownerOf(aws, group);
    if (owner !== undefined) ours.set(group.AutoScalingGroupName ?? '', owner);
  }
  const found = details.flatMap(({ InstanceId = '', AutoScalingGroupName = '', LifecycleState = '' }) => {
    const owner = ours.get(AutoScalingGroupName);
    return owner === undefined
      ? []
      : [{ instanceId: InstanceId, group: AutoScalingGroupName, state: LifecycleState, ...owner }];
  });
  const missing = ids.filter((id) => !found.some(({ instanceId }) => instanceId === id));
  if (missing.length === 0) return found;
  throw new UsageError(`No agent stack in ${aws.region} has ${missing.join(', ')}`, {
    hint: 'Nothing was changed. See the instances of a stack: bk-stack instances my-stack',
  });
}

/**
 * The stack of a group of agents; undefined for other groups. The official template does not tag its group, which CloudFormation
 * does: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
 */
async function ownerOf(
  aws: AwsContext,
  { Tags = [] }: AutoScalingGroup,
): Promise<Pick<OwnedInstance, 'stack'> | undefined> {
  const stackId = Tags.find(({ Key }) => Key === 'aws:cloudformation:stack-id')?.Value;
  const stack = stackId === undefined ? undefined : await findStack(aws, stackId);
  const tagged = Tags.some(({ Key }) => Key === STACK_TAG || Key === 'BuildkiteQueue');
  if (!tagged && (stack === undefined || originOf(stack) === 'other')) return undefined;
  return stack === undefined ? {} : { stack };
}
