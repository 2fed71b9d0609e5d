import type { CreateChangeSetInput, CreateChangeSetOutput } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { describeChange } from '../../changes/describe.ts';
import { changedNestedStacks } from '../../changes/nested.ts';
import { plan, type Plan } from '../../changes/plan.ts';
import { prepare, type Prepared } from '../../deployment/prepare.ts';
import { addStack, newStackId } from '../../engine/begin.ts';
import { setStackStatus } from '../../stacks/events.ts';
import type { StackRecord } from '../../stacks/stack.ts';
import { cloudFormation, lookUpStack, type ChangeSetRecord } from '../../stacks/state.ts';
import { checkChangeSetName, checkStackName, required } from '../input.ts';
import { checkTypes, checkUpdatable, stackToUpdate } from '../stacks/update.ts';

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html */
export async function createChangeSet(
  input: CreateChangeSetInput,
  scope: Scope,
): Promise<CreateChangeSetOutput> {
  const name = checkChangeSetName(input.ChangeSetName);
  const stackName = required('stackName', input.StackName);
  const type = input.ChangeSetType ?? 'UPDATE';
  if (type === 'IMPORT' || (input.ResourcesToImport ?? []).length > 0) {
    throw new AwsError(
      'ValidationError',
      'The sandbox does not import resources: ChangeSetType IMPORT is not supported.',
    );
  }
  const existing = type === 'CREATE' ? stackUnderReview(scope, stackName) : stackToUpdate(scope, stackName);
  const known = sameRequest(scope, existing, name, input);
  if (known !== undefined) return { Id: known.changeSetId, StackId: known.stackId };
  if (type === 'UPDATE' && existing !== undefined) checkUpdatable(existing);
  const identity = existing ?? { stackName, stackId: newStackId(scope, stackName) };
  const prepared = await prepare(scope, identity, input, { previous: existing?.deployment, changeSet: true });
  const nested = existing === undefined ? new Set<string>() : await changedNestedStacks(scope, existing);
  if (existing !== undefined) checkTypes(existing, prepared.template);
  const stack = lookUpStack(scope, identity.stackId) ?? review(scope, identity);
  const set = record(scope, stack, name, input, prepared, nested);
  cloudFormation(scope).changeSets[set.changeSetId] = set;
  return { Id: set.changeSetId, StackId: stack.stackId };
}

/** @returns undefined when there is no stack yet @throws AwsError ValidationError for one that is more than under review */
function stackUnderReview(scope: Scope, stackName: string): StackRecord | undefined {
  const stack = lookUpStack(scope, stackName);
  if (stack === undefined) {
    checkStackName(stackName);
    return undefined;
  }
  if (stack.status !== 'REVIEW_IN_PROGRESS') {
    throw new AwsError(
      'AlreadyExistsException',
      `Stack [${stack.stackName}] already exists and cannot be created again with the changeSet [CREATE].`,
    );
  }
  return stack;
}

function review(
  scope: Scope,
  identity: { readonly stackName: string; readonly stackId: string },
): StackRecord {
  if (lookUpStack(scope, identity.stackName) !== undefined) {
    throw new AwsError('AlreadyExistsException', `Stack [${identity.stackName}] already exists`);
  }
  const stack = addStack(scope, identity);
  setStackStatus(scope, stack, 'REVIEW_IN_PROGRESS', 'User Initiated');
  return stack;
}

/** @throws AwsError AlreadyExistsException for a name that is taken, except by the same request sent again */
function sameRequest(
  scope: Scope,
  stack: StackRecord | undefined,
  name: string,
  { ClientToken }: CreateChangeSetInput,
): ChangeSetRecord | undefined {
  const known = Object.values(cloudFormation(scope).changeSets).find(
    (set) => set.stackId === stack?.stackId && set.name === name,
  );
  // The name of one that was executed is free again.
  if (known === undefined || known.executionStatus.startsWith('EXECUTE_')) return undefined;
  if (ClientToken !== undefined && known.token === ClientToken) return known;
  throw new AwsError('AlreadyExistsException', `ChangeSet [${name}] already exists`);
}

function record(
  scope: Scope,
  stack: StackRecord,
  name: string,
  input: CreateChangeSetInput,
  prepared: Prepared,
  nested: ReadonlySet<string>,
): ChangeSetRecord {
  const { partition, region, accountId, world } = scope;
  const { deployment, template } = prepared;
  const planned = planOrFailure(scope, stack, prepared, nested);
  const reason = 'failure' in planned ? planned.failure : planned.isChange ? undefined : NO_CHANGES;
  return {
    changeSetId: `arn:${partition}:cloudformation:${region}:${accountId}:changeSet/${name}/${world.ids.uuid()}`,
    name,
    stackId: stack.stackId,
    stackName: stack.stackName,
    type: input.ChangeSetType === 'CREATE' ? 'CREATE' : 'UPDATE',
    description: input.Description,
    templateDescription: template.description,
    token: input.ClientToken,
    createdAt: world.now(),
    status: reason === undefined ? 'CREATE_COMPLETE' : 'FAILED',
    statusReason: reason,
    executionStatus: reason === undefined ? 'AVAILABLE' : 'UNAVAILABLE',
    deployment,
    onStackFailure: input.OnStackFailure,
    includeNestedStacks: input.IncludeNestedStacks ?? false,
    changes: 'failure' in planned ? [] : planned.changes.map(describeChange),
  };
}

function planOrFailure(
  scope: Scope,
  stack: StackRecord,
  { deployment, fault }: Prepared,
  nested: ReadonlySet<string>,
): Plan | { readonly failure: string } {
  // What would turn the operation round at once fails the change set already.
  if (fault !== undefined) return { failure: fault };
  try {
    return plan(scope, stack, deployment, nested);
  } catch (error) {
    if (error instanceof AwsError) return { failure: error.message };
    throw error;
  }
}
