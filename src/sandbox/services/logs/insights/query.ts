import { type Expression, ExpressionReader, type Named } from './expressions.ts';
import { malformed, tokensOf } from './tokens.ts';

export type Aggregate = 'count' | 'count_distinct' | 'sum' | 'avg' | 'min' | 'max' | 'pct';

export interface Statistic {
  readonly of: Aggregate;
  /** Undefined for `count(*)`. */
  readonly value: Expression | undefined;
  /** Of `pct`. */
  readonly percent: number;
  readonly name: string;
}

/** A command of a query. */
export type Command =
  | { readonly kind: 'fields' | 'display'; readonly fields: readonly Named[] }
  | { readonly kind: 'filter'; readonly condition: Expression }
  | {
      readonly kind: 'sort';
      readonly by: readonly { readonly value: Expression; readonly descending: boolean }[];
    }
  | { readonly kind: 'limit'; readonly most: number }
  | { readonly kind: 'dedup'; readonly fields: readonly Named[] }
  | { readonly kind: 'stats'; readonly statistics: readonly Statistic[]; readonly by: readonly Named[] }
  | {
      readonly kind: 'parse';
      readonly value: Expression;
      readonly pattern: RegExp;
      readonly names: readonly string[];
    };

const AGGREGATES: readonly string[] = ['count', 'count_distinct', 'sum', 'avg', 'min', 'max', 'pct'];
const MOST_RESULTS = 100_000;

/**
 * Reads a query of Logs Insights QL: fields, display, filter, sort, limit, dedup, stats and parse. What else AWS knows is refused as
 * what AWS does not know, and never answered wrongly.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 * @throws AwsError MalformedQueryException
 */
export function readQuery(query: string): readonly Command[] {
  const reader = new QueryReader(query, tokensOf(query));
  return reader.commands();
}

class QueryReader extends ExpressionReader {
  commands(): readonly Command[] {
    const commands = [this.#command()];
    while (this.take('|') !== undefined) commands.push(this.#command());
    if (this.next.kind !== 'end') throw this.unexpected();
    return commands;
  }

  #command(): Command {
    const word = this.expect('word');
    switch (word.text.toLowerCase()) {
      case 'fields':
      case 'display':
        return { kind: word.text.toLowerCase() as 'fields', fields: this.list(() => this.named()) };
      case 'filter':
        return { kind: 'filter', condition: this.condition() };
      case 'sort':
        return { kind: 'sort', by: this.list(() => this.#order()) };
      case 'limit':
        return { kind: 'limit', most: this.#limit() };
      case 'dedup':
        return { kind: 'dedup', fields: this.list(() => this.named()) };
      case 'stats':
        return this.#stats();
      case 'parse':
        return this.#parse();
      default:
        throw this.unexpected(word);
    }
  }

  #order() {
    const value = this.value();
    const descending = this.take('desc') !== undefined;
    if (!descending) this.take('asc');
    return { value, descending };
  }

  #limit(): number {
    const token = this.expect('number');
    const most = Number(token.text);
    if (!Number.isInteger(most) || most < 1 || most > MOST_RESULTS) throw this.unexpected(token);
    return most;
  }

  #stats(): Command {
    const statistics = this.list(() => this.#statistic());
    const by = this.take('by') === undefined ? [] : this.list(() => this.named());
    this.timeKnown = false;
    return { kind: 'stats', statistics, by };
  }

  #statistic(): Statistic {
    const start = this.next;
    const word = this.expect('word');
    const of = word.text.toLowerCase();
    if (!AGGREGATES.includes(of)) throw this.unexpected(word);
    this.expectSign('(');
    let value: Expression | undefined;
    let percent = 0;
    if (of === 'count' && (this.take('*') !== undefined || this.next.text === ')')) value = undefined;
    else value = this.value();
    if (of === 'pct') {
      this.expectSign(',');
      percent = Number(this.expect('number').text);
    }
    const close = this.expectSign(')');
    const name = this.alias() ?? this.query.slice(start.start, close.end);
    return { of: of as Aggregate, value, percent, name };
  }

  /** `parse @message "user *, took *" as user, took` or `parse @message /took (?<ms>\d+)/`. */
  #parse(): Command {
    const value = this.next.kind === 'word' ? this.value() : ({ kind: 'field', name: '@message' } as const);
    const token = this.next;
    if (token.kind === 'pattern') {
      const pattern = this.pattern(this.advance());
      const names = [...token.text.matchAll(/\(\?<(\w+)>/g)].map(([, name = '']) => name);
      if (names.length === 0) throw malformed(this.query, token.start, token.end, 'no named group found');
      return { kind: 'parse', value, pattern, names };
    }
    const glob = this.expect('text');
    if (this.take('as') === undefined) throw this.unexpected();
    const names = this.list(() => this.expect('word').text);
    const parts = glob.text.split('*');
    if (parts.length !== names.length + 1) {
      throw malformed(this.query, glob.start, glob.end, 'number of wildcards and fields differ');
    }
    const source = parts.map(escaped).join('(.*?)');
    return {
      kind: 'parse',
      value,
      pattern: new RegExp(`${source}${parts.at(-1) === '' ? '$' : ''}`, 's'),
      names,
    };
  }
}

export function escaped(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\/*]/g, '\\$&');
}
