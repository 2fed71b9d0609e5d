import { minuteOf } from '../../terminal/minute.ts';
import { facts, table } from '../../terminal/table.ts';
import { counted } from '../../terminal/text.ts';
import type { Theme } from '../../terminal/theme.ts';
import type { ScalerEvent } from '../facts/service/decisions.ts';
import type { StackStatus } from './describe-stack.ts';
import type { GroupState } from '../facts/group/state.ts';
import { stackImageText } from '../image/image.ts';
import type { GroupInstance } from '../facts/group/instances.ts';
import { statusPaint, versionText } from './list-text.ts';
import type { Problem } from './problems.ts';
import type { QueueState } from '../facts/service/queue.ts';
import type { WarmPoolState } from '../facts/group/warm-pool.ts';

/** A stack for people: what is wrong first, then what it is, then its instances. */
export function statusText(status: StackStatus, theme: Theme): string {
  const { group } = status;
  return [
    status.problems.map((problem) => problemText(problem, theme)).join('\n'),
    stackFacts(status, theme),
    scalerText(status.scaler, theme),
    instancesText(status, theme),
    group === undefined ? '' : failuresText(group, theme),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function problemText({ message, remedy }: Problem, theme: Theme): string {
  const way = remedy?.split('\n').map((line) => `  ${line}`) ?? [];
  return [`${theme.bad('✖')} ${message.replaceAll('\n', '\n  ')}`, ...way].join('\n');
}

function stackFacts(status: StackStatus, theme: Theme): string {
  const { group, outputs } = status;
  const paint = statusPaint(status.status, theme);
  return facts(
    [
      ['stack', theme.stack(status.stackName)],
      ['region', status.region],
      ['state', paint(status.status)],
      ['reason', status.problems.length > 0 ? undefined : status.reason],
      ['version', versionText(status)],
      ['queue', status.queue],
      ['jobs', jobsText(status.queueNow)],
      ['agents', agentsText(status.queueNow)],
      ['size', group && sizeText(group)],
      ['instances', group && countsText(group.instances)],
      ['warm pool', group?.warmPool && warmText(group.warmPool)],
      ['versions', group && versionsText(group.instances)],
      ['image', status.image && stackImageText(status.image)],
      ['bought', group?.onDemandUntil && boughtText(group.onDemandUntil)],
      ['secrets', outputs['ManagedSecretsBucket'] ?? outputs['SecretsBucket']],
      ['drift', driftText(status)],
      ['protected', status.terminationProtection ? 'from deletion' : undefined],
      ['created', minuteOf(status.createdAt)],
      ['updated', status.updatedAt && minuteOf(status.updatedAt)],
    ],
    theme.dim,
  );
}

/** What to call an event of the scaler that has no numbers. */
const EVENTS = {
  failed: 'failed',
  'launch-failed': 'launch failed',
  'spot-shortage': 'no spot',
  purchase: 'buying',
} as const;

/** Buying otherwise is no failure. */
function eventPaint(event: keyof typeof EVENTS, theme: Theme): (text: string) => string {
  return event === 'purchase' ? theme.busy : theme.bad;
}

function scalerText(events: readonly ScalerEvent[], theme: Theme): string {
  if (events.length === 0) return '';
  const lines = events.map(({ at, event, from, to, reason }) => {
    const what =
      event === 'scaled' ? `${from ?? '?'} → ${to ?? '?'}` : eventPaint(event, theme)(EVENTS[event]);
    return `  ${theme.dim(at.slice(11, 19))}  ${what}: ${reason}`;
  });
  return [theme.heading('THE SCALER, LATELY (UTC)'), ...lines].join('\n');
}

function jobsText(queue: QueueState): string | undefined {
  if (!queue.known) return undefined;
  const { scheduled, running, waiting } = queue.report.jobs;
  return `${scheduled} scheduled, ${running} running, ${waiting} waiting`;
}

function agentsText(queue: QueueState): string {
  if (!queue.known) return `not known: ${queue.why}`;
  const { total, busy, idle } = queue.report.agents;
  return `${total} (${busy} busy, ${idle} idle)`;
}

/** `5 desired (0 to 10); the scaler keeps at least 5` */
function sizeText({ desiredCapacity, minSize, ownMinSize, maxSize }: GroupState): string {
  const size = `${desiredCapacity} desired (${ownMinSize ?? minSize} to ${maxSize})`;
  return ownMinSize === undefined ? size : `${size}; the scaler keeps at least ${minSize}`;
}

/** `2 of 2 instances, of which 1 is not ready yet; 2 more end` */
function warmText({ size, wanted, ready, leaving }: WarmPoolState): string {
  const all = `${size} of ${counted(wanted, 'instance')}`;
  if (ready === undefined || leaving === undefined) return `${all}, with those that end`;
  const coming = size - ready;
  return [
    all,
    coming === 0 ? '' : `, of which ${coming} ${coming === 1 ? 'is' : 'are'} not ready yet`,
    leaving === 0 ? '' : `; ${leaving} more ${leaving === 1 ? 'ends' : 'end'}`,
  ].join('');
}

function boughtText(until: string): string {
  return `on-demand until ${minuteOf(until)}, as spot has no capacity`;
}

/** How many instances are in each state: `2 InService, 1 Pending`. */
export function countsText(instances: readonly GroupInstance[]): string {
  if (instances.length === 0) return 'none';
  const counts = new Map<string, number>();
  for (const { lifecycleState } of instances) {
    counts.set(lifecycleState, (counts.get(lifecycleState) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ');
}

/** Nothing while all are of one version: `2 of launch template 7, 5 of former ones`. */
function versionsText(instances: readonly GroupInstance[]): string | undefined {
  const former = instances.filter(({ current }) => !current);
  if (former.length === 0) return undefined;
  const version = instances.find(({ current }) => current)?.version;
  const fresh = instances.length - former.length;
  return `${fresh} of the launch template's present version${version === undefined ? '' : ` (${version})`}, ${former.length} of former ones`;
}

function driftText({ drift }: StackStatus): string | undefined {
  if (drift === undefined) return undefined;
  const what = drift.status === 'IN_SYNC' ? 'none' : drift.status;
  return drift.checkedAt === undefined ? what : `${what}, as of ${minuteOf(drift.checkedAt)}`;
}

/** So many rows leave room on a screen; of more instances, those come first that are not simply in service. */
const MOST_ROWS = 20;

function instancesText({ stackName, group }: StackStatus, theme: Theme): string {
  const { instances } = group ?? { instances: [] };
  if (instances.length === 0) return '';
  const plain = ({ lifecycleState, health, current }: GroupInstance) =>
    lifecycleState === 'InService' && health.toLowerCase() === 'healthy' && current;
  const mixed = instances.some(({ current }) => !current);
  const sorted = [...instances].sort((a, b) => a.instanceId.localeCompare(b.instanceId));
  const shown =
    sorted.length <= MOST_ROWS
      ? sorted
      : sorted.sort((a, b) => Number(plain(a)) - Number(plain(b))).slice(0, MOST_ROWS);
  const hidden = instances.length - shown.length;
  const rows = table<GroupInstance>(
    shown,
    [
      { heading: 'INSTANCE', cell: ({ instanceId }) => instanceId },
      {
        heading: 'STATE',
        cell: ({ lifecycleState }) => lifecycleState,
        paint: (text, { lifecycleState }) => (lifecycleState === 'InService' ? theme.good : theme.busy)(text),
      },
      {
        heading: 'HEALTH',
        cell: ({ health }) => health,
        paint: (text, { health }) => (health.toLowerCase() === 'healthy' ? text : theme.bad(text)),
      },
      { heading: 'TYPE', cell: ({ instanceType }) => instanceType },
      { heading: 'ZONE', cell: ({ zone }) => zone },
      {
        heading: 'VERSION',
        cell: ({ version = '', current }) => (mixed ? `${version}${current ? '' : ' (former)'}` : ''),
      },
    ],
    theme.heading,
  );
  return hidden === 0 ? rows : `${rows}\n... and ${hidden} more: bk-stack instances ${stackName}`;
}

/** Failures that were followed by a success are history, and still worth a look. */
function failuresText({ failures, failing }: GroupState, theme: Theme): string {
  if (failures.length === 0) return '';
  const title = `${counted(failures.length, 'failed scaling activity').replace(/activitys$/, 'activities')}${failing ? '' : ', since made good'}`;
  const whys = failures.map(({ reason, activity }) => reason || activity);
  const lines = failures.map(({ at }, index) => {
    const why = whys[index] ?? '';
    // AWS's reasons are long, and of one cause there is one after the other.
    return `  ${minuteOf(at)}  ${index > 0 && why === whys[index - 1] ? 'the same' : why}`;
  });
  return [theme.heading(title), ...lines].join('\n');
}
