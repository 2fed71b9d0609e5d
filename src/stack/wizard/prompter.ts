/** What is wrong with an answer, or undefined. */
export type Check = (answer: string) => string | undefined | Promise<string | undefined>;

export interface Choice<Value> {
  readonly name: string;
  readonly value: Value;
  /** Shown while the choice is under the cursor. */
  readonly description?: string;
}

/** How a person is asked. A wrong answer is refused at the question. */
export interface Prompter {
  text(question: {
    readonly message: string;
    readonly preset?: string;
    readonly check?: Check;
  }): Promise<string>;
  /** What is typed is not shown. */
  secret(question: { readonly message: string; readonly check?: Check }): Promise<string>;
  choice<Value>(question: {
    readonly message: string;
    readonly choices: readonly Choice<Value>[];
    readonly preset?: Value;
  }): Promise<Value>;
  /** Any number of the choices, all of them to begin with. */
  several(question: {
    readonly message: string;
    readonly choices: readonly Choice<string>[];
    readonly check?: (answers: readonly string[]) => string | undefined;
  }): Promise<readonly string[]>;
  yes(question: { readonly message: string; readonly preset: boolean }): Promise<boolean>;
  /** Shows text between questions. */
  say(text: string): void;
}
