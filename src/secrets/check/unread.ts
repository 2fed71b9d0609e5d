import { nearestNames } from '../../terminal/nearest.ts';
import { READ_NAMES, SECRET_SUFFIXES } from '../layout/keys.ts';

/** Why no build reads a name, and what may have been meant. */
export function unreadReason(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  if (name.includes('secret-files/')) {
    return `a secret file's name is a variable's and ends in ${SECRET_SUFFIXES.join(', ')}`;
  }
  const [near] = nearestNames(last, READ_NAMES, 1);
  return near === undefined ? 'no build looks for this name' : `did you mean ${near}?`;
}
