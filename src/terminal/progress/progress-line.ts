import { LiveRegion, type Screen } from './live-region.ts';
import { fitted } from '../text.ts';

/** Milliseconds: no more often is a line painted over, or printed where it cannot be. */
const REPAINT_EVERY = 100;
const PRINT_EVERY = 10_000;

/** How far something has come: one line, painted over on a terminal, and printed now and then elsewhere. */
export class ProgressLine {
  readonly #screen: Screen;
  readonly #region: LiveRegion | undefined;
  readonly #now: () => number;
  #shownAt: number;

  /** @param live whether what is written may be painted over */
  constructor(screen: Screen, live: boolean, now: () => number = Date.now) {
    this.#screen = screen;
    this.#region = live ? new LiveRegion(screen) : undefined;
    this.#now = now;
    this.#shownAt = live ? -Infinity : now();
  }

  show(text: string): void {
    const now = this.#now();
    if (now - this.#shownAt < (this.#region === undefined ? PRINT_EVERY : REPAINT_EVERY)) return;
    this.#shownAt = now;
    if (this.#region === undefined) this.#screen.write(`${text}\n`);
    else this.#region.paint([fitted(text, this.#region.columns - 1)]);
  }

  /** Takes the line away, and gives the cursor back. */
  end(): void {
    this.#region?.close();
  }
}
