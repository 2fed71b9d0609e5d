/** On a group that shall be left as it is. The scaler does nothing while it is there, unless it says `false`. */
export const PAUSED_TAG = 'bk-stack:paused';
