import type { Scope, Task, World } from '../../kernel/world.ts';
import type { Instant } from '../../kernel/time.ts';
import type { QueueRecord } from './state.ts';

/** The task that ends a receiver's wait; its key is the wait's own. */
export const WAIT_TASK = 'sqs.wait';

interface Wait {
  readonly arn: string;
  readonly end: () => void;
}

/** Receivers that wait, by world: after a restart there are none. */
const waits = new WeakMap<World, Map<string, Wait>>();

function waitsIn(world: World): Map<string, Wait> {
  const known = waits.get(world) ?? new Map<string, Wait>();
  waits.set(world, known);
  return known;
}

/** Waits until a message is sent to the queue, or until an instant of the sandbox's clock. */
export function waitFor({ world }: Scope, { arn }: QueueRecord, until: Instant): Promise<void> {
  const key = world.ids.uuid();
  return new Promise((resolve) => {
    const end = () => {
      waitsIn(world).delete(key);
      resolve();
    };
    waitsIn(world).set(key, { arn, end });
    world.wake(WAIT_TASK, key, until);
  });
}

/** Has those look again who wait for messages of a queue. */
export function endWaits({ world }: Scope, { arn }: QueueRecord): void {
  for (const wait of [...waitsIn(world).values()]) if (wait.arn === arn) wait.end();
}

export const endWait: Task = (world, key) => {
  waitsIn(world).get(key)?.end();
};
