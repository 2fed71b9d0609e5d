import { capacityCalls } from '../../stack/capacity/calls.ts';
import { type GroupState, groupState } from '../../stack/facts/group/state.ts';
import {
  onStandby,
  standbyRemedy,
  type Surplus,
  surplusRemedy,
  surplusText,
} from '../../stack/facts/group/surplus.ts';
import { readSurplus } from '../../stack/facts/service/read-surplus.ts';
import { counted } from '../../terminal/text.ts';
import { type Check, examined, type Finding } from '../findings/finding.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';

/** Whether the group gets rid of instances that nobody needs. */
export function surplusCheck(facts: StackFacts, replacing: () => Promise<boolean>): Check {
  return {
    title: 'Surplus instances',
    run: async () => {
      const group = await facts.group();
      if (group === undefined) return examined('none');
      const state = groupState(group, []);
      const { autoScalingGroupName: name } = state;
      // An update may have both the former instances and the new ones in service.
      const surplus = (await replacing()) ? undefined : await readSurplus(facts.aws, facts.stack, state);
      const { drains } = await facts.draining(group);
      const unprotect = (ids: readonly string[]) => capacityCalls(facts.aws).unprotect(name, ids);
      return examined(
        'none',
        ...judgeSurplus(surplus, name, facts.region, drains ? unprotect : undefined),
        ...judgeStandby(state, facts.region),
      );
    },
  };
}

/** @param unprotect absent where an instance that is ended doesn't finish its jobs first */
export function judgeSurplus(
  surplus: Surplus | undefined,
  group: string,
  region: string,
  unprotect?: (instanceIds: readonly string[]) => Promise<void>,
): Finding[] {
  if (surplus === undefined) return [];
  const { cause, protectedInstances } = surplus;
  return [
    {
      code: 'instances-surplus',
      severity: 'warning',
      message: surplusText(surplus),
      meaning: 'They cost money, and nothing ends them.',
      fix: surplusRemedy(surplus, group, region),
      ...(cause === 'protected' &&
        unprotect !== undefined && {
          repair: {
            does: `Lifts the scale-in protection of ${counted(protectedInstances.length, 'instance')} of ${group}. Auto Scaling then ends as many as are too many, once their jobs are done.`,
            carryOut: () => unprotect(protectedInstances),
          },
        }),
    },
  ];
}

export function judgeStandby(
  group: Pick<GroupState, 'instances' | 'autoScalingGroupName'>,
  region: string,
): Finding[] {
  const standby = onStandby(group);
  if (standby.length === 0) return [];
  return [
    {
      code: 'instances-standby',
      severity: 'warning',
      message: `${counted(standby.length, 'instance')} on standby: ${standby.join(', ')}`,
      meaning:
        "They cost money, don't count as capacity, and stay until somebody brings them back or ends them.",
      fix: standbyRemedy(standby, group.autoScalingGroupName, region),
    },
  ];
}
