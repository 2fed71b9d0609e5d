import type { AwsContext } from '../../../aws/context.ts';
import type { GroupInstance } from './instances.ts';

/** An instance of a group's warm pool: Warmed:Pending:Wait, Warmed:Stopped, Warmed:Terminating:Wait, ... */
export type WarmInstance = Omit<GroupInstance, 'current' | 'protectedFromScaleIn'>;

/** Instances beside the group that are stopped, or being made ready for that. */
export interface WarmPoolState {
  /** How many there are, without those that end; with them where they may not be looked at. */
  readonly size: number;
  readonly wanted: number;
  /** How many of them are ready to be started; absent where they may not be looked at. */
  readonly ready?: number;
  /** How many there are beside them that end; absent where they may not be looked at. */
  readonly leaving?: number;
}

/** Everything that is in a group's warm pool. */
export async function warmInstances(aws: AwsContext, group: string): Promise<WarmInstance[]> {
  const { DescribeWarmPoolCommand } = await import('../../../aws/sdk/auto-scaling.ts');
  const client = await aws.clients.autoScaling();
  const found: WarmInstance[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new DescribeWarmPoolCommand({ AutoScalingGroupName: group, NextToken }));
    for (const one of page.Instances ?? []) {
      found.push({
        instanceId: one.InstanceId ?? '',
        lifecycleState: one.LifecycleState ?? '',
        health: one.HealthStatus ?? '',
        instanceType: one.InstanceType ?? '',
        zone: one.AvailabilityZone ?? '',
        ...(one.LaunchTemplate?.Version !== undefined && { version: one.LaunchTemplate.Version }),
      });
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

export function isLeaving({ lifecycleState }: Pick<WarmInstance, 'lifecycleState'>): boolean {
  return lifecycleState.startsWith('Warmed:Terminat');
}

/** A pool that is to have so many, by what is in it. */
export function warmPoolState(
  wanted: number,
  instances: readonly Pick<WarmInstance, 'lifecycleState'>[],
): Required<WarmPoolState> {
  const leaving = instances.filter(isLeaving).length;
  const ready = instances.filter(({ lifecycleState }) =>
    /^Warmed:(Stopped|Hibernated|Running)$/.test(lifecycleState),
  ).length;
  return { size: instances.length - leaving, wanted, ready, leaving };
}
