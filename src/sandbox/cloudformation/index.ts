import type { Service } from '../kernel/service.ts';
import { deleteChangeSet, describeChangeSet, executeChangeSet, listChangeSets } from './api/change-sets.ts';
import { createChangeSet } from './api/create-change-set.ts';
import { createStack } from './api/create-stack.ts';
import { deleteStack } from './api/delete-stack.ts';
import { describeEvents, describeStackEvents } from './api/describe-events.ts';
import {
  describeStackResource,
  describeStackResources,
  listStackResources,
} from './api/describe-resources.ts';
import { describeStacks, listStacks } from './api/describe-stacks.ts';
import { describeAccountLimits, listExports, listImports } from './api/exports.ts';
import { continueUpdateRollback, rollbackStack } from './api/rollback.ts';
import { signalResource } from './api/signals.ts';
import {
  getStackPolicy,
  getTemplate,
  getTemplateSummary,
  setStackPolicy,
  validateTemplate,
} from './api/templates.ts';
import { detectStackResourceDrift } from './api/drift.ts';
import { cancelUpdateStack, updateStack, updateTerminationProtection } from './api/update-stack.ts';
import { advance } from './engine/advance.ts';

export { receiveResponse } from './response.ts';

/** AWS CloudFormation: evaluates templates, and makes what they say by acting on the sandbox's other services. */
export const cloudformation: Service = {
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
    DescribeStackEvents: describeStackEvents,
    DescribeStackResource: describeStackResource,
    DescribeStackResources: describeStackResources,
    DescribeStacks: describeStacks,
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
  tasks: { 'cloudformation.advance': advance },
};
