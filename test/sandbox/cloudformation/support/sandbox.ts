import type {
  CreateStackInput,
  DescribeChangeSetOutput,
  DescribeStackEventsOutput,
  DescribeStacksOutput,
  ListStackResourcesOutput,
  Stack,
} from '@aws-sdk/client-cloudformation';
import { cloudformation } from '../../../../src/sandbox/cloudformation/index.ts';
import type {
  Properties,
  ResourceContext,
  ResourceProvider,
} from '../../../../src/sandbox/providers/provider.ts';
import { AwsError } from '../../../../src/sandbox/kernel/errors.ts';
import type { Service } from '../../../../src/sandbox/kernel/world.ts';
import type { ProvidingService } from '../../../../src/sandbox/providers/service.ts';
import { TestWorld } from '../../../support/world.ts';

export const REGION = 'eu-west-1';

/** A world of CloudFormation and of a service that makes whatever it is told, keeping a diary. */
export class StackWorld extends TestWorld {
  readonly diary: string[];
  readonly things: Map<string, Properties>;
  readonly contexts: ResourceContext[];
  /** Logical ids whose creation, update or deletion is refused, by verb: `create Bucket`, or the first time only: `once create Bucket`. */
  readonly refused: Set<string>;

  constructor(others: readonly Service[] = []) {
    const maker = new Maker();
    super([cloudformation, maker.service, ...others]);
    this.diary = maker.diary;
    this.things = maker.things;
    this.refused = maker.refused;
    this.contexts = maker.contexts;
  }

  ask<Output>(operation: string, input: object = {}): Promise<Output> {
    return this.call<Output>(this.scope(REGION), 'cloudformation', operation, input);
  }

  create(name: string, template: object | string, input: Partial<CreateStackInput> = {}) {
    const TemplateBody = typeof template === 'string' ? template : JSON.stringify(template);
    return this.ask<{ StackId: string }>('CreateStack', { StackName: name, TemplateBody, ...input });
  }

  update(name: string, template: object, input: object = {}) {
    return this.ask('UpdateStack', { StackName: name, TemplateBody: JSON.stringify(template), ...input });
  }

  /** Creates a stack and lets it be finished. */
  async created(name: string, template: object, input: Partial<CreateStackInput> = {}): Promise<Stack> {
    await this.create(name, template, input);
    await this.pass(600);
    return this.stack(name);
  }

  async stack(name: string): Promise<Stack> {
    const { Stacks = [] } = await this.ask<DescribeStacksOutput>('DescribeStacks', { StackName: name });
    return Stacks[0]!;
  }

  /** The stack's events, oldest first, as `LogicalId STATUS: reason`. */
  async events(name: string): Promise<string[]> {
    const lines: string[] = [];
    let NextToken: string | undefined;
    do {
      const answer = await this.ask<DescribeStackEventsOutput>('DescribeStackEvents', {
        StackName: name,
        NextToken,
      });
      for (const event of answer.StackEvents ?? []) {
        const reason = event.ResourceStatusReason;
        lines.push(
          `${event.LogicalResourceId} ${event.ResourceStatus}${reason === undefined ? '' : `: ${reason}`}`,
        );
      }
      NextToken = answer.NextToken;
    } while (NextToken !== undefined);
    return lines.reverse();
  }

  /** Resources as `LogicalId STATUS`. */
  async resources(name: string): Promise<string[]> {
    const { StackResourceSummaries = [] } = await this.ask<ListStackResourcesOutput>('ListStackResources', {
      StackName: name,
    });
    return StackResourceSummaries.map(
      ({ LogicalResourceId, ResourceStatus }) => `${LogicalResourceId} ${ResourceStatus}`,
    );
  }

  async changeSet(stackName: string, template: object, input: object = {}): Promise<DescribeChangeSetOutput> {
    await this.ask('CreateChangeSet', {
      StackName: stackName,
      ChangeSetName: 'changes',
      TemplateBody: JSON.stringify(template),
      ...input,
    });
    return this.ask<DescribeChangeSetOutput>('DescribeChangeSet', {
      StackName: stackName,
      ChangeSetName: 'changes',
      IncludePropertyValues: true,
    });
  }
}

/** Provides SNS topics (a change of TopicName replaces), SSM parameters, and queues that take a minute. */
class Maker {
  readonly diary: string[] = [];
  readonly things = new Map<string, Properties>();
  readonly contexts: ResourceContext[] = [];
  readonly refused = new Set<string>();
  readonly service: ProvidingService = {
    name: 'maker',
    signingNames: [],
    sdk: () => Promise.resolve({}),
    operations: {},
    resources: [
      this.#provider('AWS::SNS::Topic', 'TopicName'),
      this.#provider('AWS::SSM::Parameter', 'Name'),
      this.#provider('AWS::SQS::Queue', 'QueueName', { create: 60, update: 60, delete: 60 }),
      this.#provider('AWS::S3::Bucket', 'BucketName'),
    ],
  };

  #provider(type: string, named: string, seconds?: ResourceProvider['seconds']): ResourceProvider {
    return {
      type,
      seconds,
      create: (properties, context) => {
        this.contexts.push(context);
        this.#note('create', context);
        const given = properties[named];
        const id =
          typeof given === 'string'
            ? given
            : `${context.stackName}-${context.logicalId}-${context.world.ids.suffix()}`;
        this.things.set(id, properties);
        return id;
      },
      update: (id, next, _previous, context) => {
        this.contexts.push(context);
        this.#note('update', context);
        this.things.set(id, next);
      },
      delete: (id, _properties, context) => {
        this.#note('delete', context);
        this.things.delete(id);
      },
      attributes: (id, properties) => ({
        Arn: `arn:${id}`,
        Length: String(JSON.stringify(properties).length),
        TopicName: id,
      }),
    };
  }

  #note(verb: string, { logicalId }: ResourceContext): void {
    const line = `${verb} ${logicalId}`;
    this.diary.push(line);
    if (this.refused.delete(`once ${line}`) || this.refused.has(line))
      throw new AwsError('BucketNotEmpty', `no ${verb} today`, 409);
  }
}

/** The message and the code of the error that a call is refused with. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return `${error.code}: ${error.message}`;
  }
  throw new Error('it was not refused');
}

export const topic = (properties: object = {}, more: object = {}) => ({
  Type: 'AWS::SNS::Topic',
  Properties: properties,
  ...more,
});

export const queue = (properties: object = {}, more: object = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: properties,
  ...more,
});

export const bucket = (properties: object = {}, more: object = {}) => ({
  Type: 'AWS::S3::Bucket',
  Properties: properties,
  ...more,
});
