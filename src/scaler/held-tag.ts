/** On a group whose least size is raised for jobs that are expected: the one it has without that, and the raised one. */
export const HELD_TAG = 'bk-stack:held';

export function heldTagValue(min: number, held: number): string {
  return `${min}/${held}`;
}

/**
 * The group's own least size, beside what it is held at. Somebody who has set another size since, or a schedule that has,
 * means that one.
 * @param minSize as the group has it
 */
export function heldOf(
  tag: string | undefined,
  minSize: number,
): { readonly min: number; readonly held?: number } {
  const [, min, held] = /^(\d+)\/(\d+)$/.exec(tag ?? '') ?? [];
  return Number(held) === minSize && Number(min) < minSize
    ? { min: Number(min), held: minSize }
    : { min: minSize };
}
