import { replaceEncoded } from './encoded.ts';
import { KnownValues } from './known-values.ts';
import { replaceNamed } from './named.ts';
import { mark, type Reason, SHAPES } from './patterns.ts';

/** How often what was taken out of a text, by the reason. */
export class Tally {
  readonly #counts = new Map<Reason, number>();

  count(reason: Reason): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  get counts(): Readonly<Partial<Record<Reason, number>>> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => a.localeCompare(b)));
  }
}

/** As they are, and as JSON, C and shells write them. */
// eslint-disable-next-line no-control-regex -- these are looked for
const COLOURS = /(?:\x1b|\\+(?:u001[bB]|x1[bB]|e|033))\[[0-9;]*m/g;

/** Codes within codes are looked into this deep. */
const DEPTH = 2;

/**
 * Takes secrets out of texts: values that are known to be secret, in whatever way they are written; what has the shape of a
 * token, a key or a credential; and the values of what is named as a secret is.
 */
export class Redactor {
  readonly #known: KnownValues;
  readonly #account: string | undefined;

  /** @param account the account's id, where that is to be taken out too */
  constructor(known: KnownValues = new KnownValues(), account?: string) {
    this.#known = known;
    this.#account = account;
  }

  redact(text: string, tally: Tally = new Tally()): string {
    // Colours stand within what they colour, and keep a name from its value.
    return this.#redact(text.replace(COLOURS, ''), tally, DEPTH);
  }

  #redact(text: string, tally: Tally, depth: number): string {
    const put = (reason: Reason) => {
      tally.count(reason);
      return mark(reason);
    };
    let result = this.#known.replace(text, put);
    if (depth > 0) {
      result = replaceEncoded(
        result,
        (decoded) => this.#holds(decoded, depth - 1),
        () => put('encoded secret'),
      );
    }
    for (const { reason, pattern, group, judge = () => true } of SHAPES) {
      result = result.replace(pattern, (...found: string[]) => {
        const whole = found[0] ?? '';
        const secret = group === undefined ? whole : (found[group] ?? '');
        if (secret.startsWith('[redacted') || !judge(secret)) return whole;
        return (group === undefined ? '' : whole.slice(0, whole.length - secret.length)) + put(reason);
      });
    }
    result = replaceNamed(result, () => put('named secret'));
    return this.#account === undefined ? result : withoutAccounts(result, this.#account, put);
  }

  /** Whether something decoded has a secret in it. What is no text can have known values alone. */
  #holds(decoded: string, depth: number): boolean {
    if (this.#known.replace(decoded, mark) !== decoded) return true;
    return isText(decoded) && this.#redact(decoded, new Tally(), depth) !== decoded;
  }
}

/** Bytes that are no text, taken for one, are full of signs that no text has. */
function isText(decoded: string): boolean {
  // eslint-disable-next-line no-control-regex -- these are looked for
  return decoded.length >= 6 && !/[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]/.test(decoded);
}

/** The account's id wherever it stands, and those of others in the names of resources. */
function withoutAccounts(text: string, account: string, put: (reason: Reason) => string): string {
  return text
    .replace(new RegExp(`(?<!\\d)${account}(?!\\d)`, 'g'), () => put('account id'))
    .replace(/(arn:aws[\w-]*:[\w-]*:[\w-]*:)\d{12}(?=:)/g, (_, start: string) => start + put('account id'));
}
