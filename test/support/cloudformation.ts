import type { DeploymentCalls } from '../../src/stack/deployment/calls.ts';
import type { ChangeSetState } from '../../src/stack/deployment/change-set-calls.ts';
import type { StackEvent } from '../../src/stack/events/event.ts';
import type { RetryClock } from '../../src/aws/retry.ts';
import { ROOT } from './events.ts';

/** An error as the SDK throws it. */
export function awsError(name: string, message = name, httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode, requestId: 'r-1' } });
}

/** Waits for nothing, and keeps how long it was asked to. */
export function instantPacing(): RetryClock & { readonly pauses: number[] } {
  const pauses: number[] = [];
  return {
    pauses,
    random: () => 0.5,
    pause: (seconds) => {
      pauses.push(seconds);
      return Promise.resolve();
    },
  };
}

/** A CloudFormation with one stack, whose story the test writes: what each call changes can be read back. */
export class FakeCloudFormation implements DeploymentCalls {
  stack: 'absent' | 'review' | 'begun' = 'absent';
  protected = false;
  changeSets: string[] = [];
  /** What each poll of the events finds new, in turn. An Error is thrown instead. */
  story: (readonly StackEvent[] | Error)[] = [];
  changeSetStates: ChangeSetState[] = [{ status: 'CREATE_COMPLETE', resources: 2 }];
  executed = 0;
  #told: StackEvent[] = [];

  createChangeSet(_request: unknown, name: string) {
    this.stack = 'review';
    this.changeSets.push(name);
    return Promise.resolve({ stackId: ROOT, changeSetId: `arn:change-set/${name}` });
  }

  changeSet(_changeSetId: string): Promise<ChangeSetState> {
    const state = this.changeSetStates.length > 1 ? this.changeSetStates.shift() : this.changeSetStates[0];
    return Promise.resolve(state!);
  }

  changeSetNames() {
    return Promise.resolve(this.changeSets);
  }

  executeChangeSet(): Promise<void> {
    this.executed += 1;
    this.stack = 'begun';
    return Promise.resolve();
  }

  deleteChangeSet(id: string) {
    this.changeSets = this.changeSets.filter((name) => !id.endsWith(name));
    return Promise.resolve();
  }

  deleteStack() {
    if (this.protected)
      return Promise.reject(awsError('ValidationError', 'TerminationProtection is enabled'));
    this.stack = 'absent';
    return Promise.resolve();
  }

  setTerminationProtection(_stackId: string, on: boolean) {
    this.protected = on;
    return Promise.resolve();
  }

  /** No group of this stack has an instance. */
  readonly deletedGroups = {
    instances: () => Promise.resolve(undefined),
    finishingWarm: () => Promise.resolve([]),
    unprotect: () => Promise.resolve(),
    release: () => Promise.resolve(),
  };

  /** Why the group's launches failed. */
  refusedLaunches: string[] = [];

  readonly launchFailures = () => Promise.resolve(this.refusedLaunches);

  outputs() {
    return Promise.resolve({ Queue: 'default' });
  }

  readonly events = () => {
    const next = this.story.shift() ?? [];
    if (next instanceof Error) return Promise.reject(next);
    this.#told.push(...next);
    return Promise.resolve({ events: [...this.#told].reverse() });
  };
}
