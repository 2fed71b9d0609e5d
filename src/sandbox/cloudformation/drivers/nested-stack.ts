import type { Parameter } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../kernel/errors.ts';
import { changedNestedStacks } from '../changes/nested.ts';
import { plan } from '../changes/plan.ts';
import { prepare, type DeploymentRequest } from '../deployment/prepare.ts';
import { inBackground, wakeStack } from '../stacks/wake.ts';
import {
  addStack,
  beginCreate,
  beginDelete,
  beginUpdate,
  beginUpdateRollback,
  newStackId,
} from '../engine/begin.ts';
import { rollBackUpdate } from '../engine/conclude.ts';
import { generatedName } from '../../providers/generated-name.ts';
import type { Properties } from '../../providers/provider.ts';
import type { Deployment } from '../stacks/records.ts';
import type { StackRecord } from '../stacks/stack.ts';
import { lookUpStack, stackTags } from '../stacks/state.ts';
import { isMap, scalarText, type TemplateValue } from '../template/index.ts';
import type { Driver, Work } from '../resources/driver.ts';
import { EngineFault } from '../resources/failure.ts';
import { noAttribute } from '../resources/provided.ts';

/** What a step keeps of a request to the nested stack that has to read its template first. */
interface Request {
  /** The nested stack has begun, or there was nothing to do. */
  begun?: true;
  /** The update that was begun; none where nothing differed. */
  operationId?: string;
  failure?: string;
}

/** The driver of nested stacks: each is a stack with events of its own, and follows the stack around it. */
export const nestedStack: Driver = {
  pollSeconds: 5,
  seconds: () => 2,
  start(work) {
    if (work.action === 'delete') {
      const child = childOf(work);
      if (child !== undefined && child.status !== 'DELETE_COMPLETE')
        beginDelete(work.context, child, byParent(work));
    } else {
      work.step.memory['request'] = {} satisfies Request;
      request(work);
    }
  },
  poll(work) {
    return work.action === 'delete' ? isDeleted(work) : isMade(work);
  },
  abandon(work) {
    const child = childOf(work);
    if (work.action !== 'update' || child?.operation?.goal !== 'update') return;
    rollBackUpdate({ scope: work.context, stack: child, operation: child.operation });
    wakeStack(work.context, child.stackId);
  },
  ref: ({ physicalId = '' }) => physicalId,
  attribute(record, name, context) {
    const child = lookUpStack(context, record.physicalId ?? '');
    const key = /^Outputs\.(.+)$/.exec(name)?.[1];
    if (key === undefined) throw noAttribute(record, name);
    const output = child?.outputs.find((candidate) => candidate.key === key);
    if (output === undefined) {
      throw new AwsError(
        'ValidationError',
        `Output '${key}' not found in stack '${child?.stackName ?? record.logicalId}'`,
      );
    }
    return output.value;
  },
};

function childOf({ context, physicalId }: Work): StackRecord | undefined {
  return physicalId === undefined ? undefined : lookUpStack(context, physicalId);
}

/** A nested stack leaves its failures to the stack around it, and keeps no resources that one would not. */
function byParent({ operation }: Work) {
  return {
    token: operation.token,
    retainExceptOnCreate: operation.retainExceptOnCreate,
    force: operation.force,
    reason: undefined,
  };
}

/** Reads the template and begins the creation or the update, once. */
function request(work: Work): void {
  const state = work.step.memory['request'] as Request;
  inBackground(work.context, work.stack.stackId, `nested ${work.context.logicalId}`, async () => {
    try {
      await (work.action === 'create' ? create(work) : update(work));
      state.begun = true;
    } catch (error) {
      state.failure = error instanceof Error ? error.message : String(error);
    }
  });
}

async function create(work: Work): Promise<void> {
  const { context, stack, step, properties } = work;
  const { logicalId } = context;
  const stackName = generatedName(context, 128);
  const identity = { stackName, stackId: newStackId(context, stackName) };
  const { deployment, template, fault } = await prepare(context, identity, requestOf(work, properties));
  // The stack around it may have given up meanwhile.
  if (step.stage !== 'working') return;
  const child = addStack(context, {
    ...identity,
    parent: { stackId: stack.stackId, rootId: stack.parent?.rootId ?? stack.stackId, logicalId },
  });
  child.description = template.description;
  const minutes = scalarText(properties['TimeoutInMinutes'] as TemplateValue);
  if (minutes !== undefined) child.timeoutInMinutes = Number(minutes);
  step.memory['childId'] = child.stackId;
  beginCreate(context, child, deployment, { ...byParent(work), fault, onFailure: 'DO_NOTHING' });
}

