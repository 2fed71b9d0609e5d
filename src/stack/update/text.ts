import { counted } from '../../terminal/text.ts';
import type { Theme } from '../../terminal/theme.ts';
import type { DroppedUpdate } from './execution/drop-update.ts';
import type { UpdateEnd } from './execution/execute-update.ts';
import type { Cancellation } from './execution/resume.ts';

/** The end of an update for people. */
export function endText(end: UpdateEnd | Cancellation, theme: Theme): string {
  const { stackName } = end;
  const done = theme.good('✔');
  if (!('strategy' in end) || end.cancelled) {
    return `${done} The update of ${stackName} is taken back; it is as it was before.`;
  }
  const { strategy, instances, outdated, paused } = end;
  const first = `${done} ${stackName} is updated.`;
  if (paused) return `${first} It stays at zero, as it was: ${theme.command(`bk-stack resume ${stackName}`)}`;
  if (outdated > 0) {
    return strategy === 'in-place'
      ? `${first} ${counted(outdated, 'instance')} of the former version ${outdated === 1 ? 'runs' : 'run'} on until ${outdated === 1 ? 'it ends' : 'they end'}.`
      : `${first} ${counted(outdated, 'instance')} of the former version left.`;
  }
  return instances === 0
    ? `${first} No instance runs; the next one to start has it.`
    : `${first} ${counted(instances, 'instance')} run${instances === 1 ? 's' : ''} the new version.`;
}

/** An update that was dropped, for people. */
export function droppedText({ stackName, dropped, reason, stack }: DroppedUpdate, theme: Theme): string {
  const first = `${theme.good('✔')} Dropped the update of ${stackName} that ${dropped.by} began at ${dropped.startedAt} (${dropped.strategy}, ${dropped.phase}): ${reason}.`;
  if (stack === undefined) return first;
  const { status, group } = stack;
  if (group === undefined) return `${first}\n${stackName} is in ${status}, and has no Auto Scaling group.`;
  const { autoScalingGroupName, minSize, maxSize, desiredCapacity, instances, paused } = group;
  return [
    first,
    `${stackName} is in ${status}. Its group ${autoScalingGroupName} has ${counted(instances, 'instance')}: ${desiredCapacity} desired (${minSize} to ${maxSize}).`,
    ...(paused === undefined
      ? []
      : [`It is paused. To have its size back: ${theme.command(`bk-stack resume ${stackName}`)}`]),
  ].join('\n');
}
