import type { Capability, ResourceStatus, RollbackConfiguration } from '@aws-sdk/client-cloudformation';
import type { Instant } from '../../kernel/time.ts';
import type { DeletionPolicy, ResolvedParameter, TemplateBody } from '../template/index.ts';

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
