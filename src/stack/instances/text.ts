import { duration } from '../../terminal/duration.ts';
import { type Column, table } from '../../terminal/table.ts';
import { widthOf } from '../../terminal/text.ts';
import type { Theme } from '../../terminal/theme.ts';
import type { InstanceList, StackInstance } from './list.ts';

/** So many rows are shown; of more, those that are not simply in service come first. */
const MAX_ROWS = 200;

/**
 * A stack's instances as a table. `now` is the stack's own time, in milliseconds since 1970. Where the table is wider than
 * `columns`, what is the same for all instances is told once, below it.
 */
export function instancesText(
  { stackName, instances, paused }: InstanceList,
  now: number,
  theme: Theme,
  columns = Infinity,
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
    .sort((a, b) => (instances.length > MAX_ROWS ? Number(ordinary(a)) - Number(ordinary(b)) : 0))
    .slice(0, MAX_ROWS);
  const paint = (text: string, one: StackInstance) =>
    one.state === 'InService' ? theme.good(text) : theme.busy(text);
  const rows = fittingTable(
    shown,
    [
      { heading: 'INSTANCE', cell: ({ instanceId }) => instanceId },
      { heading: 'STATE', cell: ({ state }) => state, paint },
      { heading: 'HEALTH', cell: ({ health }) => health },
      { heading: 'TYPE', cell: ({ instanceType }) => instanceType },
      { heading: 'BOUGHT', cell: ({ spot }) => (spot ? 'spot' : 'on-demand') },
      { heading: 'ZONE', cell: ({ zone }) => zone },
      { heading: 'BUSY', cell: ({ agents }) => busyText(agents) },
      { heading: 'AGE', cell: ({ launchedAt }) => ageOf(launchedAt, now) },
      {
        heading: 'VERSION',
        cell: ({ version = '', current }) => (current ? version : `${version} (former)`),
      },
    ],
    theme.heading,
    columns,
  );
  const hidden = instances.length - shown.length;
  return hidden === 0 ? rows : `${rows}\n... and ${hidden} more in service (all of them: --json)`;
}

/** Headings of what rarely tells one instance from another. */
const OFTEN_EQUAL = /^(HEALTH|TYPE|BOUGHT|ZONE)$/;

function fittingTable(
  rows: readonly StackInstance[],
  columns: readonly Column<StackInstance>[],
  heading: (text: string) => string,
  width: number,
): string {
  const whole = table(rows, columns, heading);
  if (Math.max(...whole.split('\n').map(widthOf)) <= width) return whole;
  const same = columns.filter(
    (column) => OFTEN_EQUAL.test(column.heading) && new Set(rows.map((row) => column.cell(row))).size === 1,
  );
  if (same.length === 0) return whole;
  const shared = same.flatMap(({ cell }) => rows.slice(0, 1).map(cell)).filter((text) => text !== '');
  const rest = columns.filter((column) => !same.includes(column));
  return `${table(rows, rest, heading)}\nAll of them: ${shared.join(', ')}`;
}

/** An instance that boots has no agent yet. */
function busyText(agents: StackInstance['agents']): string {
  if (agents === undefined) return '';
  return agents.total === 0 ? 'none yet' : `${agents.busy} of ${agents.total}`;
}

function ageOf(launchedAt: string | undefined, now: number): string {
  return launchedAt === undefined ? '' : duration((now - Date.parse(launchedAt)) / 1000);
}
