import { malformed, type Token } from './tokens.ts';

/** What can be worked out of a log event. */
export type Expression =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'constant'; readonly value: string | number }
  | { readonly kind: 'bin'; readonly milliseconds: number }
  | { readonly kind: 'present'; readonly name: string }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Expression[] }
  | { readonly kind: 'matches'; readonly value: Expression; readonly pattern: RegExp }
  | { readonly kind: 'in'; readonly value: Expression; readonly among: readonly (string | number)[] }
  | {
      readonly kind: 'compare';
      readonly sign: '=' | '!=' | '<' | '<=' | '>' | '>=';
      readonly left: Expression;
      readonly right: Expression;
    };

/** A value and what its column is called. */
export interface Named {
  readonly value: Expression;
  readonly name: string;
}

const UNITS: Readonly<Record<string, number>> = {
  ...{ ms: 1, s: 1000, sec: 1000, second: 1000, seconds: 1000 },
  ...{ m: 60_000, min: 60_000, minute: 60_000, minutes: 60_000 },
  ...{
    h: 3_600_000,
    hr: 3_600_000,
    hour: 3_600_000,
    hours: 3_600_000,
    d: 86_400_000,
    day: 86_400_000,
    days: 86_400_000,
  },
};

/** Reads expressions, one token after the other. */
export class ExpressionReader {
  readonly query: string;
  readonly #tokens: readonly Token[];
  /** Whether what is read is of log events still: rows that are made of several have no time. */
  protected timeKnown = true;
  readonly #end: Token;
  #at = 0;

  constructor(query: string, tokens: readonly Token[]) {
    this.query = query;
    this.#tokens = tokens;
    this.#end = { kind: 'end', text: 'the end of the query', start: query.length, end: query.length };
  }

  protected get next(): Token {
    return this.#tokens[this.#at] ?? this.#end;
  }

  protected advance(): Token {
    const token = this.next;
    this.#at += 1;
    return token;
  }

  /** Takes this sign or keyword where it comes next. */
  protected take(text: string): Token | undefined {
    const { kind, text: found } = this.next;
    const fits = (kind === 'sign' || kind === 'word') && found.toLowerCase() === text;
    return fits ? this.advance() : undefined;
  }

  protected expect(kind: Token['kind']): Token {
    if (this.next.kind !== kind) throw this.unexpected();
    return this.advance();
  }

  protected expectSign(sign: string): Token {
    const token = this.take(sign);
    if (token === undefined) throw this.unexpected();
    return token;
  }

  protected unexpected({ text, start, end }: Token = this.next) {
    return malformed(this.query, start, end, `unexpected symbol found ${text}`);
  }

  protected list<Item>(item: () => Item): Item[] {
    const items = [item()];
    while (this.take(',') !== undefined) items.push(item());
    return items;
  }

  protected alias(): string | undefined {
    return this.take('as') === undefined ? undefined : this.expect('word').text;
  }

  protected named(): Named {
    const { start } = this.next;
    const value = this.value();
    const end = this.#tokens[this.#at - 1]?.end ?? start;
    return { value, name: this.alias() ?? this.query.slice(start, end).replaceAll('`', '') };
  }

  protected condition(): Expression {
    const of = [this.#conjunction()];
    while (this.take('or') !== undefined) of.push(this.#conjunction());
    return { kind: 'any', of };
  }

  /** A field, a text, a number, or a function of those that are known. */
  protected value(): Expression {
    const token = this.advance();
    if (token.kind === 'text') return { kind: 'constant', value: token.text };
    if (token.kind === 'number' && !Number.isNaN(Number(token.text))) {
      return { kind: 'constant', value: Number(token.text) };
    }
    if (token.text === '-' && this.next.kind === 'number') {
      return { kind: 'constant', value: -Number(this.advance().text) };
    }
    if (token.kind !== 'word') throw this.unexpected(token);
    if (this.take('(') === undefined) return { kind: 'field', name: token.text };
    const known = this.#function(token);
    this.expectSign(')');
    return known;
  }

  protected pattern({ text, start, end }: Token): RegExp {
    const [, source = '', flags] = /^\/(.*)\/(i?)$/s.exec(text) ?? [];
    // Java, which AWS has, takes flags inside.
    const inside = /^\(\?i\)/.test(source);
    try {
      return new RegExp(inside ? source.slice(4) : source, inside ? 'i' : flags);
    } catch {
      throw malformed(this.query, start, end, 'invalid regular expression');
    }
  }

  #function(token: Token): Expression {
    const name = token.text.toLowerCase();
    if (name === 'ispresent') return { kind: 'present', name: this.expect('word').text };
    if (name !== 'bin' || !this.timeKnown) throw this.unexpected(token);
    const period = this.expect('number');
    const [, amount = '', unit = ''] = /^(\d+)([a-z]+)$/.exec(period.text) ?? [];
    const milliseconds = Number(amount) * (UNITS[unit] ?? 0);
    if (milliseconds === 0) throw this.unexpected(period);
    return { kind: 'bin', milliseconds };
  }

  #conjunction(): Expression {
    const of = [this.#negation()];
    while (this.take('and') !== undefined) of.push(this.#negation());
    return { kind: 'all', of };
  }

  #negation(): Expression {
    if (this.take('not') !== undefined) return { kind: 'not', of: this.#negation() };
    if (this.take('(') !== undefined) {
      const inner = this.condition();
      this.expectSign(')');
      return inner;
    }
    return this.#comparison();
  }

  #comparison(): Expression {
    const left = this.value();
    for (const sign of ['=', '!=', '<=', '>=', '<', '>'] as const) {
      if (this.take(sign) !== undefined) return { kind: 'compare', sign, left, right: this.value() };
    }
    const not = this.take('not') !== undefined;
    const test = this.#test(left);
    if (test === undefined) {
      if (not || left.kind !== 'present') throw this.unexpected();
      return left;
    }
    return not ? { kind: 'not', of: test } : test;
  }

  #test(value: Expression): Expression | undefined {
    if (this.take('like') !== undefined || this.take('=~') !== undefined) {
      const token = this.advance();
      if (token.kind === 'pattern') return { kind: 'matches', value, pattern: this.pattern(token) };
      if (token.kind !== 'text') throw this.unexpected(token);
      return { kind: 'matches', value, pattern: new RegExp(token.text.replace(/[^\w\s]/g, '\\$&')) };
    }
    if (this.take('in') === undefined) return undefined;
    this.expectSign('[');
    const among = this.list(() => {
      const item = this.value();
      if (item.kind !== 'constant') throw this.unexpected();
      return item.value;
    });
    this.expectSign(']');
    return { kind: 'in', value, among };
  }
}
