import { UsageError } from '../../../errors.ts';
import type { ParameterChange } from './parameters.ts';

/**
 * Refuses what would begin or end both a warm pool and spot instances. CloudFormation changes a group before it removes what
 * belongs to it, and AWS gives no warm pool to a group that launches spot instances: that update would fail, or could not be
 * taken back.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-warm-pools.html#warm-pools-limitations
 * @throws UsageError with the two updates to make of it
 */
export function refuseWarmWithSpot(stackName: string, changes: readonly ParameterChange[]): void {
  const changeOf = (name: string) => changes.find((change) => change.name === name);
  const [pool, share] = [changeOf('WarmPoolSize'), changeOf('OnDemandPercentage')];
  if (pool === undefined || share === undefined) return;
  // A stack that did not have the parameter has had its default.
  const { before: size = '0', after: newSize } = pool;
  const { before: percentage = '100', after: newPercentage } = share;
  if ((size === '0') === (newSize === '0') || (percentage === '100') === (newPercentage === '100')) return;
  const flags = [`--param WarmPoolSize=${newSize}`, `--param OnDemandPercentage=${newPercentage}`];
  // The pool goes first, and comes last.
  const [first, second] = newSize === '0' ? flags : [...flags].reverse();
  throw new UsageError(
    'AWS has no warm pool beside spot instances, so that going from one to the other takes two updates',
    {
      hint: `Nothing was changed. First: bk-stack update ${stackName} ${first ?? ''}\nThen: bk-stack update ${stackName} ${second ?? ''}`,
    },
  );
}
