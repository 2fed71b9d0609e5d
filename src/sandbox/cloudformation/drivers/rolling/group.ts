import type { Scope } from '../../../kernel/world.ts';

export interface GroupInstance {
  readonly id: string;
  readonly inService: boolean;
}

/** An Auto Scaling group as a rolling update sees it. */
export interface Group {
  readonly minSize: number;
  readonly maxSize: number;
  readonly desiredCapacity: number;
  readonly instances: readonly GroupInstance[];
  readonly suspendedProcesses: readonly string[];
}

/** What a rolling update asks of Auto Scaling. */
export type GroupCall =
  | { readonly do: 'suspend' | 'resume'; readonly processes: readonly string[] }
  | { readonly do: 'resize'; readonly minSize?: number; readonly desiredCapacity?: number }
  | { readonly do: 'terminate'; readonly instanceId: string; readonly decrement: boolean };

interface Described {
  readonly AutoScalingGroups?: readonly {
    readonly MinSize?: number;
    readonly MaxSize?: number;
    readonly DesiredCapacity?: number;
    readonly Instances?: readonly { readonly InstanceId?: string; readonly LifecycleState?: string }[];
    readonly SuspendedProcesses?: readonly { readonly ProcessName?: string }[];
  }[];
}

/** @returns undefined when there is no such group */
export async function describeGroup(scope: Scope, name: string): Promise<Group | undefined> {
  const { AutoScalingGroups: [group] = [] } = await scope.world.call<Described>(
    scope,
    'autoscaling',
    'DescribeAutoScalingGroups',
    { AutoScalingGroupNames: [name] },
  );
  if (group === undefined) return undefined;
  return {
    minSize: group.MinSize ?? 0,
    maxSize: group.MaxSize ?? 0,
    desiredCapacity: group.DesiredCapacity ?? 0,
    instances: (group.Instances ?? []).map(({ InstanceId = '', LifecycleState }) => ({
      id: InstanceId,
      inService: LifecycleState === 'InService',
    })),
    suspendedProcesses: (group.SuspendedProcesses ?? []).flatMap(({ ProcessName }) => ProcessName ?? []),
  };
}

export async function callGroup(scope: Scope, name: string, call: GroupCall): Promise<void> {
  const request = (operation: string, input: object) =>
    scope.world.call(scope, 'autoscaling', operation, input);
  switch (call.do) {
    case 'suspend':
      await request('SuspendProcesses', { AutoScalingGroupName: name, ScalingProcesses: call.processes });
      break;
    case 'resume':
      await request('ResumeProcesses', { AutoScalingGroupName: name, ScalingProcesses: call.processes });
      break;
    case 'resize':
      await request('UpdateAutoScalingGroup', {
        AutoScalingGroupName: name,
        MinSize: call.minSize,
        DesiredCapacity: call.desiredCapacity,
      });
      break;
    case 'terminate':
      await request('TerminateInstanceInAutoScalingGroup', {
        InstanceId: call.instanceId,
        ShouldDecrementDesiredCapacity: call.decrement,
      });
      break;
  }
}
