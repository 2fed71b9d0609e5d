import type { RetryClock } from '../../../aws/retry.ts';
import type { CapacityCalls } from '../../capacity/steps.ts';
import type { ChangeSetCalls } from '../../deployment/change-set-calls.ts';
import type { ImageCalls } from '../../image/calls.ts';
import type { RefreshCalls } from '../../rollout/refresh.ts';
import type { SurveyCalls } from '../../rollout/survey-calls.ts';
import type { RollbackStore } from '../request/rollback-store.ts';

/** The calls that planning an update makes; none of them changes the stack. */
export interface PlanServices {
  readonly region: string;
  readonly sets: ChangeSetCalls;
  readonly rollbacks: Pick<RollbackStore, 'read' | 'template' | 'remembered'>;
  readonly capacity: Pick<CapacityCalls, 'read'>;
  readonly survey: Pick<SurveyCalls, 'group'>;
  readonly images: ImageCalls;
  readonly refreshes: Pick<RefreshCalls, 'active'>;
  readonly retry: RetryClock;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}
