import { UsageError } from '../../errors.ts';

/** A value that somebody gave for a parameter. */
export interface GivenValue {
  readonly value: string;
  /** Where it stands, for errors: `stack.yml:3`, `--param`. */
  readonly from: string;
}

/** By the parameter's name, in the order given. */
export type GivenParameters = ReadonlyMap<string, GivenValue>;

/**
 * Reads `--param Key=Value`. The value may hold further equals signs, and may be empty.
 * @throws UsageError for one without a key, or a key that comes twice
 */
export function parseParamFlags(flags: readonly string[]): GivenParameters {
  const given = new Map<string, GivenValue>();
  for (const flag of flags) {
    const equals = flag.indexOf('=');
    // What stands there may be a secret: only what is left of an equals sign is ever repeated.
    if (equals < 1) {
      throw new UsageError('--param takes Key=Value, and one of them has no key', {
        hint: 'Like this: --param MinSize=1',
      });
    }
    const name = flag.slice(0, equals).trim();
    if (given.has(name)) {
      throw new UsageError(`--param gives ${name} twice`, {
        hint: 'Say it once: the last would win unseen.',
      });
    }
    given.set(name, { value: flag.slice(equals + 1), from: '--param' });
  }
  return given;
}
