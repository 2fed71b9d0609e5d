import type { Instant } from '../../../kernel/time.ts';
import type { Scope, Service, World } from '../../../kernel/world.ts';

/** What instances run on. EC2 switches it on and off; what goes on inside is no concern of EC2's. */
export interface Hardware {
  /** Starts the system of an instance that has begun to run. */
  powerOn(scope: Scope, instanceId: string): void;
  powerOff(scope: Scope, instanceId: string): void;
  /** Drops what is kept of an instance that is gone for good. */
  forget(scope: Scope, instanceId: string): void;
  /** What the instance has written to its console so far, and when it was last written to. */
  console(scope: Scope, instanceId: string): { readonly text: string; readonly at: Instant };
  /** Whether the instance answers EC2's status checks. */
  isReachable(scope: Scope, instanceId: string): boolean;
}

/** A service that brings the hardware of a world's instances. */
export interface HardwareService extends Service {
  readonly hardware: Hardware;
}

/** The hardware of a world; in one that has none, instances run and do nothing. */
export function hardwareOf(world: World): Hardware {
  return [...world.services()].find(bringsHardware)?.hardware ?? IDLE;
}

function bringsHardware(service: Service): service is HardwareService {
  return 'hardware' in service;
}

const IDLE: Hardware = {
  powerOn: () => undefined,
  powerOff: () => undefined,
  forget: () => undefined,
  console: ({ world }) => ({ text: '', at: world.now() }),
  isReachable: () => true,
};
