import { LiveRegion } from '../../terminal/progress/live-region.ts';
import { print } from '../../terminal/output/print.ts';
import { screen } from '../../terminal/safe.ts';
import { errTheme } from '../../terminal/theme.ts';
import type { DeploymentObserver } from '../events/observer.ts';
import { LiveDisplay } from './live-display.ts';
import { PlainDisplay } from './plain-display.ts';
import { StackClock } from './stack-clock.ts';

export interface DisplayOptions {
  /** A display that repaints itself; otherwise a line for each event. */
  readonly live: boolean;
  /** How many times faster than real time the stack's side runs: `AwsContext.speed`. */
  readonly speed: number;
}

/** Shows an operation on stderr while it runs. */
export function openDisplay({ live, speed }: DisplayOptions): DeploymentObserver {
  return live
    ? new LiveDisplay(new LiveRegion(process.stderr), errTheme, new StackClock(speed))
    : new PlainDisplay((line) => {
        print(process.stderr, screen(`${line}\n`));
      });
}
