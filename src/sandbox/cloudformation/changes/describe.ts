import type { Change } from '@aws-sdk/client-cloudformation';
import type { PlannedChange } from './plan.ts';

/** A planned change as DescribeChangeSet tells it with property values. */
export function describeChange(change: PlannedChange): Change {
  return {
    Type: 'Resource',
    ResourceChange: {
      PolicyAction: change.policyAction,
      Action: change.action,
      LogicalResourceId: change.logicalId,
      PhysicalResourceId: change.physicalId,
      ResourceType: change.type,
      Replacement: change.replacement,
      Scope: [...change.scope],
      Details: [...change.details],
      BeforeContext: change.before,
      AfterContext: change.after,
    },
  };
}

/** The same as told without them: one detail a property, and no values. */
export function withoutValues({ Type, ResourceChange }: Change): Change {
  const { BeforeContext: _before, AfterContext: _after, Details = [], ...rest } = ResourceChange ?? {};
  const details = new Map<string, (typeof Details)[number]>();
  for (const { Target, ...cause } of Details) {
    const {
      Path: _path,
      BeforeValue: _beforeValue,
      AfterValue: _afterValue,
      AttributeChangeType: _type,
      ...target
    } = Target ?? {};
    const detail = { Target: target, ...cause };
    details.set(JSON.stringify(detail), detail);
  }
  return { Type, ResourceChange: { ...rest, Details: [...details.values()] } };
}
