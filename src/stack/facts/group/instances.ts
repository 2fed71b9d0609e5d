import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';

/** An instance as its group sees it. */
export interface GroupInstance {
  readonly instanceId: string;
  /** Pending, InService, Terminating:Wait, ... */
  readonly lifecycleState: string;
  readonly health: string;
  readonly instanceType: string;
  readonly zone: string;
  /** Of the launch template that it was launched from. */
  readonly version?: string;
  /** Whether new instances are launched from that version. */
  readonly current: boolean;
  /** Whether Auto Scaling leaves it out when it scales the group in. */
  readonly protectedFromScaleIn: boolean;
}

/** A group's instances, without those of its warm pool. */
export function groupInstances(group: AutoScalingGroup): GroupInstance[] {
  const current = launchVersion(group);
  return (group.Instances ?? []).map((instance) => ({
    instanceId: instance.InstanceId ?? '',
    lifecycleState: instance.LifecycleState ?? '',
    health: instance.HealthStatus ?? '',
    instanceType: instance.InstanceType ?? '',
    zone: instance.AvailabilityZone ?? '',
    ...(instance.LaunchTemplate?.Version !== undefined && { version: instance.LaunchTemplate.Version }),
    current: instance.LaunchTemplate?.Version === current,
    protectedFromScaleIn: instance.ProtectedFromScaleIn ?? false,
  }));
}

/** The version of the launch template that a group's new instances are launched from. */
export function launchVersion({
  MixedInstancesPolicy,
  LaunchTemplate,
}: AutoScalingGroup): string | undefined {
  return (MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification ?? LaunchTemplate)?.Version;
}
