import { counted } from '../../terminal/text.ts';
import type { Theme } from '../../terminal/theme.ts';
import type { RotationResult } from './rotate.ts';

/** How a rotation ended, for people. What may be revoked is said only where another token took its place. */
export function rotationText(
  { stackName, parameter, version, same, replaced }: RotationResult,
  theme: Theme,
): string {
  const has = same ? 'had this token already' : 'has its new token';
  const who =
    replaced === undefined
      ? 'New instances use it'
      : `${counted(replaced, 'instance')} ${replaced === 1 ? 'was' : 'were'} replaced`;
  return [
    `${theme.good('✔')} ${stackName} ${has}, as version ${version} of ${parameter}. ${who}.`,
    ...(same || replaced === undefined ? [] : ['The one before can be revoked in Buildkite now.']),
  ].join('\n');
}
