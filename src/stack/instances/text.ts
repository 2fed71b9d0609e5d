import { duration } from '../../terminal/duration.ts';
import { table } from '../../terminal/table.ts';
import type { Theme } from '../../terminal/theme.ts';
import type { InstanceList, StackInstance } from './list.ts';

/** So many rows are shown; of more, those that are not simply in service come first. */
const MOST = 200;

/** A stack's instances as a table. `now` is the stack's own time, in milliseconds since 1970. */
export function instancesText(
  { stackName, instances, paused }: InstanceList,
  now: number,
  theme: Theme,
): string {
  if (instances.length === 0 && paused === true) {
    return `${stackName} is paused, and at zero. To have its instances back: ${theme.command(`bk-stack resume ${stackName}`)}`;
  }
  if (instances.length === 0) {
    return `${stackName} has no instance now. Its scaler launches some when jobs come.`;
  }
  const ordinary = ({ state, health, current }: StackInstance) =>
    state === 'InService' && /^healthy$/i.test(health) && current;
  const shown = [...instances]
    .sort((a, b) => (instances.length > MOST ? Number(ordinary(a)) - Number(ordinary(b)) : 0))
    .slice(0, MOST);
  const paint = (text: string, one: StackInstance) =>
    one.state === 'InService' ? theme.good(text) : theme.busy(text);
  const rows = table<StackInstance>(
    shown,
    [
      { heading: 'INSTANCE', cell: ({ instanceId }) => instanceId },
      { heading: 'STATE', cell: ({ state }) => state, paint },
      { heading: 'HEALTH', cell: ({ health }) => health },
      { heading: 'TYPE', cell: ({ instanceType }) => instanceType },
      { heading: 'BOUGHT', cell: ({ spot }) => (spot ? 'spot' : 'on-demand') },
      { heading: 'ZONE', cell: ({ zone }) => zone },
      {
        heading: 'AGENTS',
        cell: ({ agents }) => (agents === undefined ? '' : `${agents.busy} of ${agents.total} busy`),
      },
      { heading: 'AGE', cell: ({ launchedAt }) => ageOf(launchedAt, now) },
      {
        heading: 'VERSION',
        cell: ({ version = '', current }) => (current ? version : `${version} (former)`),
      },
    ],
    theme.heading,
  );
  const hidden = instances.length - shown.length;
  return hidden === 0 ? rows : `${rows}\n... and ${hidden} more in service (all of them: --json)`;
}

function ageOf(launchedAt: string | undefined, now: number): string {
  return launchedAt === undefined ? '' : duration((now - Date.parse(launchedAt)) / 1000);
}
