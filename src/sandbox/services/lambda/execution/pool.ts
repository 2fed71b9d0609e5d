import type { World } from '../../../kernel/world.ts';
import { ExecutionEnvironment, type EnvironmentOptions } from './environment.ts';

/** How long an environment waits for another invocation, in real milliseconds. */
const IDLE = 120_000;

/** What an environment was made for. */
export interface Claim {
  readonly functionArn: string;
  readonly version: string;
  /** Another one means other code or settings. */
  readonly revisionId: string;
}

interface Place extends Claim {
  readonly environment: ExecutionEnvironment;
  /** Undefined while it runs. */
  idle?: NodeJS.Timeout | undefined;
}

const pools = new WeakMap<World, Set<Place>>();

function places(world: World): Set<Place> {
  const known = pools.get(world) ?? new Set();
  pools.set(world, known);
  return known;
}

/** How many invocations of a function run now. */
export function runningCount(world: World, functionArn: string): number {
  return [...places(world)].filter((place) => place.functionArn === functionArn && place.idle === undefined)
    .length;
}

/**
 * Has `use` work in an environment that waits, or in a new one.
 * @param use tells how it went; the environment is kept if it is usable after that
 */
export async function inEnvironment<Result>(
  world: World,
  claim: Claim,
  options: () => EnvironmentOptions,
  use: (environment: ExecutionEnvironment) => Promise<Result>,
): Promise<Result> {
  const all = places(world);
  for (const place of [...all]) {
    const outdated = isSame(place, claim) && place.revisionId !== claim.revisionId;
    if (place.idle !== undefined && (!place.environment.usable || outdated)) discard(all, place);
  }
  let place = [...all].find((one) => one.idle !== undefined && isSame(one, claim));
  if (place === undefined) {
    place = { ...claim, environment: new ExecutionEnvironment(options()) };
    all.add(place);
  }
  clearTimeout(place.idle);
  place.idle = undefined;
  try {
    return await use(place.environment);
  } finally {
    const done = place;
    if (done.environment.usable) {
      done.idle = setTimeout(() => {
        discard(all, done);
      }, IDLE).unref();
    } else discard(all, done);
  }
}

function isSame(one: Claim, other: Claim): boolean {
  return one.functionArn === other.functionArn && one.version === other.version;
}

function discard(all: Set<Place>, place: Place): void {
  clearTimeout(place.idle);
  place.environment.stop();
  all.delete(place);
}

/** Ends the environments of a function that wait. */
export function retireEnvironments(world: World, functionArn: string): void {
  const all = places(world);
  for (const place of [...all]) {
    if (place.functionArn === functionArn && place.idle !== undefined) discard(all, place);
  }
}
