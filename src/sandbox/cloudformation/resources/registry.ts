import type { World } from '../../kernel/world.ts';
import type { ResourceProvider } from '../provider.ts';
import { isCustom } from '../template/index.ts';
import { customResource } from './custom.ts';
import type { Driver } from './driver.ts';
import { nestedStack } from './nested.ts';
import { provided } from './provided.ts';
import { recorded } from './recorded.ts';
import { rollingGroup } from '../rolling/driver.ts';
import { waitCondition, waitConditionHandle } from './wait-condition.ts';

const drivers = new WeakMap<World, Map<string, Driver>>();

/** How resources of a type are worked: by a service's provider, by CloudFormation itself, or only on record. */
export function driverOf(world: World, type: string): Driver {
  let known = drivers.get(world);
  if (known === undefined) {
    known = builtIn(world);
    drivers.set(world, known);
  }
  const driver = known.get(type);
  if (driver !== undefined) return driver;
  return isCustom(type) ? customResource : recorded;
}

/** Whether the sandbox does no more for a type than keep its properties. */
export function isOnlyRecorded(world: World, type: string): boolean {
  return driverOf(world, type) === recorded;
}

function builtIn(world: World): Map<string, Driver> {
  const providers = [...world.services()].flatMap(
    (service): readonly ResourceProvider[] => service.resources ?? [],
  );
  const table = new Map<string, Driver>(providers.map((provider) => [provider.type, provided(provider)]));
  const group = table.get('AWS::AutoScaling::AutoScalingGroup');
  if (group !== undefined) table.set('AWS::AutoScaling::AutoScalingGroup', rollingGroup(group));
  table.set('AWS::CloudFormation::CustomResource', customResource);
  table.set('AWS::CloudFormation::Stack', nestedStack);
  table.set('AWS::CloudFormation::WaitCondition', waitCondition);
  table.set('AWS::CloudFormation::WaitConditionHandle', waitConditionHandle);
  return table;
}
