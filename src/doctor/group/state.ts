import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { pauseReason, suspendedProcesses } from '../../stack/facts/group/state.ts';
import { capacityCalls } from '../../stack/capacity/calls.ts';
import { type Check, examined, type Finding } from '../findings/finding.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';

/** What tells whether a group does its work. */
export interface GroupFacts {
  readonly name: string;
  /** Why somebody has paused it. */
  readonly paused?: string;
  readonly suspended: readonly string[];
  readonly zones: number;
  /** Whether its instances are protected from being ended by a smaller size or for balance. */
  readonly protectedFromScaleIn: boolean;
  /** Whether an instance that the group terminates finishes its jobs. */
  readonly drains: boolean;
}

/** Without these a group brings up nothing, or keeps what is broken. */
const VITAL = ['Launch', 'Terminate', 'HealthCheck', 'ReplaceUnhealthy'];
/** What bk-stack scale-to-zero suspends itself. */
const OF_PAUSE = ['Launch', 'ScheduledActions'];

export interface GroupRepairs {
  resume(processes: readonly string[]): Promise<void>;
  suspend(processes: readonly string[]): Promise<void>;
}

/** Whether somebody has left the group in a state in which it does not work. */
export function groupCheck(facts: StackFacts): Check {
  return {
    title: 'Group',
    run: async () => {
      const group = await facts.group();
      if (group === undefined) return examined('', groupMissing(facts));
      const name = group.AutoScalingGroupName ?? '';
      const state = groupFacts(group, (await facts.draining(group)).drains);
      const calls = capacityCalls(facts.aws);
      const findings = judgeGroup(state, facts, {
        resume: (processes) => calls.resume(name, processes),
        suspend: (processes) => calls.suspend(name, processes),
      });
      const { DesiredCapacity = 0, MinSize = 0, MaxSize = 0 } = group;
      return examined(`${DesiredCapacity} desired (${MinSize} to ${MaxSize})`, ...findings);
    },
  };
}

export function groupFacts(group: AutoScalingGroup, drains: boolean): GroupFacts {
  const paused = pauseReason(group);
  return {
    name: group.AutoScalingGroupName ?? '',
    ...(paused !== undefined && { paused }),
    suspended: suspendedProcesses(group),
    zones: new Set(group.AvailabilityZones).size,
    protectedFromScaleIn: group.NewInstancesProtectedFromScaleIn ?? false,
    drains,
  };
}

export function judgeGroup(
  facts: GroupFacts,
  { target, region }: Pick<StackFacts, 'target' | 'region'>,
  repairs: GroupRepairs,
): Finding[] {
  const { name, paused, suspended, zones, protectedFromScaleIn, drains } = facts;
  const halted = suspended.filter(
    (process) => VITAL.includes(process) && !(paused !== undefined && OF_PAUSE.includes(process)),
  );
  // An instance may be ended as soon as its health is looked at again: its jobs must be waited for.
  const safe = drains || halted.every((process) => process === 'Launch');
  const findings: Finding[] = [];
  if (paused !== undefined) {
    findings.push({
      code: 'paused',
      severity: 'warning',
      message: `The stack is paused (${paused})`,
      meaning: 'Its scaler brings up nothing, and jobs wait until it is resumed.',
      fix: `bk-stack resume ${target}`,
    });
  }
  if (halted.length > 0) {
    findings.push({
      code: 'processes-suspended',
      severity: 'error',
      message: `Auto Scaling does not ${halted.join(', ')}: suspended by somebody`,
      meaning: 'The group launches no instances, or keeps those that are broken.',
      fix: `${safe ? '' : `When none of its agents is busy (bk-stack status ${target}), as instances may be ended at once: `}aws autoscaling resume-processes --auto-scaling-group-name ${name} --scaling-processes ${halted.join(' ')} --region ${region}`,
      ...(safe && {
        repair: {
          does: `Resumes ${halted.join(', ')} of ${name}.`,
          carryOut: () => repairs.resume(halted),
        },
      }),
    });
  }
  if (zones > 1 && !suspended.includes('AZRebalance') && !drains && !protectedFromScaleIn) {
    findings.push({
      code: 'az-rebalance',
      severity: 'warning',
      message:
        'Auto Scaling may end instances to balance the zones, and nothing makes it wait for their jobs',
      meaning: 'A job on such an instance is lost.',
      fix: `aws autoscaling suspend-processes --auto-scaling-group-name ${name} --scaling-processes AZRebalance --region ${region}`,
      repair: {
        does: `Suspends AZRebalance of ${name}.`,
        carryOut: () => repairs.suspend(['AZRebalance']),
      },
    });
  }
  return findings;
}

function groupMissing(facts: StackFacts): Finding {
  const name = facts.output('AutoScalingGroupName');
  return {
    code: 'group-missing',
    severity: 'error',
    message:
      name === undefined
        ? 'The stack names no Auto Scaling group'
        : `The Auto Scaling group ${name} is gone: somebody has deleted it past the stack`,
    meaning: 'There are no instances, and nothing can bring up any.',
    fix: `Make the stack anew; its secrets bucket stays: bk-stack delete ${facts.target}, then bk-stack create`,
  };
}
