import type { OwnDrivers } from '../resources/registry.ts';
import { customResource } from './custom-resource.ts';
import { nestedStack } from './nested-stack.ts';
import { rollingGroup } from './rolling/driver.ts';
import { waitCondition, waitConditionHandle } from './wait-condition.ts';

/** CloudFormation's own drivers. */
export const drivers: OwnDrivers = {
  byType: {
    'AWS::CloudFormation::CustomResource': customResource,
    'AWS::CloudFormation::Stack': nestedStack,
    'AWS::CloudFormation::WaitCondition': waitCondition,
    'AWS::CloudFormation::WaitConditionHandle': waitConditionHandle,
  },
  custom: customResource,
  extending: { 'AWS::AutoScaling::AutoScalingGroup': rollingGroup },
};
