/**
 * On a group whose minimum size the scaler has raised, for expected jobs or for InstanceBuffer: the minimum that it has
 * without that, and what it is or is about to be raised to.
 */
export const FORECAST_MIN_SIZE_TAG = 'bk-stack:held';

/** A change of MinSize that is written down before it is made. */
export interface MinSizeNote {
  /** The group's own minimum. */
  readonly min: number;
  /** The sizes to which MinSize is raised now, where it is, and will be raised next, in this order. */
  readonly held: readonly number[];
  /** Before which the scaler leaves MinSize as it is, in milliseconds since 1970: an update is changing the limits. */
  readonly until?: number;
}

/**
 * The value of the tag: `0/8`, or `0/8/9` on the way from 8 to 9; `0` once nothing is held any more. During an update
 * `0/8 until 2026-11-25T11:00:00.000Z`.
 */
export function minSizeTagValue({ min, held, until }: MinSizeNote): string {
  const sizes = [min, ...held].join('/');
  return until === undefined ? sizes : `${sizes} until ${new Date(until).toISOString()}`;
}

/** Undefined for what can't be read. */
export function minSizeNoteOf(tag: string | undefined): MinSizeNote | undefined {
  const [, sizes, time] = /^(\d+(?:\/\d+){0,2})(?: until (\S+))?$/.exec(tag ?? '') ?? [];
  if (sizes === undefined) return undefined;
  const [min = 0, ...held] = sizes.split('/').map(Number);
  if (time === undefined) return { min, held };
  const until = Date.parse(time);
  return Number.isNaN(until) ? undefined : { min, held, until };
}

/**
 * The group's own minimum, beside what it is held at. Somebody who has set another size since, or a schedule that has,
 * means that one.
 * @param minSize as the group has it
 */
export function minSizesOf(
  tag: string | undefined,
  minSize: number,
): { readonly min: number; readonly held?: number } {
  const note = minSizeNoteOf(tag);
  return note !== undefined && note.held.includes(minSize) && note.min < minSize
    ? { min: note.min, held: minSize }
    : { min: minSize };
}

/** One request's worth of change to MinSize, and what a group's tag remembers of it. */
export type MinSizeStep =
  | { readonly kind: 'remember'; readonly note: MinSizeNote }
  | { readonly kind: 'hold'; readonly minSize: number };

/**
 * The next step from what a group is held at to where it should be: the tag first, then MinSize. What has been written
 * down is done even if more has changed meanwhile, so that a target that moves all the time is followed as well. The note
 * goes when MinSize is back: whoever sets the same minimum later means it.
 * @param tag as the group has it
 * @param wanted where idle instances should stay from now on; the group's own minimum for nowhere else
 * @param now milliseconds since 1970
 */
export function nextMinSizeStep(
  tag: string | undefined,
  { min, held }: { readonly min: number; readonly held?: number },
  wanted: number,
  now: number,
): MinSizeStep | undefined {
  const noted = minSizeNoteOf(tag);
  if (noted?.until !== undefined && now < noted.until) return undefined;
  const present = held ?? min;
  if (wanted === present) {
    const isStale = held === undefined && noted !== undefined && noted.held.length > 0;
    return isStale ? { kind: 'remember', note: { min, held: [] } } : undefined;
  }
  if (wanted === min) return { kind: 'hold', minSize: min };
  const valid = noted?.min === min && (held === undefined || noted.held.includes(held));
  const next = valid ? noted.held.at(-1) : undefined;
  const isOnTheWay = next !== undefined && (next - present) * (wanted - present) > 0;
  if (isOnTheWay && Math.abs(next - present) <= Math.abs(wanted - present)) {
    return { kind: 'hold', minSize: next };
  }
  return { kind: 'remember', note: { min, held: held === undefined ? [wanted] : [held, wanted] } };
}
