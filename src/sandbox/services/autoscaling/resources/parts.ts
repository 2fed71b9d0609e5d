import type {
  InstanceReusePolicy,
  PutScalingPolicyType,
  PutWarmPoolType,
} from '@aws-sdk/client-auto-scaling';
import type { Properties, ResourceProvider } from '../../../providers/provider.ts';
import { generatedName } from '../../../providers/generated-name.ts';
import { AwsError } from '../../../kernel/errors.ts';
import { own } from '../../../kernel/table.ts';
import { integer, member, text, typed } from '../../../providers/properties.ts';
import { deleteLifecycleHook, putLifecycleHook } from '../hooks.ts';
import { deletePolicy, putScalingPolicy } from '../policies.ts';
import { deleteScheduledAction, putScheduledAction } from '../scheduled/actions.ts';
import { groupsOf } from '../state.ts';
import { deleteWarmPool, putWarmPool } from '../warm-pools.ts';

/** Runs a deletion; what is gone already counts as deleted, and so does all that a group had which is gone. */
function deleting(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (
      error instanceof AwsError &&
      /not found|No Lifecycle Hook found|No warm pool found|Cannot find/i.test(error.message)
    )
      return;
    throw error;
  }
}

const groupName = (properties: Properties): string => text(properties, 'AutoScalingGroupName') ?? '';

function hookRequest(properties: Properties, name: string) {
  return {
    AutoScalingGroupName: groupName(properties),
    LifecycleHookName: name,
    LifecycleTransition: text(properties, 'LifecycleTransition'),
    HeartbeatTimeout: integer(properties, 'HeartbeatTimeout'),
    DefaultResult: text(properties, 'DefaultResult'),
    NotificationMetadata: text(properties, 'NotificationMetadata'),
    NotificationTargetARN: text(properties, 'NotificationTargetARN'),
    RoleARN: text(properties, 'RoleARN'),
  };
}

const lifecycleHook: ResourceProvider = {
  type: 'AWS::AutoScaling::LifecycleHook',
  create(properties, context) {
    const name = text(properties, 'LifecycleHookName') ?? generatedName(context, 255);
    putLifecycleHook(hookRequest(properties, name), context);
    return name;
  },
  update: (id, next, _previous, context) => {
    putLifecycleHook(hookRequest(next, id), context);
  },
  delete(id, properties, context) {
    deleting(() =>
      deleteLifecycleHook({ AutoScalingGroupName: groupName(properties), LifecycleHookName: id }, context),
    );
  },
};

function poolRequest(properties: Properties) {
  return {
    AutoScalingGroupName: groupName(properties),
    MinSize: integer(properties, 'MinSize'),
    MaxGroupPreparedCapacity: integer(properties, 'MaxGroupPreparedCapacity'),
    PoolState: text(properties, 'PoolState') as PutWarmPoolType['PoolState'],
    InstanceReusePolicy: typed(member(properties, 'InstanceReusePolicy'), POOL_KINDS) as InstanceReusePolicy,
  };
}

const POOL_KINDS = { numbers: new Set<string>(), booleans: new Set(['ReuseOnScaleIn']) };

/**
 * It is named after its group, and CloudFormation does not wait for its instances to be ready. Whether it forces the deletion is
 * documented nowhere: here it empties the pool as it empties a group, so that lifecycle hooks hold the instances.
 */
const warmPool: ResourceProvider = {
  type: 'AWS::AutoScaling::WarmPool',
  create(properties, context) {
    putWarmPool(poolRequest(properties), context);
    return groupName(properties);
  },
  update: (_id, next, _previous, context) => {
    putWarmPool(poolRequest(next), context);
  },
  delete(id, _properties, context) {
    deleting(() =>
      putWarmPool({ AutoScalingGroupName: id, MinSize: 0, MaxGroupPreparedCapacity: 0 }, context),
    );
  },
  isDeleted(id, _properties, context) {
    const { warmPool } = own(groupsOf(context), id) ?? {};
    if (warmPool === undefined) return true;
    if (!warmPool.deleting && Object.keys(warmPool.members).length === 0) {
      deleting(() => deleteWarmPool({ AutoScalingGroupName: id }, context));
    }
    return own(groupsOf(context), id)?.warmPool === undefined;
  },
  present(id, _properties, context) {
    const { minSize, maxPrepared } = own(groupsOf(context), id)?.warmPool ?? {};
    return {
      MinSize: minSize,
      ...(maxPrepared !== undefined && { MaxGroupPreparedCapacity: maxPrepared }),
      PoolState: 'Stopped',
    };
  },
};

function scheduleRequest(properties: Properties, name: string) {
  const date = (member: string) => {
    const value = text(properties, member);
    return value === undefined ? undefined : new Date(value);
  };
  return {
    AutoScalingGroupName: groupName(properties),
    ScheduledActionName: name,
    StartTime: date('StartTime'),
    EndTime: date('EndTime'),
    Recurrence: text(properties, 'Recurrence'),
    TimeZone: text(properties, 'TimeZone'),
    MinSize: integer(properties, 'MinSize'),
    MaxSize: integer(properties, 'MaxSize'),
    DesiredCapacity: integer(properties, 'DesiredCapacity'),
  };
}

const scheduledAction: ResourceProvider = {
  type: 'AWS::AutoScaling::ScheduledAction',
  create(properties, context) {
    const name = generatedName(context, 255);
    putScheduledAction(scheduleRequest(properties, name), context);
    return name;
  },
  update: (id, next, _previous, context) => {
    putScheduledAction(scheduleRequest(next, id), context);
  },
  delete(id, properties, context) {
    deleting(() =>
      deleteScheduledAction(
        { AutoScalingGroupName: groupName(properties), ScheduledActionName: id },
        context,
      ),
    );
  },
  attributes: (id) => ({ ScheduledActionName: id }),
};

const KINDS = {
  numbers: new Set([
    'TargetValue',
    'ScalingAdjustment',
    'MinAdjustmentMagnitude',
    'MetricIntervalLowerBound',
    'MetricIntervalUpperBound',
    'EstimatedInstanceWarmup',
    'Cooldown',
    'SchedulingBufferTime',
    'MaxCapacityBuffer',
  ]),
  booleans: new Set(['DisableScaleIn']),
};

/** A scaling policy's physical id is its ARN. */
const scalingPolicy: ResourceProvider = {
  type: 'AWS::AutoScaling::ScalingPolicy',
  create(properties, context) {
    const PolicyName = generatedName(context, 255);
    const input = { ...(typed(properties, KINDS) as PutScalingPolicyType), PolicyName };
    return putScalingPolicy(input, context).PolicyARN;
  },
  update(id, next, _previous, context) {
    const PolicyName = id.slice(id.lastIndexOf('/') + 1);
    putScalingPolicy({ ...(typed(next, KINDS) as PutScalingPolicyType), PolicyName }, context);
  },
  delete(id, _properties, context) {
    deleting(() => deletePolicy({ PolicyName: id }, context));
  },
  attributes: (id) => ({ Arn: id, PolicyName: id.slice(id.lastIndexOf('/') + 1) }),
};

export const partResources = [lifecycleHook, warmPool, scheduledAction, scalingPolicy];
