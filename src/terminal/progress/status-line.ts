import type { LiveRegion } from './live-region.ts';
import { fitted } from '../text.ts';

/** What something has come to: the last line of a terminal, painted over with each change, until it is settled. */
export class StatusLine {
  readonly #region: LiveRegion;
  #line: string | undefined;

  constructor(region: LiveRegion) {
    this.#region = region;
  }

  show(text: string): void {
    // A process that ends meanwhile gives the cursor back.
    if (this.#line === undefined) process.once('exit', this.settle);
    this.#line = fitted(text, this.#region.columns - 1);
    this.#region.paint([this.#line]);
  }

  /** Leaves the line as it is, before anything else is written. */
  readonly settle = (): void => {
    if (this.#line === undefined) return;
    process.removeListener('exit', this.settle);
    this.#region.close([this.#line]);
    this.#line = undefined;
  };
}
