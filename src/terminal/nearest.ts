import { distance } from 'fastest-levenshtein';

/** The names of `known` that `typed` was probably meant to be, nearest first, at most `most`. */
export function nearestNames(typed: string, known: readonly string[], most = 3): string[] {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const wanted = plain(typed);
  const limit = Math.max(2, Math.ceil(wanted.length / 3));
  return known
    .map((name) => ({
      name,
      far: plain(name).includes(wanted) && wanted.length > 3 ? 1 : distance(wanted, plain(name)),
    }))
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far || a.name.localeCompare(b.name))
    .slice(0, most)
    .map(({ name }) => name);
}
