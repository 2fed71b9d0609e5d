import type { ProvidingService } from '../../providers/service.ts';
import { activityOperations } from './activities.ts';
import { groupDescriptionOperations } from './groups/description.ts';
import { groupLifecycleOperations } from './groups/lifecycle.ts';
import { hookOperations } from './hooks.ts';
import { movingOperations } from './instances/moving.ts';
import { instanceOperations } from './instances/operations.ts';
import { policyOperations } from './policies.ts';
import { processOperations } from './processes.ts';
import { reconcile } from './reconciling/reconcile.ts';
import { RECONCILE_TASK } from './reconciling/task.ts';
import { refreshOperations } from './refreshes.ts';
import { autoScalingResources } from './resources/index.ts';
import { runSchedule, SCHEDULE_TASK, scheduledOperations } from './scheduled/actions.ts';
import { tagOperations } from './tags.ts';
import { warmPoolOperations } from './warm-pools.ts';

/** Amazon EC2 Auto Scaling. */
export const autoscaling: ProvidingService = {
  name: 'autoscaling',
  signingNames: ['autoscaling'],
  sdk: () => import('@aws-sdk/client-auto-scaling'),
  operations: {
    ...groupLifecycleOperations,
    ...groupDescriptionOperations,
    ...activityOperations,
    ...instanceOperations,
    ...movingOperations,
    ...hookOperations,
    ...scheduledOperations,
    ...policyOperations,
    ...processOperations,
    ...refreshOperations,
    ...tagOperations,
    ...warmPoolOperations,
  },
  resources: autoScalingResources,
  tasks: { [RECONCILE_TASK]: reconcile, [SCHEDULE_TASK]: runSchedule },
};
