import type { Service, World } from '../../kernel/world.ts';
import { providersOf } from '../../providers/service.ts';
import { isCustom } from '../template/index.ts';
import type { Driver } from './driver.ts';
import { provided } from './provided.ts';
import { recorded } from './recorded.ts';

/** The drivers of the types that CloudFormation works itself. */
export interface OwnDrivers {
  readonly byType: Readonly<Record<string, Driver>>;
  /** Of custom resources, whatever their types are called. */
  readonly custom: Driver;
  /** Additions of CloudFormation to a type that a service provides. */
  readonly extending: Readonly<Record<string, (provided: Driver) => Driver>>;
}

/** CloudFormation as the registry knows it: the service brings its own drivers, so that nothing below them imports one. */
export interface DrivingService extends Service {
  readonly drivers: OwnDrivers;
}

const drivers = new WeakMap<World, ReadonlyMap<string, Driver>>();

/** How resources of a type are worked: by a service's provider, by CloudFormation itself, or only on record. */
export function driverOf(world: World, type: string): Driver {
  let known = drivers.get(world);
  if (known === undefined) {
    known = tableOf(world);
    drivers.set(world, known);
  }
  const driver = known.get(type);
  if (driver !== undefined) return driver;
  return (isCustom(type) ? ownDrivers(world)?.custom : undefined) ?? recorded;
}

function tableOf(world: World): Map<string, Driver> {
  const own = ownDrivers(world);
  const table = new Map<string, Driver>();
  for (const provider of providersOf(world)) {
    const driver = provided(provider);
    table.set(provider.type, own?.extending[provider.type]?.(driver) ?? driver);
  }
  for (const [type, driver] of Object.entries(own?.byType ?? {})) table.set(type, driver);
  return table;
}

function ownDrivers(world: World): OwnDrivers | undefined {
  return [...world.services()].find(drives)?.drivers;
}

function drives(service: Service): service is DrivingService {
  return 'drivers' in service;
}
