import type { AutoScalingGroup, Instance as Member } from '@aws-sdk/client-auto-scaling';
import { suspendedProcesses } from '../../stack/facts/group/state.ts';
import { warmPoolState } from '../../stack/facts/group/warm-pool.ts';
import { adviceFor } from '../../stack/diagnosis/advice.ts';
import { counted } from '../../terminal/text.ts';
import { type Check, examined, type Finding } from '../findings/finding.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';
import { failedSinceSuccess } from '../../stack/facts/group/launches.ts';
import { failingLaunches, judgeWarmPool, type PoolFacts } from './warm-pool.ts';

/** What tells whether a group gets and keeps its instances. */
export interface MembersFacts {
  readonly desired: number;
  readonly members: readonly Pick<Member, 'InstanceId' | 'LifecycleState' | 'HealthStatus'>[];
  /** Why the latest launch failed, where nothing has succeeded since. */
  readonly failure?: string;
  /** Instances of another version of the launch template than new ones, that nothing replaces. */
  readonly outdated: readonly string[];
  /** Whether an instance that the group terminates finishes its jobs. */
  readonly drains: boolean;
}

/** Whether launches succeed, and what has been launched is as it should be. */
export function instancesCheck(facts: StackFacts, replacing: () => Promise<boolean>): Check {
  return {
    title: 'Instances',
    run: async () => {
      const group = await facts.group();
      if (group === undefined) return examined('none');
      const [activities, launch, underWay, warm, now, { drains }] = await Promise.all([
        facts.activities(),
        facts.launch(group),
        replacing(),
        poolFacts(group, facts),
        facts.aws.clock(),
        facts.draining(group),
      ]);
      const [latest] = failedSinceSuccess(activities);
      const members: MembersFacts = {
        desired: group.DesiredCapacity ?? 0,
        members: group.Instances ?? [],
        ...(latest !== undefined && { failure: latest.reason }),
        outdated: underWay || launch === undefined ? [] : outdatedOf(group, launch.version),
        drains,
      };
      const findings = judgeMembers(members, facts);
      // Where the group lacks instances, the reason is told already.
      const toldWhy = findings.some(({ code }) => code === 'launches-fail');
      return examined(
        [counted(members.members.length, 'instance'), warm && `${warm.ready} of ${warm.wanted} warm`]
          .filter(Boolean)
          .join(', '),
        ...findings,
        ...(warm === undefined || toldWhy
          ? []
          : judgeWarmPool({ ...warm, failing: failingLaunches(activities) }, now(), (reason) =>
              remedyFor(reason, facts),
            )),
      );
    },
  };
}

/** Undefined for a group without a warm pool, or one that is to launch nothing for it: why is the group's check to tell. */
async function poolFacts(group: AutoScalingGroup, facts: StackFacts): Promise<PoolFacts | undefined> {
  const { WarmPoolConfiguration } = group;
  if (WarmPoolConfiguration === undefined || WarmPoolConfiguration.Status === 'PendingDelete')
    return undefined;
  if (suspendedProcesses(group).includes('Launch')) return undefined;
  return warmPoolState(WarmPoolConfiguration.MinSize ?? 0, await facts.warmPool());
}

function remedyFor(reason: string, stack: Pick<StackFacts, 'stackName' | 'region'>): string {
  return (
    adviceFor({ reason }, stack) ??
    `See what the group tried: aws autoscaling describe-scaling-activities --region ${stack.region}`
  );
}

/** Instances that were not launched from the version that new ones are, and that stay. */
export function outdatedOf({ Instances = [] }: AutoScalingGroup, current: string): string[] {
  return Instances.flatMap(({ InstanceId, LaunchTemplate, LifecycleState = '' }) =>
    InstanceId !== undefined &&
    LaunchTemplate?.Version !== undefined &&
    LaunchTemplate.Version !== current &&
    !LifecycleState.startsWith('Terminating')
      ? [InstanceId]
      : [],
  );
}

export function judgeMembers(
  { desired, members, failure, outdated, drains }: MembersFacts,
  stack: { readonly stackName: string; readonly region: string },
): Finding[] {
  const place = `${stack.stackName} --region ${stack.region}`;
  const inService = members.filter(({ LifecycleState }) => LifecycleState === 'InService').length;
  const unhealthy = members.flatMap(({ InstanceId = '', HealthStatus = '', LifecycleState = '' }) =>
    HealthStatus.toLowerCase() === 'unhealthy' && !LifecycleState.startsWith('Terminating')
      ? [InstanceId]
      : [],
  );
  const findings: Finding[] = [];
  if (failure !== undefined && inService < desired) {
    findings.push({
      code: 'launches-fail',
      severity: 'error',
      message: `Instances cannot be launched: ${failure.replace(/\.$/, '')}`,
      meaning: `${desired - inService} of ${counted(desired, 'wanted instance')} are missing, and jobs wait for them.`,
      fix: remedyFor(failure, stack),
    });
  }
  if (unhealthy.length > 0) {
    findings.push({
      code: 'instances-unhealthy',
      severity: 'warning',
      message: `${counted(unhealthy.length, 'instance')} unhealthy: ${unhealthy.join(', ')}`,
      meaning: drains
        ? 'The group replaces them when their jobs are done.'
        : 'The group replaces them at once, and the jobs on them are lost.',
      fix: `See why: bk-stack logs tail ${place} --instance ${unhealthy[0] ?? ''} --no-follow`,
    });
  }
  if (outdated.length > 0) {
    findings.push({
      code: 'instances-outdated',
      severity: 'warning',
      message: `${counted(outdated.length, 'instance')} not of the launch template's current version, and no update replaces ${outdated.length === 1 ? 'it' : 'them'}: ${outdated.join(', ')}`,
      meaning: 'Their jobs run with the settings from before, until they end by themselves.',
      fix: drains
        ? `Replace them when their jobs are done: bk-stack instances stop ${outdated.join(' ')} --replace --region ${stack.region}`
        : 'Stop their agents in Buildkite (Agents, the agent, Stop): they finish their jobs, and the instances end by themselves.',
    });
  }
  return findings;
}
