import type { Change, ChangeSetStatus, ChangeSetType, ExecutionStatus, OnStackFailure } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../kernel/errors.ts';
import { defineSlice } from '../../kernel/slice.ts';
import { own } from '../../kernel/table.ts';
import type { Instant } from '../../kernel/time.ts';
import type { Scope } from '../../kernel/world.ts';
import type { TemplateBody } from '../template/index.ts';
import type { Deployment } from './records.ts';
import type { StackRecord } from './stack.ts';

export interface ChangeSetRecord {
  readonly changeSetId: string;
  readonly name: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly type: ChangeSetType;
  readonly description?: string;
  readonly createdAt: Instant;
  status: ChangeSetStatus;
  statusReason?: string;
  executionStatus: ExecutionStatus;
  readonly deployment: Deployment;
  readonly templateDescription?: string;
  /** The ClientToken of the request that made it. */
  readonly token?: string;
  readonly onStackFailure?: OnStackFailure;
  readonly includeNestedStacks: boolean;
  /** With property values; DescribeChangeSet leaves them out unless asked. */
  readonly changes: readonly Change[];
}

export interface CloudFormationState {
  /** Deleted stacks too, by id. */
  readonly stacks: Record<string, StackRecord>;
  /** The ids of the stacks that are there, by name. */
  readonly names: Record<string, string>;
  readonly changeSets: Record<string, ChangeSetRecord>;
  /** What came by PUT to a URL given out by a custom resource's request or a wait condition's handle. */
  readonly responseUrls: Record<string, ResponseUrl>;
}

export interface ResponseUrl {
  /** The stack to wake when something comes. */
  readonly stackId: string;
  readonly messages: TemplateBody[];
}

export const cloudFormation = defineSlice<CloudFormationState>('cloudformation', () => ({
  stacks: {},
  names: {},
  changeSets: {},
  responseUrls: {},
}));

/** @returns the stack with this name that is there, or with this id, deleted or not */
export function lookUpStack(scope: Scope, nameOrId: string): StackRecord | undefined {
  const { stacks, names } = cloudFormation(scope);
  const id = nameOrId.startsWith('arn:') ? nameOrId : own(names, nameOrId);
  return id === undefined ? undefined : own(stacks, id);
}

/** @throws AwsError ValidationError when there is none */
export function findStack(scope: Scope, nameOrId: string): StackRecord {
  const stack = lookUpStack(scope, nameOrId);
  if (stack === undefined) throw noStack(nameOrId);
  return stack;
}

export function noStack(nameOrId: string): AwsError {
  return new AwsError('ValidationError', `Stack with id ${nameOrId} does not exist`);
}

/** As `findStack`, but a deleted stack is none. */
export function findLiveStack(scope: Scope, nameOrId: string): StackRecord {
  const stack = findStack(scope, nameOrId);
  if (stack.status === 'DELETE_COMPLETE') throw noStack(nameOrId);
  return stack;
}

/** The stacks that are there, oldest first. */
export function liveStacks(scope: Scope): StackRecord[] {
  return Object.values(cloudFormation(scope).stacks).filter(({ status }) => status !== 'DELETE_COMPLETE');
}

export function stackTags(deployment: Deployment | undefined): Readonly<Record<string, string>> {
  return deployment?.tags ?? {};
}
