import type { Scope } from '../../kernel/world.ts';

const LETTERS = ['a', 'b', 'c'];

/**
 * The zones that Fn::GetAZs gives, in order. As in an account without a default VPC: every zone of the region.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-getavailabilityzones.html
 */
export function zonesOf(scope: Scope, region: string): readonly string[] {
  const describe = scope.world.service('ec2')?.operations['DescribeAvailabilityZones'];
  const answer = describe?.({}, { ...scope.world.scope(region), requestId: '', callerArn: '' });
  const zones = (answer as ZonesAnswer | undefined)?.AvailabilityZones?.flatMap(({ ZoneName, ZoneType }) =>
    ZoneName === undefined || (ZoneType ?? 'availability-zone') !== 'availability-zone' ? [] : [ZoneName],
  );
  return zones === undefined || zones.length === 0 ? LETTERS.map((letter) => region + letter) : zones.sort();
}

/** EC2 answers at once, without a promise, so that evaluating a template need not wait. */
interface ZonesAnswer {
  readonly AvailabilityZones?: readonly { readonly ZoneName?: string; readonly ZoneType?: string }[];
}
