import type { Theme } from '../../terminal/theme.ts';
import { counted } from '../../terminal/text.ts';

/** An image, as far as it is told to people. */
export interface ImageInfo {
  readonly id: string;
  /** Absent for an image that is gone, as are the others. */
  readonly name?: string;
  /** An ISO date, as is `deprecatedAt`. */
  readonly createdAt?: string;
  readonly ageDays?: number;
  readonly deprecatedAt?: string;
  readonly deprecated?: boolean;
}

/** The image that a stack launches from, and the newest where that is another one. */
export interface StackImage {
  readonly current: ImageInfo;
  readonly newer?: ImageInfo;
}

/** An update's image: what instances are launched from before it and after it, and the newest where that is neither. */
export interface ImageChange {
  readonly before?: ImageInfo;
  readonly after: ImageInfo;
  readonly newer?: ImageInfo;
}

const DAY_MS = 86_400_000;

/** Adds to an image what its dates mean at a time, in milliseconds since 1970. */
export function imageInfo(
  id: string,
  found: Pick<ImageInfo, 'name' | 'createdAt' | 'deprecatedAt'> | undefined,
  now: number,
): ImageInfo {
  const { createdAt, deprecatedAt } = found ?? {};
  return {
    id,
    ...found,
    ...(createdAt !== undefined && {
      ageDays: Math.max(0, Math.floor((now - Date.parse(createdAt)) / DAY_MS)),
    }),
    ...(deprecatedAt !== undefined && { deprecated: Date.parse(deprecatedAt) <= now }),
  };
}

/** `ami-... (al2023-ami-..., 34 days old, deprecated)` */
export function imageText({ id, name, ageDays, deprecated }: ImageInfo): string {
  const known = [
    name,
    ageDays === undefined ? undefined : `${counted(ageDays, 'day')} old`,
    deprecated === true ? 'deprecated' : undefined,
  ].filter((each) => each !== undefined);
  return known.length === 0 ? `${id} (not found)` : `${id} (${known.join(', ')})`;
}

/** The image of a stack on one line, with a newer one where there is one. */
export function stackImageText({ current, newer }: StackImage): string {
  return newer === undefined ? imageText(current) : `${imageText(current)}; newer: ${imageText(newer)}`;
}

/** An update's image in its preview; empty where nothing is to be told. */
export function imageChangeText({ before, after, newer }: ImageChange, theme: Theme): string {
  const title = theme.heading('Image');
  if (before?.id === after.id) {
    return newer === undefined ? '' : `${title}\n  ${imageText(after)} stays; newer: ${imageText(newer)}`;
  }
  const from = before === undefined ? '' : `${imageText(before)} → `;
  return `${title}\n  ${from}${imageText(after)}`;
}
