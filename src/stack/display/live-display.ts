import type { LiveRegion } from '../../terminal/progress/live-region.ts';
import type { Theme } from '../../terminal/theme.ts';
import type { StackEvent } from '../events/event.ts';
import type { DeploymentObserver } from '../events/observer.ts';
import type { Progress } from '../events/progress.ts';
import { frame, headline } from './frame.ts';
import type { StackClock } from './stack-clock.ts';

const REPAINT_MS = 120;

/** A few lines that show what is on its way; what has failed stays above them. */
export class LiveDisplay implements DeploymentObserver {
  readonly #region: LiveRegion;
  readonly #theme: Theme;
  readonly #clock: StackClock;
  #progress: Progress | undefined;
  #tick = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(region: LiveRegion, theme: Theme, clock: StackClock) {
    this.#region = region;
    this.#theme = theme;
    this.#clock = clock;
  }

  note(line: string): void {
    this.#region.print([this.#theme.dim(line)]);
  }

  update(_events: readonly StackEvent[], progress: Progress): void {
    this.#progress = progress;
    if (progress.lastAt !== undefined) this.#clock.saw(progress.lastAt);
    if (this.#timer === undefined) {
      this.#timer = setInterval(() => {
        this.#paint();
      }, REPAINT_MS);
      // The operation, not its display, decides how long the process lives.
      this.#timer.unref();
      process.once('exit', this.#leave);
    }
    this.#paint();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    process.removeListener('exit', this.#leave);
    if (this.#progress === undefined) return;
    const last = headline(this.#progress, {
      now: this.#progress.finished ? this.#progress.lastAt : this.#clock.now(),
      columns: this.#region.columns,
      theme: this.#theme,
      tick: this.#tick,
    });
    this.#region.close([last]);
    this.#progress = undefined;
  }

  readonly #leave = () => {
    this.end();
  };

  #paint(): void {
    if (this.#progress === undefined) return;
    this.#tick += 1;
    const { columns, rows } = this.#region;
    this.#region.paint(
      frame(this.#progress, {
        now: this.#progress.finished ? this.#progress.lastAt : this.#clock.now(),
        columns,
        rows,
        theme: this.#theme,
        tick: this.#tick,
      }),
    );
  }
}
