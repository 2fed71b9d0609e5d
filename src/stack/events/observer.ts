import type { Progress } from './progress.ts';
import type { StackEvent } from './event.ts';

/** Who is told how an operation on a stack goes on. A display is one; a test's recorder is another. */
export interface DeploymentObserver {
  /** A step that no event tells of, as one line: "Change set computed: 31 resources". */
  note(line: string): void;
  /** Events that are new, oldest first, and where the operation stands with them. */
  update(events: readonly StackEvent[], progress: Progress): void;
  /** Nothing more will come. May be called twice. */
  end(): void;
}

/** Tells nobody. */
export const unobserved: DeploymentObserver = {
  note: () => undefined,
  update: () => undefined,
  end: () => undefined,
};
