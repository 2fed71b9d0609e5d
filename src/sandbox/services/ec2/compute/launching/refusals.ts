import { hasCapacity } from '../../../../faults/index.ts';
import { AwsError } from '../../../../kernel/errors.ts';
import type { Scope } from '../../../../kernel/world.ts';
import { zonesOffering } from '../../catalogue/offerings.ts';
import { spotPrice } from '../../catalogue/prices.ts';
import type { Launch } from './request.ts';

/**
 * Refuses a launch that there is no room for, or whose spot price is too low.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html
 * @throws AwsError InsufficientInstanceCapacity, UnfulfillableCapacity, SpotMaxPriceTooLow
 */
export function refuseLaunch(scope: Scope, { type, subnet, spot, data }: Launch): void {
  const { world, region } = scope;
  const zone = subnet.AvailabilityZone;
  if (!hasCapacity(world, { instanceType: type.name, market: spot ? 'spot' : 'on-demand', zone })) {
    throw spot ? noSpotCapacity() : noCapacity(type.name, zone, zonesOffering(type, region));
  }
  const most = Number(data.InstanceMarketOptions?.SpotOptions?.MaxPrice ?? Number.NaN);
  const price = spotPrice(type, zone, world.now());
  if (spot && most < price) {
    throw new AwsError(
      'SpotMaxPriceTooLow',
      `Your Spot request price of ${most} is lower than the minimum required Spot request fulfillment price of ${price}.`,
    );
  }
}

function noSpotCapacity(): AwsError {
  return new AwsError(
    'UnfulfillableCapacity',
    'Unable to fulfill capacity due to your request configuration. Please adjust your request and try again.',
  );
}

function noCapacity(type: string, zone: string, zones: readonly string[]): AwsError {
  const others = zones.filter((one) => one !== zone);
  const elsewhere =
    others.length === 0
      ? ''
      : ` You can currently get ${type} capacity by not specifying an Availability Zone in your request or choosing ${others.join(', ')}.`;
  return new AwsError(
    'InsufficientInstanceCapacity',
    `We currently do not have sufficient ${type} capacity in the Availability Zone you requested (${zone}). Our system will be working on provisioning additional capacity.${elsewhere}`,
    500,
  );
}
