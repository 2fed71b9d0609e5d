import { duration } from '../../terminal/duration.ts';
import { logLine } from '../../terminal/log-line.ts';
import type { StatusLine } from '../../terminal/status-line.ts';
import { counted } from '../../terminal/text.ts';
import type { DeploymentObserver } from '../events/observer.ts';
import type { RolloutProgress } from '../rollout/survey.ts';
import type { UpdateObserver } from './execution/observer.ts';

/** Where an update's progress goes. */
export interface ProgressPlace {
  /** Where a person watches: what is painted over. A log gets a line for each change instead, with the time before it. */
  readonly status?: StatusLine;
  readonly write: (line: string) => void;
  /** The stack's own time, in milliseconds since 1970. */
  readonly now: () => number;
  readonly display: () => Promise<DeploymentObserver>;
  /** Asks a person whether to wait longer for jobs; absent where nobody can be asked. */
  readonly longer?: () => Promise<boolean>;
}

/** Tells an update's progress. */
export function openProgress({ status, write, now, display, longer }: ProgressPlace): UpdateObserver {
  const say = (line: string) => {
    status?.settle();
    write(status === undefined ? logLine(new Date(now()), line) : line);
  };
  const show = (line: string) => {
    if (status === undefined) say(line);
    else status.show(line);
  };
  return {
    say,
    stack: () => {
      status?.settle();
      return display();
    },
    ...(longer && {
      longer: () => {
        status?.settle();
        return longer();
      },
    }),
    rollout: (progress) => {
      show(rolloutText(progress, now()));
    },
    draining: ({ instances, finishing }) => {
      show(`${counted(instances, 'instance')} left, ${finishing} finishing jobs`);
    },
    end: () => {
      status?.settle();
    },
  };
}

/** `3 old, 2 finishing jobs (one for 12m), 1 booting, 4 new, 2 old in the warm pool`. */
export function rolloutText(
  { old, draining, drainingSince, booting, fresh, oldWarm = 0 }: RolloutProgress,
  now: number,
): string {
  const since =
    drainingSince === undefined
      ? ''
      : ` (the longest for ${duration(Math.max(0, (now - drainingSince.getTime()) / 1000))})`;
  const warm = oldWarm === 0 ? '' : `, ${oldWarm} old in the warm pool`;
  return `${old} old, ${draining} finishing jobs${since}, ${booting} booting, ${fresh} new${warm}`;
}
