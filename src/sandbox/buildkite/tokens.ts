import { tokenRefused } from '../faults/index.ts';
import type { World } from '../kernel/world.ts';
import { isStored } from '../services/ssm/read.ts';
import { buildkiteState } from './state.ts';

/**
 * Whether Buildkite refuses a token where nothing but counts are told: `create` asks before it stores a token. The sandbox takes any
 * that is not empty, does not start with "invalid", and was not revoked; none while the fault `token` is set.
 */
export function isRefusedToken(world: World, token: string): boolean {
  return (
    tokenRefused(world) ||
    token === '' ||
    token.startsWith('invalid') ||
    buildkiteState(world).revokedTokens.includes(token)
  );
}

/** Whether an agent may register with a token: one of a stack, which is kept in SSM, or the secret of the sandbox's owner. */
export function opensRegistration(world: World, token: string): boolean {
  return !isRefusedToken(world, token) && (world.keys.isSecret(token) || isStored(world, token));
}

/** From now on the token is refused. Agents that have registered with it stay. */
export function revokeToken(world: World, token: string): void {
  const { revokedTokens } = buildkiteState(world);
  if (!revokedTokens.includes(token)) revokedTokens.push(token);
}
