import { distance } from 'fastest-levenshtein';

/**
 * The names of `known` that `typed` was probably meant to be, nearest first, at most `limit`. A third of the letters may
 * differ; of a short name one, or what is proposed is just another name.
 */
export function nearestNames(typed: string, known: readonly string[], limit = 3): string[] {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const wanted = plain(typed);
  const tolerance = Math.max(1, Math.floor(wanted.length / 3));
  return known
    .map((name) => ({
      name,
      far: plain(name).includes(wanted) && wanted.length > 3 ? 1 : edits(wanted, plain(name)),
    }))
    .filter(({ far }) => far <= tolerance)
    .sort((a, b) => a.far - b.far || a.name.localeCompare(b.name))
    .slice(0, limit)
    .map(({ name }) => name);
}

/** How many slips of the fingers make one text of the other. Two letters that have changed places are one. */
export function edits(typed: string, meant: string): number {
  const at = Array.from(typed).findIndex((letter, index) => letter !== meant[index]);
  const swapped = typed.slice(0, at) + (typed[at + 1] ?? '') + (typed[at] ?? '') + typed.slice(at + 2);
  return at >= 0 && typed !== meant && swapped === meant ? 1 : distance(typed, meant);
}
