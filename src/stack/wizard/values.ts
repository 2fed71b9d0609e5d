import type { ParameterDefinition, Template } from '../parameters/index.ts';

/** Answers as they come in, over the template's defaults. */
export class Values {
  readonly #definitions: ReadonlyMap<string, ParameterDefinition>;
  readonly #answers: Map<string, string>;

  constructor({ definitions }: Pick<Template, 'definitions'>, given: ReadonlyMap<string, string>) {
    this.#definitions = new Map(definitions.map((definition) => [definition.name, definition]));
    this.#answers = new Map(given);
  }

  definition(name: string): ParameterDefinition | undefined {
    return this.#definitions.get(name);
  }

  /** What is in effect: answered, given, or the default. */
  get(name: string): string {
    return this.#answers.get(name) ?? this.#definitions.get(name)?.preset ?? '';
  }

  /** What is the default needs no answer: then a later default of the template applies. */
  set(name: string, value: string): void {
    if (value === this.#definitions.get(name)?.preset) this.#answers.delete(name);
    else this.#answers.set(name, value);
  }

  has(name: string): boolean {
    return this.#answers.has(name);
  }

  /** What differs from the template. */
  get answers(): ReadonlyMap<string, string> {
    return this.#answers;
  }
}
