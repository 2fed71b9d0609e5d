/** On a group that shall be left as it is: the scaler then does nothing. Its value says why; `false` pauses nothing. */
export const PAUSED_TAG = 'bk-stack:paused';

/** Tells whether a group whose tag has this value is paused; undefined for one without the tag. */
export function isPaused(value: string | undefined): boolean {
  return value !== undefined && value !== 'false';
}
