import { AwsError } from '../../../kernel/errors.ts';
import { inBackground } from '../../stacks/wake.ts';
import type { Driver, Work } from '../../resources/driver.ts';
import { EngineFault } from '../../resources/failure.ts';
import { closing, decide, open, type Decision, type Rolling } from './decide.ts';
import { callGroup, describeGroup, type Group } from './group.ts';
import {
  changesInstances,
  rollingPolicy,
  withoutUnmodifiedSizes,
  type RollingPolicy,
} from '../../resources/update-policy.ts';

/** How often a rolling update looks at the group, in seconds. */
const LOOK_SECONDS = 5;

/** What a step keeps of its rolling update. */
interface Memory {
  rolling?: Rolling;
  over?: true;
  failure?: string;
  nextLookAt?: number;
}

/** The driver of Auto Scaling groups: as the service provides them, and with the update policies that only they have. */
export function rollingGroup(base: Driver): Driver {
  return {
    ...base,
    start(work) {
      if (work.action !== 'update') {
        base.start(work);
        return;
      }
      const { previous, properties, step } = work;
      base.start({
        ...work,
        properties: withoutUnmodifiedSizes(step.updatePolicy, previous, properties),
      });
      const rolls = rollingPolicy(step.updatePolicy) !== undefined && changesInstances(previous, properties);
      if (rolls) step.memory['rolling'] = {} satisfies Memory;
    },
    poll(work) {
      const memory = work.step.memory['rolling'] as Memory | undefined;
      const policy = rollingPolicy(work.step.updatePolicy);
      if (memory === undefined || policy === undefined) return base.poll(work);
      if (memory.failure !== undefined) throw new EngineFault(memory.failure);
      if (memory.over === true) return base.poll(work);
      if ((memory.nextLookAt ?? 0) <= work.context.world.now()) lookAtGroup(work, memory, policy);
      return false;
    },
  };
}

function lookAtGroup(work: Work, memory: Memory, policy: RollingPolicy): void {
  const { context, stack, step, physicalId = '' } = work;
  const { world } = context;
  inBackground(context, stack.stackId, `rolling ${context.logicalId}`, async () => {
    try {
      const group = await describeGroup(context, physicalId);
      if (step.stage !== 'working') return;
      if (group === undefined)
        throw new AwsError('ValidationError', `AutoScalingGroup ${physicalId} not found`);
      await act(work, memory, policy, group);
    } catch (error) {
      memory.failure = error instanceof Error ? error.message : String(error);
    }
    memory.nextLookAt = world.now() + LOOK_SECONDS * 1000;
  });
}

async function act(work: Work, memory: Memory, policy: RollingPolicy, group: Group): Promise<void> {
  const { context, step, physicalId = '' } = work;
  const now = context.world.now();
  let decision: Decision;
  if (memory.rolling === undefined) {
    const opened = open(policy, group, now);
    memory.rolling = opened.rolling;
    decision = opened;
  } else {
    decision = decide(memory.rolling, policy, group, step.signals, now);
  }
  if (memory.rolling.wave === undefined || decision.listen !== undefined) step.signals = decision.listen;
  for (const event of decision.events) work.tell(event);
  const calls = decision.failure === undefined ? decision.calls : closing(memory.rolling, group);
  for (const call of calls) await callGroup(context, physicalId, call);
  if (decision.failure !== undefined) memory.failure = decision.failure;
  if (decision.over) memory.over = true;
}
