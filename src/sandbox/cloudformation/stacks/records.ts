import type { Capability, ResourceStatus, RollbackConfiguration } from '@aws-sdk/client-cloudformation';
import type { Instant } from '../../kernel/time.ts';
import type { DeletionPolicy, ResolvedParameter, TemplateBody } from '../template/index.ts';

/** Source of a stack: its template, and everything that its values come from. Immutable. */
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
  physicalId?: string | undefined;
  status: ResourceStatus;
  statusReason?: string | undefined;
  updatedAt: Instant;
  /** Resolved; dynamic references stand as text. */
  properties: TemplateBody;
  /** The properties as the service got them, where dynamic references made a difference. */
  applied?: TemplateBody | undefined;
  metadata: TemplateBody;
  /** The logical ids it needs, which go after it when the stack is deleted. */
  needs: readonly string[];
  deletionPolicy?: DeletionPolicy | undefined;
  updateReplacePolicy?: DeletionPolicy | undefined;
  /** State of a resource that no service keeps: a custom resource’s Data. */
  data?: Readonly<Record<string, unknown>> | undefined;
}

export interface EventRecord {
  readonly id: string;
  readonly at: Instant;
  readonly logicalId: string;
  readonly physicalId?: string | undefined;
  readonly type: string;
  readonly status: ResourceStatus;
  readonly reason?: string | undefined;
  /** Index into the stack's `shownProperties`: many events show the same. */
  readonly properties?: number | undefined;
  readonly operationId?: string | undefined;
  readonly token?: string | undefined;
}
