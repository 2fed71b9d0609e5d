import type { Operation, Step } from '../stacks/operation.ts';
import type { Properties, ResourceContext } from '../../providers/provider.ts';
import type { ResourceRecord } from '../stacks/records.ts';
import type { StackRecord } from '../stacks/stack.ts';
import type { TemplateValue } from '../template/index.ts';

/** One resource being made, changed or deleted, as the driver of its type sees it. */
export interface Work {
  readonly context: ResourceContext;
  readonly stack: StackRecord;
  readonly operation: Operation;
  readonly step: Step;
  readonly type: string;
  readonly action: 'create' | 'update' | 'delete';
  /** An update that takes back another. */
  readonly restoring: boolean;
  readonly properties: Properties;
  /** Of an update: the properties so far. */
  readonly previous: Properties;
  /** Undefined until a creation has given one. A custom resource may give another in an update. */
  physicalId?: string;
  /** What the resource's record is to remember. */
  data?: Readonly<Record<string, unknown>>;
  /** Tells an event that leaves the resource in progress. */
  tell(reason: string): void;
}

/** How the engine works resources of one type. */
export interface Driver {
  /** The least time the action takes, in seconds. */
  seconds(action: Work['action']): number;
  /** How often to look whether it is over, in seconds. */
  readonly pollSeconds: number;
  /** Why a resource was made although nothing was: a few words for its last event. */
  readonly note?: string;
  /**
   * Begins the work.
   * @throws AwsError when the service refuses
   */
  start(work: Work): void;
  /**
   * @returns whether the work is over
   * @throws AwsError when it has failed
   */
  poll(work: Work): boolean;
  /** Lets go of work that is called off. It may still give a physical id, which then is to be deleted. */
  abandon?(work: Work): void;
  /** What `Ref` gives. */
  ref(record: ResourceRecord, context: ResourceContext): TemplateValue;
  /** What `Fn::GetAtt` gives. @throws AwsError ValidationError for an attribute that is not there */
  attribute(record: ResourceRecord, name: string, context: ResourceContext): TemplateValue;
}
