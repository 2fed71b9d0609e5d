import { counted } from '../../terminal/text.ts';
import type { Theme } from '../../terminal/theme.ts';
import type { UpdateEnd } from './carry-out.ts';
import type { Cancellation } from './update.ts';

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
