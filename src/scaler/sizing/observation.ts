/** What the stack's parameters say about scaling. */
export interface ScalingSettings {
  readonly agentsPerInstance: number;
  /** Instances that are to be idle beside what jobs need. */
  readonly instanceBuffer: number;
  /** By which growth is multiplied. */
  readonly scaleOutFactor: number;
  /** Whether jobs behind a wait or block step count as well. */
  readonly scaleOutForWaitingJobs: boolean;
  /** Whether only the instances themselves make the group smaller. */
  readonly disableScaleIn: boolean;
  readonly scaleOutCooldownSeconds: number;
  readonly scaleInCooldownSeconds: number;
  /** Looks further apart than this say nothing of the time between them. */
  readonly apartMostMs: number;
}

/** What Buildkite says of the queue. */
export interface QueueMetrics {
  readonly jobs: { readonly scheduled: number; readonly running: number; readonly waiting: number };
  readonly agents: { readonly idle: number; readonly busy: number; readonly total: number };
}

/** What Auto Scaling says of the group, in instances. */
export interface GroupFacts {
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  /** Launching or booting: the launching hook holds an instance there until its agents are up. */
  readonly pending: number;
  /** Those of them that have been booting for so much longer than boots take that they may hang. None where it is left out. */
  readonly overdue?: number;
  readonly inService: number;
  /** Agents that instances in service were launched with, where not all have AgentsPerInstance of them. */
  readonly agentsInService?: number;
  /** Finishing their last jobs. They count for nothing that is to come. */
  readonly terminating: number;
  /** Whether bk-stack was told to leave the group alone. */
  readonly paused: boolean;
  /** The size to which the scaler has raised MinSize, where that is more than `min`: for expected jobs, or for InstanceBuffer. */
  readonly held?: number;
}

/** Agents that the instances in service have, or are about to have. */
export function agentsInService(
  { inService, agentsInService: launched }: Pick<GroupFacts, 'inService' | 'agentsInService'>,
  agentsPerInstance: number,
): number {
  return launched ?? inService * agentsPerInstance;
}

export interface Observation extends QueueMetrics {
  readonly group: GroupFacts;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Instances that are to be up for jobs that are expected. None where it is left out. */
  readonly expected?: number;
}
