import type { Scope } from './world.ts';

/**
 * A service's own part of the state. Give it a name and what it is when new; call the result with a scope.
 * What it holds must be plain JSON data: instants as numbers, no `Map`, no class.
 */
export function defineSlice<State>(name: string, create: () => State): (scope: Scope) => State {
  return ({ world, region }) => {
    const key = `${name}/${region}`;
    world.state.slices[key] ??= create();
    return world.state.slices[key] as State;
  };
}
