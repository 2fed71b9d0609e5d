import { screen } from '../safe.ts';
import { widthOf } from '../text.ts';

/** What a live region needs of the terminal it paints on. */
export interface Screen {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

const UP = (rows: number) => (rows > 0 ? `\x1b[${rows}A` : '');
const CLEAR_LINE = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';

/**
 * The last lines of a terminal, painted over in place. A frame goes out in one write that overwrites line by line
 * instead of clearing first, so that nothing flickers.
 */
export class LiveRegion {
  readonly #screen: Screen;
  #frame: readonly string[] = [];
  #hidden = false;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  get columns(): number {
    return this.#screen.columns ?? 80;
  }

  get rows(): number {
    return this.#screen.rows ?? 24;
  }

  /** Shows these lines in place of the last ones. Each must fit the width. */
  paint(lines: readonly string[]): void {
    const hide = this.#hidden ? '' : HIDE_CURSOR;
    this.#hidden = true;
    this.#screen.write(`${hide}${this.#home()}${body(lines)}${CLEAR_BELOW}`);
    this.#frame = lines;
  }

  /** Puts lines above the region, where they stay. */
  print(lines: readonly string[]): void {
    this.#screen.write(`${this.#home()}${body(lines)}${body(this.#frame)}${CLEAR_BELOW}`);
  }

  /** Leaves `lines` in place of the region, and gives the cursor back. */
  close(lines: readonly string[] = []): void {
    const show = this.#hidden ? SHOW_CURSOR : '';
    this.#screen.write(`${this.#home()}${body(lines)}${CLEAR_BELOW}${show}`);
    this.#frame = [];
    this.#hidden = false;
  }

  /** To the region's first column and row. A terminal made narrower has wrapped the lines that no longer fit. */
  #home(): string {
    const taken = this.#frame.map((line) => Math.max(1, Math.ceil(widthOf(line) / this.columns)));
    return `${UP(taken.reduce((sum, rows) => sum + rows, 0))}\r`;
  }
}

function body(lines: readonly string[]): string {
  return lines.map((line) => `${screen(line)}${CLEAR_LINE}\n`).join('');
}
