import type { TemplateDocument } from '../../cfn/document.ts';
import { isOwnRow, nestedStackOf, type StackEvent } from '../events/event.ts';
import { adviceFor } from './advice.ts';

/** What made an operation fail. */
export interface FirstCause {
  /** The resource that failed of itself; for a failure without one, the stack. */
  readonly logicalId: string;
  /** The logical id after those of the nested stacks around it: `Network/Vpc`. */
  readonly path: string;
  readonly type: string;
  readonly physicalId?: string;
  /** In AWS's words. */
  readonly reason: string;
  /** Behind missing signals: why Auto Scaling could not launch instances at all. */
  readonly launchFailure?: string;
  /** The stack whose resource it is: the nested one, where it is one. */
  readonly stackName: string;
  readonly at: Date;
  /** Where the resource stands in the template, from 1. Unknown for resources of nested stacks. */
  readonly line?: number;
  /** What to do, for reasons that are well known. */
  readonly advice?: string;
  /** Other resources that failed of themselves, by path. */
  readonly alsoFailed: readonly string[];
}

export interface FailureContext {
  readonly stackId: string;
  readonly region: string;
  readonly template?: TemplateDocument;
}

/** Rows of resources that were stopped because another had failed. */
const CASCADE = /^Resource (creation|update|deletion) cancelled/i;

/**
 * The first cause among the events of one operation, oldest first; undefined where nothing has failed. Cancelled
 * resources are no cause, and a nested stack's failure is that of a resource in it. A stack that fails as a whole
 * (a time limit, an assertion) has its own row's reason.
 */
export function foldFailure(events: readonly StackEvent[], context: FailureContext): FirstCause | undefined {
  const [first, ...others] = ownFailures(events, context.stackId, []);
  const found = first ?? wholeStackFailure(events, context.stackId);
  if (found === undefined) return undefined;
  const { event, parents } = found;
  const root = events.find((each) => each.stackId === context.stackId) ?? event;
  const line = parents.length === 0 ? lineOf(context.template, event.logicalId) : undefined;
  const advice = adviceFor(event, { stackName: root.stackName, region: context.region });
  return {
    logicalId: event.logicalId,
    path: pathOf(found),
    type: event.type,
    ...(event.physicalId !== undefined && { physicalId: event.physicalId }),
    reason: event.reason ?? event.status,
    stackName: event.stackName,
    at: event.at,
    ...(line !== undefined && { line }),
    ...(advice !== undefined && { advice }),
    alsoFailed: others.map(pathOf),
  };
}

interface Failed {
  readonly event: StackEvent;
  readonly parents: readonly string[];
}

function pathOf({ event, parents }: Failed): string {
  return [...parents, event.logicalId].join('/');
}

/** The resources of a stack, and of those nested in it, that failed of themselves, in order of time. */
function ownFailures(events: readonly StackEvent[], stackId: string, parents: readonly string[]): Failed[] {
  const failures = events.filter(
    (event) =>
      event.stackId === stackId &&
      !isOwnRow(event) &&
      event.status.endsWith('_FAILED') &&
      !CASCADE.test(event.reason ?? ''),
  );
  const seen = new Set<string>();
  return failures.flatMap((event) => {
    // Its clean-up may fail as well, but that is no news of why.
    if (seen.has(event.logicalId)) return [];
    seen.add(event.logicalId);
    const nested = nestedStackOf(event);
    const path = [...parents, event.logicalId];
    const inside = nested === undefined ? [] : ownFailures(events, nested, path);
    return inside.length > 0 ? inside : [{ event, parents }];
  });
}

/** The stack's own row that turned the operation round. */
function wholeStackFailure(events: readonly StackEvent[], stackId: string): Failed | undefined {
  const event = events.find(
    (each) =>
      each.stackId === stackId &&
      isOwnRow(each) &&
      each.reason !== undefined &&
      (each.status.endsWith('_FAILED') || each.status.endsWith('ROLLBACK_IN_PROGRESS')),
  );
  return event === undefined ? undefined : { event, parents: [] };
}

function lineOf(template: TemplateDocument | undefined, logicalId: string): number | undefined {
  return template?.positionOf(['Resources', logicalId])?.line;
}
