import type { DeploymentObserver } from '../../events/observer.ts';
import type { RolloutProgress } from '../../rollout/survey.ts';

/** Who is told how an update goes on. */
export interface UpdateObserver {
  say(line: string): void;
  /** Opens the display of CloudFormation's part. */
  stack(): Promise<DeploymentObserver>;
  rollout(progress: RolloutProgress): void;
  draining(left: { readonly instances: number; readonly finishing: number }): void;
  /** Asks whether to wait as long again for jobs; absent where nobody can be asked. */
  longer?: () => Promise<boolean>;
  /** Nothing more comes. */
  end(): void;
}
