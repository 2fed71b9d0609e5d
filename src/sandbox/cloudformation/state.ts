import type {
  Capability,
  Change,
  ChangeSetStatus,
  ChangeSetType,
  DeletionMode,
  ExecutionStatus,
  OnStackFailure,
  OperationType,
  ResourceStatus,
  RollbackConfiguration,
  StackStatus,
} from '@aws-sdk/client-cloudformation';
import { AwsError, type Scope } from '../kernel/service.ts';
import type { Instant } from '../kernel/time.ts';
import { defineSlice } from '../kernel/world.ts';
import type { Operation } from './engine/operation.ts';
import type { DeletionPolicy, ResolvedOutput, ResolvedParameter, TemplateBody } from './template/index.ts';

/** What a stack is made from: a template and all that its values come from. Never changed once made. */
export interface Deployment {
  readonly templateBody: string;
  readonly parameters: readonly ResolvedParameter[];
  readonly tags: Readonly<Record<string, string>>;
  readonly capabilities: readonly Capability[];
  readonly notificationArns: readonly string[];
  readonly roleArn?: string;
  readonly rollbackConfiguration?: RollbackConfiguration;
  /** The names that its Fn::ImportValue ask for. */
  readonly imports: readonly string[];
}

/** A resource of a stack, as it was last made or changed. */
export interface ResourceRecord {
  readonly logicalId: string;
  readonly type: string;
  physicalId?: string;
  status: ResourceStatus;
  statusReason?: string;
  updatedAt: Instant;
  /** Resolved; dynamic references stand as text. */
  properties: TemplateBody;
  /** The properties as the service got them, where dynamic references made a difference. */
  applied?: TemplateBody;
  metadata: TemplateBody;
  /** The logical ids it needs, which go after it when the stack is deleted. */
  needs: readonly string[];
  deletionPolicy?: DeletionPolicy;
  updateReplacePolicy?: DeletionPolicy;
  /** What a resource that no service keeps has to remember: a custom resource's Data. */
  data?: Readonly<Record<string, unknown>>;
}

export interface EventRecord {
  readonly id: string;
  readonly at: Instant;
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly type: string;
  readonly status: ResourceStatus;
  readonly reason?: string;
  /** Index into the stack's `shownProperties`: many events show the same. */
  readonly properties?: number;
  readonly operationId?: string;
  readonly token?: string;
}

export interface StackRecord {
  readonly stackId: string;
  readonly stackName: string;
  readonly createdAt: Instant;
  updatedAt?: Instant;
  deletedAt?: Instant;
  status: StackStatus;
  statusReason?: string;
  /** Undefined while the stack is only under review. */
  deployment?: Deployment;
  description?: string;
  disableRollback: boolean;
  retainExceptOnCreate?: boolean;
  deletionMode?: DeletionMode;
  timeoutInMinutes?: number;
  terminationProtection: boolean;
  stackPolicy?: string;
  changeSetId?: string;
  /** Of a nested stack: whose it is and as what. */
  readonly parent?: { readonly stackId: string; readonly rootId: string; readonly logicalId: string };
  outputs: readonly ResolvedOutput[];
  readonly resources: Record<string, ResourceRecord>;
  /** Oldest first. */
  readonly events: EventRecord[];
  readonly shownProperties: string[];
  operation?: Operation;
  /** What RollbackStack goes back to after a failed update that was not rolled back. */
  unfinished?: Pick<Operation, 'previous' | 'before' | 'obsolete'>;
  /** Newest first. */
  readonly operations: { readonly type: OperationType; readonly id: string }[];
  /** ClientRequestTokens that were used, each with what it was used for. */
  readonly tokens: Record<string, string>;
}

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
  readonly mailboxes: Record<string, Mailbox>;
}

export interface Mailbox {
  /** The stack to wake when something comes. */
  readonly stackId: string;
  readonly messages: TemplateBody[];
}

export const cloudFormation = defineSlice<CloudFormationState>('cloudformation', () => ({
  stacks: {},
  names: {},
  changeSets: {},
  mailboxes: {},
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

/** A member of a record of names that users choose, which may be called `constructor`. */
export function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
