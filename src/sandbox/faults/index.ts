import { defineSlice } from '../kernel/slice.ts';
import type { World } from '../kernel/world.ts';
import type { ApiEffect, Fault } from './fault.ts';

export type { ApiEffect, Fault } from './fault.ts';
export { FAULT_FORMS, parseFault } from './parse.ts';

interface FaultState {
  faults: Fault[];
}

const slice = defineSlice<FaultState>('faults', () => ({ faults: [] }));

/** The faults of the world, which are one for all regions. */
export function faultsOf(world: World): readonly Fault[] {
  return slice(world.scope('global')).faults;
}

/** From now on these go wrong, and nothing else. */
export function setFaults(world: World, faults: readonly Fault[]): void {
  slice(world.scope('global')).faults = [...faults];
  world.changed();
}

/** Why CloudFormation has to fail to make a resource, if it has to. */
export function resourceRefusal(world: World, type: string, logicalId: string): string | undefined {
  return all(world, 'resource').find(({ target }) => target === type || target === logicalId)?.reason;
}

/** Whether the boot of one instance fails. Each call draws anew: ask once for a boot. */
export function bootFails(world: World): boolean {
  return all(world, 'boot').some(({ rate }) => happens(world, rate));
}

/** Why an instance fails to boot, as its console tells, if it does. Each call draws anew: ask once for a boot. */
export function failingBoot(world: World, instanceId: string): string | undefined {
  if (!bootFails(world)) return undefined;
  return `cloud-init: ${instanceId}: the user data was not run: the sandbox was told that boots fail (--fail boot)`;
}

/** Where an instance may come from: AWS has room in each of these by itself. */
export interface CapacityPool {
  readonly instanceType: string;
  readonly market: 'spot' | 'on-demand';
  /** By its name: us-east-1a. */
  readonly zone: string;
}

/** Whether a pool has room for an instance. */
export function hasCapacity(world: World, { instanceType, market, zone }: CapacityPool): boolean {
  return !all(world, 'capacity').some(
    (fault) =>
      (fault.instanceType ?? instanceType) === instanceType &&
      (fault.market ?? market) === market &&
      (fault.zone ?? zone) === zone,
  );
}

/**
 * What happens to a request instead of, or before, its answer. Draws from the world's random numbers.
 * @param service the service's name, as `Service.name` has it
 */
export function apiFault(world: World, service: string, operation: string): ApiEffect | undefined {
  return all(world, 'api').find(
    (fault) =>
      fault.service === service &&
      (fault.operation === '*' || fault.operation === operation) &&
      happens(world, fault.rate),
  )?.effect;
}

/** Whether the credentials of every request count as expired. */
export function credentialsExpired(world: World): boolean {
  return all(world, 'credentials').length > 0;
}

/** Whether Buildkite refuses every agent token. */
export function tokenRefused(world: World): boolean {
  return all(world, 'token').length > 0;
}

function all<Kind extends Fault['kind']>(world: World, kind: Kind): Extract<Fault, { kind: Kind }>[] {
  return faultsOf(world).filter((fault): fault is Extract<Fault, { kind: Kind }> => fault.kind === kind);
}

function happens(world: World, rate: number): boolean {
  return rate >= 1 || (rate > 0 && world.random() < rate);
}
