import { OperationError } from '../../errors.ts';
import { AS_GIVEN } from '../../shell/printed.ts';
import { adviceFor } from '../diagnosis/advice.ts';
import { GROUP_TYPE } from '../capacity/deleted-groups.ts';
import { isOwnRow, type StackEvent } from '../events/event.ts';
import type { StackSummary } from '../facts/stack/summary.ts';

/** A deletion that failed, with each resource in its way, the reason, and the retries that work. */
export function deletionFailure(stack: StackSummary, events: readonly StackEvent[]): OperationError {
  const { stackName, stackId, region } = stack;
  const stuck = stuckResources(events, stackId);
  const lines = stuck.map(({ logicalId, type, reason }) => `${logicalId} (${type}): ${reason}`);
  const own = events.findLast((event) => isOwnRow(event) && event.stackId === stackId);
  const advice = new Set(stuck.flatMap(({ reason }) => adviceFor({ reason }, { stackName, region }) ?? []));
  const again = `bk-stack delete ${stackName} --region ${region}`;
  const groups = stuck.filter(({ type }) => type === GROUP_TYPE).map(({ logicalId }) => logicalId);
  // A group that is kept keeps its instances, which run on and cost money.
  const retain = stuck.map(({ logicalId }) => logicalId).filter((id) => !groups.includes(id));
  const keeping = `Or let the rest go and keep ${retain.length === 1 ? 'it' : 'them'}: ${again} ${retain.map((id) => `--retain ${id}`).join(' ')} ${AS_GIVEN}`;
  return new OperationError(
    [
      `${stackName} could not be deleted (${own?.status ?? 'DELETE_FAILED'}).`,
      ...(lines.length > 0 ? lines : [own?.reason ?? '']),
    ]
      .filter(Boolean)
      .join('\n'),
    {
      hint: [
        ...advice,
        ...(groups.length > 0
          ? [
              `To end the instances of ${groups.join(' and ')} at once, with any jobs on them, and delete the rest: ${again} --force ${AS_GIVEN}`,
            ]
          : [`Once that is out of the way: ${again} ${AS_GIVEN}`]),
        ...(retain.length > 0 ? [keeping] : []),
      ].join('\n'),
      details: {
        stackName,
        stackId,
        region,
        status: own?.status ?? 'DELETE_FAILED',
        resources: stuck,
        retain,
      },
    },
  );
}

interface StuckResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  readonly reason: string;
}

/** The stack's own resources that could not be deleted, each once with its latest reason. */
function stuckResources(events: readonly StackEvent[], stackId: string): StuckResource[] {
  const latest = new Map<string, StackEvent>();
  for (const event of events) {
    if (event.stackId === stackId && !isOwnRow(event)) latest.set(event.logicalId, event);
  }
  return [...latest.values()]
    .filter(({ status }) => status === 'DELETE_FAILED')
    .map(({ logicalId, type, physicalId, reason }) => ({
      logicalId,
      type,
      ...(physicalId !== undefined && { physicalId }),
      reason: reason ?? 'no reason given',
    }));
}
