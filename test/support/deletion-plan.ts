import type { DeletionPlan, PlannedGroup } from '../../src/stack/deletion/plan.ts';
import { ROOT } from './events.ts';

/** A plan for the stack `ci`, which has its token and nothing else. */
export function deletionPlan(parts: Partial<DeletionPlan> = {}, status = 'CREATE_COMPLETE'): DeletionPlan {
  return {
    stack: {
      stackName: 'ci',
      stackId: ROOT,
      region: 'us-east-1',
      status,
      origin: 'bk-stack',
      createdAt: '2026-11-23T10:00:00.000Z',
      terminationProtection: false,
    },
    resources: [],
    groups: [],
    force: false,
    parameters: ['/bk-stack/ci/agent-token'],
    buckets: [],
    retain: [],
    unprotect: false,
    underWay: false,
    bucketsToDelete: [],
    keptBuckets: [],
    ...parts,
  };
}

/** A group of one instance in service. */
export function plannedGroup(name: string, ending: PlannedGroup['ending']): PlannedGroup {
  return {
    logicalId: 'Group',
    autoScalingGroupName: name,
    instances: [{ instanceId: `i-${name}`, lifecycleState: 'InService' }],
    draining: ending === 'drain' ? { drains: true } : { drains: false, lacks: 'hook' },
    ending,
  };
}
