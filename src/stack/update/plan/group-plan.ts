import {
  type GroupSize,
  isPausedGroup,
  ownSize,
  rememberedSize,
  type SizedGroup,
} from '../../capacity/group-size.ts';
import type { ParameterPlan } from '../request/parameters.ts';

/** A group before an update, and the size that it is to have afterwards. */
export interface GroupPlan {
  readonly group: string;
  /** The launch template's version before. */
  readonly formerVersion?: string;
  /** The group was at zero before by a person's will, and stays there. */
  readonly paused?: true;
  /** The group's size before, and afterwards if the update succeeds; for a group at zero, the one that it is to have again. */
  readonly sizes: { readonly before: GroupSize; readonly after: GroupSize };
}

/** Plans the sizes of a group. */
export function groupPlan(
  group: string,
  version: string | undefined,
  found: Pick<SizedGroup, 'size' | 'tags'>,
  parameters: Pick<ParameterPlan, 'changes' | 'effective'>,
): GroupPlan {
  const before = rememberedSize(found) ?? ownSize(found);
  return {
    group,
    ...(version !== undefined && { formerVersion: version }),
    ...(isPausedGroup(found) && { paused: true as const }),
    sizes: { before, after: sizeAfter(before, parameters) },
  };
}

/** The limits that the update sets count; those that it leaves alone may have been changed by a schedule or a person. */
function sizeAfter(
  before: GroupSize,
  { changes, effective }: Pick<ParameterPlan, 'changes' | 'effective'>,
): GroupSize {
  const limit = (name: string, current: number) =>
    changes.some((change) => change.name === name) ? Number(effective.get(name)) : current;
  const [min, max] = [limit('MinSize', before.min), limit('MaxSize', before.max)];
  return { min, max, desired: Math.min(max, Math.max(min, before.desired)) };
}
