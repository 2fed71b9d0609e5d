import {
  deleteChangeSet,
  describeChangeSet,
  executeChangeSet,
  listChangeSets,
} from './api/change-sets/operations.ts';
import { createChangeSet } from './api/change-sets/create.ts';
import { createStack } from './api/stacks/create.ts';
import { deleteStack } from './api/stacks/delete.ts';
import { describeEvents, describeStackEvents } from './api/stacks/events.ts';
import { describeStackResource, describeStackResources, listStackResources } from './api/stacks/resources.ts';
import { describeStacks, listStacks } from './api/stacks/describe.ts';
import { describeAccountLimits, listExports, listImports } from './api/exports.ts';
import { continueUpdateRollback, rollbackStack } from './api/stacks/rollback.ts';
import { signalResource } from './api/signals.ts';
import {
  getStackPolicy,
  getTemplate,
  getTemplateSummary,
  setStackPolicy,
  validateTemplate,
} from './api/templates.ts';
import {
  describeStackDriftDetectionStatus,
  describeStackResourceDrifts,
  detectStackDrift,
  detectStackResourceDrift,
} from './api/stacks/drift.ts';
import { cancelUpdateStack, updateStack, updateTerminationProtection } from './api/stacks/update.ts';
import { drivers } from './drivers/index.ts';
import { advance } from './engine/advance.ts';
import type { DrivingService } from './resources/registry.ts';

export { receiveResponse } from './api/response.ts';

/** AWS CloudFormation: evaluates templates, and makes what they say by acting on the sandbox's other services. */
export const cloudformation: DrivingService = {
  name: 'cloudformation',
  signingNames: ['cloudformation'],
  sdk: () => import('@aws-sdk/client-cloudformation'),
  operations: {
    CancelUpdateStack: cancelUpdateStack,
    ContinueUpdateRollback: continueUpdateRollback,
    CreateChangeSet: createChangeSet,
    CreateStack: createStack,
    DeleteChangeSet: deleteChangeSet,
    DeleteStack: deleteStack,
    DescribeAccountLimits: describeAccountLimits,
    DescribeChangeSet: describeChangeSet,
    DescribeEvents: describeEvents,
    DescribeStackDriftDetectionStatus: describeStackDriftDetectionStatus,
    DescribeStackEvents: describeStackEvents,
    DescribeStackResource: describeStackResource,
    DescribeStackResourceDrifts: describeStackResourceDrifts,
    DescribeStackResources: describeStackResources,
    DescribeStacks: describeStacks,
    DetectStackDrift: detectStackDrift,
    DetectStackResourceDrift: detectStackResourceDrift,
    ExecuteChangeSet: executeChangeSet,
    GetStackPolicy: getStackPolicy,
    GetTemplate: getTemplate,
    GetTemplateSummary: getTemplateSummary,
    ListChangeSets: listChangeSets,
    ListExports: listExports,
    ListImports: listImports,
    ListStackResources: listStackResources,
    ListStacks: listStacks,
    RollbackStack: rollbackStack,
    SetStackPolicy: setStackPolicy,
    SignalResource: signalResource,
    UpdateStack: updateStack,
    UpdateTerminationProtection: updateTerminationProtection,
    ValidateTemplate: validateTemplate,
  },
  drivers,
  tasks: { 'cloudformation.advance': advance },
};
