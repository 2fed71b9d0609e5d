import { duration } from '../../terminal/duration.ts';
import { fitted, padded, widthOf } from '../../terminal/text.ts';
import type { Theme } from '../../terminal/theme.ts';
import { isFailure } from '../events/event.ts';
import type { Progress, ResourceProgress } from '../events/progress.ts';

export interface View {
  /** The stack's own time; undefined before its first event. */
  readonly now: Date | undefined;
  readonly columns: number;
  readonly theme: Theme;
  /** Counts the frames: the spinner turns with it. */
  readonly tick: number;
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const MOST_ROWS = 12;
/** Resources that fail only because another has. */
const CANCELLED = /^Resource (creation|update|deletion) cancelled/i;

/** The lines of a live display: a headline, what has failed, and what is on its way, longest first. */
export function frame(progress: Progress, view: View & { readonly rows: number }): string[] {
  const failed = progress.failed.filter(({ reason }) => !CANCELLED.test(reason ?? '')).slice(0, 3);
  const room = Math.max(1, Math.min(MOST_ROWS, view.rows - failed.length - 3));
  const { inProgress } = progress;
  const shown = inProgress.slice(0, inProgress.length > room ? room - 1 : room);
  const hidden = inProgress.length - shown.length;
  const longest = Math.max(0, ...progress.paths.map(widthOf));
  const nameWidth = Math.min(longest, 32, Math.max(8, view.columns - 20));
  return [
    headline(progress, view),
    ...failed.map((resource) => failedLine(resource, view)),
    ...shown.map((resource) => movingLine(resource, nameWidth, view)),
    ...(hidden > 0 ? [view.theme.dim(`  … and ${hidden} more`)] : []),
  ];
}

/** One line: what is going on, how far it is, how long it has taken. */
export function headline(progress: Progress, view: View): string {
  const { theme, columns } = view;
  const { verb, mark, paint } = look(progress, view);
  const counts = progress.total > 0 ? `${progress.done}/${progress.total} resources` : '';
  const elapsed = seconds(progress.startedAt, view.now);
  const tail = [counts, elapsed].filter(Boolean).join('  ');
  const name = fitted(progress.stackName, Math.max(8, columns - widthOf(verb) - widthOf(tail) - 8));
  return `${paint(mark)} ${verb} ${theme.stack(name)}  ${tail}`;
}

function look(progress: Progress, { theme, tick }: View) {
  const { status } = progress;
  if (!progress.finished) {
    const spinner = SPINNER[tick % SPINNER.length] ?? '';
    const rollingBack = status.includes('ROLLBACK');
    return { verb: verbOf(status), mark: spinner, paint: rollingBack ? theme.bad : theme.busy };
  }
  return isFailure(status)
    ? { verb: verbOf(status), mark: '✖', paint: theme.bad }
    : { verb: verbOf(status), mark: '✔', paint: theme.good };
}

const VERBS: Readonly<Record<string, string>> = {
  CREATE_IN_PROGRESS: 'Creating',
  CREATE_COMPLETE: 'Created',
  CREATE_FAILED: 'Could not create',
  ROLLBACK_IN_PROGRESS: 'Rolling back',
  ROLLBACK_COMPLETE: 'Rolled back',
  ROLLBACK_FAILED: 'Could not roll back',
  DELETE_IN_PROGRESS: 'Deleting',
  DELETE_COMPLETE: 'Deleted',
  DELETE_FAILED: 'Could not delete',
  UPDATE_IN_PROGRESS: 'Updating',
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'Cleaning up',
  UPDATE_COMPLETE: 'Updated',
  UPDATE_FAILED: 'Could not update',
  UPDATE_ROLLBACK_IN_PROGRESS: 'Rolling back',
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: 'Cleaning up',
  UPDATE_ROLLBACK_COMPLETE: 'Rolled back',
  UPDATE_ROLLBACK_FAILED: 'Could not roll back',
  REVIEW_IN_PROGRESS: 'Preparing',
};

function verbOf(status: string): string {
  return VERBS[status] ?? (status || 'Waiting for');
}

function movingLine(resource: ResourceProgress, nameWidth: number, view: View): string {
  const { theme, columns } = view;
  const name = padded(fitted(resource.path, nameWidth), nameWidth);
  const time = seconds(resource.since, view.now).padStart(7);
  const verb = resource.status.startsWith('DELETE') ? '-' : '+';
  const type = fitted(shortType(resource.type), Math.max(0, columns - nameWidth - widthOf(time) - 9));
  return `  ${theme.busy(verb)} ${name}  ${theme.dim(time)}  ${theme.dim(type)}`;
}

function failedLine(resource: ResourceProgress, view: View): string {
  const text = `${resource.path}: ${resource.reason ?? resource.status}`;
  return `  ${view.theme.bad(`✖ ${fitted(text, view.columns - 5)}`)}`;
}

/** `AWS::` is no news. */
function shortType(type: string): string {
  return type.replace(/^AWS::/, '');
}

function seconds(from: Date | undefined, to: Date | undefined): string {
  return from === undefined || to === undefined ? '' : duration((to.getTime() - from.getTime()) / 1000);
}
