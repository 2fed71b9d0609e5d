import { AwsError } from '../../kernel/errors.ts';
import { inBackground } from '../stacks/wake.ts';
import { closeResponseUrl, responseUrl, responsesAt, openResponseUrl } from '../stacks/response-urls.ts';
import { generatedName } from '../../providers/generated-name.ts';
import { text } from '../../providers/properties.ts';
import { isMap, type TemplateBody, type TemplateValue } from '../template/index.ts';
import type { Driver, Work } from '../resources/driver.ts';
import { EngineFault } from '../resources/failure.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-customresource.html */
const DEFAULT_TIMEOUT_SECONDS = 3600;

/** What one request keeps until it is answered. */
interface Request {
  requestId: string;
  token: string;
  deadline: number;
  invoked?: true;
  failure?: string;
}

/**
 * The driver of custom resources: sends the request to the Lambda function that ServiceToken names, and waits until the
 * answer is PUT to the URL in it.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
 */
export const customResource: Driver = {
  pollSeconds: 60,
  seconds: () => 0,
  start(work) {
    const { world } = work.context;
    const seconds = Number(work.properties['ServiceTimeout'] ?? DEFAULT_TIMEOUT_SECONDS);
    const request: Request = {
      requestId: world.ids.uuid(),
      token: openResponseUrl(work.context, work.stack.stackId),
      deadline: world.now() + seconds * 1000,
    };
    work.step.memory['request'] = request;
    work.step.deadline = request.deadline;
    invoke(work, request);
  },
  poll(work) {
    const request = work.step.memory['request'] as Request;
    const answer = responsesAt(work.context, request.token).at(0);
    const overdue = work.context.world.now() >= request.deadline;
    if (answer === undefined && request.failure === undefined && !overdue) {
      if (request.invoked === undefined) invoke(work, request);
      return false;
    }
    closeResponseUrl(work.context, request.token);
    try {
      if (request.failure !== undefined) throw new EngineFault(request.failure);
      if (answer === undefined) throw noAnswer(request);
      accept(work, request, answer);
    } catch (error) {
      // AWS deletes what may be there, under an id that it makes up.
      nameAnyhow(work);
      throw error;
    }
    return true;
  },
  abandon(work) {
    closeResponseUrl(work.context, (work.step.memory['request'] as Request).token);
    nameAnyhow(work);
  },
  ref: ({ physicalId = '' }) => physicalId,
  attribute(record, name, { partition, region, accountId }) {
    const value = record.data?.[name];
    if (value !== undefined) return value as TemplateValue;
    throw new AwsError(
      'ValidationError',
      `CustomResource attribute error: Vendor response doesn't contain ${name} attribute in object ` +
        `arn:${partition}:cloudformation:${region}:${accountId}:stack/${record.logicalId}`,
    );
  },
};

function nameAnyhow(work: Work): void {
  if (work.action === 'create') work.physicalId ??= generatedName(work.context, 255);
}

function invoke(work: Work, request: Request): void {
  const { context, stack } = work;
  const serviceToken = text(work.properties, 'ServiceToken') ?? '';
  if (!/:lambda:/.test(serviceToken)) {
    throw new EngineFault(
      `Invalid service token ${serviceToken}: the sandbox calls custom resources through Lambda functions only, not through SNS topics.`,
    );
  }
  const input = {
    FunctionName: serviceToken,
    InvocationType: 'Event',
    Payload: Buffer.from(JSON.stringify(payload(work, request))),
  };
  inBackground(context, stack.stackId, request.requestId, async () => {
    try {
      await context.world.call(context, 'lambda', 'Invoke', input);
      request.invoked = true;
    } catch (error) {
      request.failure = error instanceof Error ? error.message : String(error);
    }
  });
}

const REQUEST_TYPES = { create: 'Create', update: 'Update', delete: 'Delete' } as const;

function payload(work: Work, { requestId, token }: Request): object {
  const { context, action, properties, previous, physicalId } = work;
  return {
    RequestType: REQUEST_TYPES[action],
    ServiceToken: properties['ServiceToken'],
    ResponseURL: responseUrl(context, token),
    StackId: context.stackId,
    RequestId: requestId,
    LogicalResourceId: context.logicalId,
    ...(physicalId === undefined ? {} : { PhysicalResourceId: physicalId }),
    ResourceType: work.type,
    ResourceProperties: asText(properties),
    ...(action === 'update' ? { OldResourceProperties: asText(previous) } : {}),
  };
}

/** Functions get every number and boolean as text. */
function asText(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map((item: unknown) => asText(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asText(item)]));
}

function noAnswer({ requestId }: Request): EngineFault {
  return new EngineFault(
    `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${requestId}]. ` +
      'If you are using the Python cfn-response module, you may need to update your Lambda function code so that CloudFormation can attach the updated version.',
  );
}

function accept(work: Work, { requestId }: Request, answer: TemplateBody): void {
  const { Status, Reason, PhysicalResourceId, Data } = answer;
  if (typeof PhysicalResourceId === 'string' && PhysicalResourceId !== '')
    work.physicalId = PhysicalResourceId;
  if (Status === 'FAILED') {
    const reason = typeof Reason === 'string' ? Reason : 'Unknown';
    throw new EngineFault(
      `Received response status [FAILED] from custom resource. Message returned: ${reason} (RequestId: ${requestId})`,
    );
  }
  if (Status !== 'SUCCESS')
    throw new EngineFault(
      `Invalid Response object: Status must be SUCCESS or FAILED (RequestId: ${requestId})`,
    );
  if (work.physicalId === undefined) throw new EngineFault('Invalid PhysicalResourceId');
  work.data = isMap(Data) ? Data : {};
}
