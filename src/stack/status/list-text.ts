import { table } from '../../terminal/table.ts';
import type { Theme } from '../../terminal/theme.ts';
import { isFailure, isSettled } from '../events/event.ts';
import type { StackList } from '../facts/stack/list-stacks.ts';
import type { StackSummary } from '../facts/stack/summary.ts';

/** The stacks as a table for people. */
export function listText({ stacks, regions }: StackList, theme: Theme): string {
  if (stacks.length === 0) {
    const where = regions.length === 1 ? (regions[0] ?? '') : `any of ${regions.length} regions`;
    const everywhere = regions.length === 1 ? '; look everywhere with --all-regions' : '';
    return `No agent stacks in ${where}. Make one with ${theme.command('bk-stack create')}${everywhere}.`;
  }
  const paintStatus = (text: string, { status }: StackSummary) => statusPaint(status, theme)(text);
  return table<StackSummary>(
    stacks,
    [
      { heading: 'NAME', cell: ({ stackName }) => stackName, paint: (text) => theme.stack(text) },
      ...(regions.length > 1 ? [{ heading: 'REGION', cell: ({ region }: StackSummary) => region }] : []),
      { heading: 'STATE', cell: ({ status }) => status, paint: paintStatus },
      { heading: 'QUEUE', cell: ({ queue = '' }) => queue },
      { heading: 'VERSION', cell: (stack) => versionText(stack) },
      { heading: 'CREATED', cell: ({ createdAt }) => createdAt.slice(0, 10) },
    ],
    theme.heading,
  );
}

/** A stack's version, with the template that it is one of where that is not ours. */
export function versionText({ origin, version = '' }: StackSummary): string {
  return origin === 'elastic-ci-stack' ? `${version} (elastic-ci-stack)`.trim() : version;
}

/** How a stack's status is coloured: red failed, yellow on its way, green done. */
export function statusPaint(status: string, theme: Theme): (text: string) => string {
  if (isFailure(status)) return theme.bad;
  return isSettled(status) ? theme.good : theme.busy;
}
