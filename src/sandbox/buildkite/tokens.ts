import { tokenRefused } from '../faults/index.ts';
import type { World } from '../kernel/world.ts';
import { buildkiteState } from './state.ts';

/**
 * Whether Buildkite refuses a registration token. The sandbox takes any that is not empty, does not start with
 * "invalid", and was not revoked; none while the fault `token` is set.
 */
export function isRefusedToken(world: World, token: string): boolean {
  return (
    tokenRefused(world) ||
    token === '' ||
    token.startsWith('invalid') ||
    buildkiteState(world).revokedTokens.includes(token)
  );
}

/** From now on the token is refused. Agents that have registered with it stay. */
export function revokeToken(world: World, token: string): void {
  const { revokedTokens } = buildkiteState(world);
  if (!revokedTokens.includes(token)) revokedTokens.push(token);
}
