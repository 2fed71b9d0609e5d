const ESCAPE = '\x1b';
/** Escapes, line breaks, and the text between them. */
const PARTS = new RegExp(`${ESCAPE}\\[[?\\d;]*[A-Za-z]|\\n|\\r|[^${ESCAPE}\\n\\r]+`, 'g');
const UP = new RegExp(`^${ESCAPE}\\[(\\d+)A$`);

/** A terminal that understands what our displays write: text, line breaks, cursor up, clearing. */
export class TestScreen {
  columns = 80;
  rows = 24;
  cursorShown = true;
  /** How often something was written. */
  writes = 0;
  #lines: string[] = [''];
  #row = 0;
  #column = 0;

  write(text: string): boolean {
    this.writes += 1;
    for (const part of text.match(PARTS) ?? []) this.#take(part);
    return true;
  }

  /** What stands on the screen. */
  get text(): string[] {
    return this.#lines.join('\n').trimEnd().split('\n');
  }

  #take(part: string): void {
    const up = UP.exec(part);
    if (up !== null) this.#row = Math.max(0, this.#row - Number(up[1]));
    else if (part === `${ESCAPE}[K`) this.#lines[this.#row] = this.#line.slice(0, this.#column);
    else if (part === `${ESCAPE}[J`) {
      this.#lines.length = this.#row + 1;
      this.#lines[this.#row] = this.#line.slice(0, this.#column);
    } else if (part === `${ESCAPE}[?25l`) this.cursorShown = false;
    else if (part === `${ESCAPE}[?25h`) this.cursorShown = true;
    else if (part === '\n') {
      this.#row += 1;
      this.#column = 0;
      this.#lines[this.#row] ??= '';
    } else if (part === '\r') this.#column = 0;
    else if (!part.startsWith(ESCAPE)) {
      const line = this.#line.padEnd(this.#column);
      this.#lines[this.#row] = line.slice(0, this.#column) + part + line.slice(this.#column + part.length);
      this.#column += part.length;
    }
  }

  get #line(): string {
    return this.#lines[this.#row] ?? '';
  }
}
