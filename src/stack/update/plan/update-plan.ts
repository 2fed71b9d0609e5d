import type { RolloutOptions, Strategy } from '../request/options.ts';
import type { S3Location } from '../request/rollback-point.ts';
import type { GroupPlan } from './group-plan.ts';

/**
 * An update that only has to be executed. All that it depends on is in here, as its journal is made from it; parts are absent for a
 * template without a group, and in journals of earlier versions.
 */
export interface UpdatePlan
  extends Partial<Pick<RolloutOptions, 'refresh' | 'drainSeconds'>>, Partial<GroupPlan> {
  readonly strategy: Strategy;
  /** The change set's name. */
  readonly id: string;
  readonly stackName: string;
  readonly stackId: string;
  /** Who asks for it, as an ARN. */
  readonly by: string;
  readonly changeSetId: string;
  /** Resources that the change set touches. */
  readonly resources: number;
  /** The record of the stack as it was before. */
  readonly former: S3Location;
}