async function update(work: Work): Promise<void> {
  const { context, properties, operation } = work;
  const child = childOf(work);
  if (child === undefined) throw new EngineFault(`Stack with id ${work.physicalId ?? ''} does not exist`);
  if (work.restoring) {
    takeBack(work, child);
    return;
  }
  const next = await prepare(context, child, requestOf(work, properties), { previous: child.deployment });
  const changed = await changedNestedStacks(context, child);
  if (!plan(context, child, next.deployment, changed).isChange) return;
  const before = operation.before[context.logicalId];
  if (before !== null && before !== undefined) before.data = { ...before.data, deployment: child.deployment };
  child.description = next.template.description;
  const { id } = beginUpdate(context, child, next.deployment, { ...byParent(work), fault: next.fault });
  (work.step.memory['request'] as Request).operationId = id;
}

/** The nested stack becomes what it was, unless its update has failed: then it turns back by itself. */
function takeBack(work: Work, child: StackRecord): void {
  const { context, operation } = work;
  if (child.operation !== undefined) return;
  if (child.status === 'UPDATE_ROLLBACK_FAILED') {
    if (operation.type === 'CONTINUE_ROLLBACK')
      beginUpdateRollback(context, child, operation.type, byParent(work));
    return;
  }
  const before = operation.before[context.logicalId]?.data?.['deployment'] as Deployment | undefined;
  if (before !== undefined && plan(context, child, before).isChange)
    beginUpdate(context, child, before, byParent(work));
}

function requestOf(work: Work, properties: Properties): DeploymentRequest {
  const { stack } = work;
  const tags = Array.isArray(properties['Tags'])
    ? (properties['Tags'] as { Key: string; Value: string }[])
    : [];
  return {
    TemplateURL: scalarText(properties['TemplateURL'] as TemplateValue),
    Parameters: parametersOf(properties['Parameters'] as TemplateValue | undefined),
    Capabilities: stack.deployment?.capabilities,
    NotificationARNs: Array.isArray(properties['NotificationARNs'])
      ? properties['NotificationARNs'].map(String)
      : undefined,
    RoleARN: stack.deployment?.roleArn,
    // What the nested stack's own tags say wins over those of the stack around it.
    Tags: Object.entries({
      ...stackTags(stack.deployment),
      ...Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])),
    }).map(([Key, Value]) => ({ Key, Value })),
  };
}

function parametersOf(value: TemplateValue | undefined): Parameter[] {
  if (!isMap(value)) return [];
  return Object.entries(value).map(([ParameterKey, given]) => ({
    ParameterKey,
    ParameterValue: scalarText(given) ?? '',
  }));
}

function isMade(work: Work): boolean {
  const state = work.step.memory['request'] as Request;
  work.physicalId ??= work.step.memory['childId'] as string | undefined;
  if (state.failure !== undefined) throw new EngineFault(state.failure);
  if (state.begun === undefined) {
    request(work);
    return false;
  }
  const child = childOf(work);
  if (child === undefined) throw new EngineFault('The nested stack is not there any more.');
  const { status, statusReason: reason = '' } = child;
  if (work.action === 'create') {
    if (status === 'CREATE_FAILED') {
      throw new EngineFault(`Embedded stack ${child.stackId} was not successfully created: ${reason}`);
    }
    return status === 'CREATE_COMPLETE';
  }
  if (/ROLLBACK|FAILED/.test(status) && !work.restoring && state.operationId !== undefined) {
    throw new EngineFault(
      `Embedded stack ${child.stackId} was not successfully updated. Currently in ${status} with reason: ${reason}`,
    );
  }
  if (status === 'UPDATE_ROLLBACK_FAILED') {
    throw new EngineFault(`Embedded stack ${child.stackId} was not successfully rolled back: ${reason}`);
  }
  return child.operation === undefined;
}

function isDeleted(work: Work): boolean {
  const child = childOf(work);
  if (child?.status === 'DELETE_FAILED') {
    throw new EngineFault(
      `Embedded stack ${child.stackId} was not successfully deleted: ${child.statusReason ?? ''}`,
    );
  }
  return child === undefined || child.status === 'DELETE_COMPLETE';
}
