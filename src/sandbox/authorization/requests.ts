import type { RequestContext } from '../kernel/world.ts';
import { arn } from '../kernel/location.ts';
import { own } from '../kernel/table.ts';
import { groupOfInstance, groupsOf } from '../services/autoscaling/state.ts';
import type { ConditionContext } from '../services/iam/policy/conditions.ts';
import { iamArn, iamState } from '../services/iam/state.ts';
import { s3Requests } from './s3.ts';

/** One permission that an operation needs. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
  /** What the policy's conditions can ask beside what every request has, by key in lower case. */
  readonly context?: ConditionContext;
}

/** An operation's input, read by names that hold for all operations of its service. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each service reads the members of its own inputs
export type Input = any;

type Resources = (operation: string, input: Input, context: RequestContext) => readonly Permission[];

/** Actions that know no narrower resource, or are asked without one. */
const ALL = '*';
/** Operations that everybody may call: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
const OPEN = new Set(['sts:GetCallerIdentity', 'sts:GetSessionToken']);

/**
 * The permissions that a call needs.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function permissionsFor(
  service: string,
  operation: string,
  input: object,
  context: RequestContext,
): readonly Permission[] {
  if (OPEN.has(`${service}:${operation}`)) return [];
  const table = own(SERVICES, service);
  return table?.(operation, input, context) ?? [{ action: `${service}:${operation}`, resource: ALL }];
}

const SERVICES: Readonly<Record<string, Resources>> = {
  autoscaling(operation, input, context) {
    const action = `autoscaling:${operation}`;
    if (operation.startsWith('Describe')) return [{ action, resource: ALL }];
    const keys = autoScalingKeys(operation, input);
    return groupNames(input, context).map((name) => ({
      action,
      resource: arn(context, 'autoscaling', `autoScalingGroup:*:autoScalingGroupName/${name}`),
      context: { ...keys, ...groupTags(name, context) },
    }));
  },
  cloudformation(operation, input: Input, context) {
    const action = `cloudformation:${operation}`;
    const unbound = /^(ListStacks|ListExports|ListImports|ValidateTemplate|DescribeAccountLimits)$/;
    const name = (input.StackName ?? input.ChangeSetName) as string | undefined;
    if (unbound.test(operation) || name === undefined) return [{ action, resource: ALL }];
    const [, byArn = ''] = /:stack\/([^/]+)\//.exec(name) ?? [];
    const resource = byArn === '' ? arn(context, 'cloudformation', `stack/${name}/*`) : name;
    return [{ action, resource }];
  },
  cloudwatch(operation, { AlarmName, AlarmNames, ResourceARN }: Input, context) {
    const action = `cloudwatch:${operation}`;
    if (ResourceARN !== undefined) return [{ action, resource: ResourceARN as string }];
    const alarm = (name: string) => arn(context, 'cloudwatch', `alarm:${name}`);
    const names =
      operation === 'PutMetricAlarm' ? [AlarmName as string] : (AlarmNames as string[] | undefined);
    if (names === undefined) return [{ action, resource: operation === 'DescribeAlarms' ? alarm(ALL) : ALL }];
    return names.map((name) => ({ action, resource: alarm(name) }));
  },
  eventbridge(operation, { Name, Rule }: Input, context) {
    const rule = (Name ?? Rule) as string | undefined;
    const resource = rule === undefined ? ALL : arn(context, 'events', `rule/${rule}`);
    return [{ action: `events:${operation}`, resource }];
  },
  iam: iamRequests,
  lambda(operation, input: Input, context) {
    const action = `lambda:${operation === 'Invoke' ? 'InvokeFunction' : operation}`;
    const name = (input.FunctionName as string | undefined)?.replace(/^arn:.*:function:/, '');
    if (name === undefined) return [{ action, resource: (input.Resource as string | undefined) ?? ALL }];
    const called = { action, resource: arn(context, 'lambda', `function:${name}`) };
    return operation === 'CreateFunction'
      ? [called, passing(input.Role as string, 'lambda.amazonaws.com')]
      : [called];
  },
  logs(operation, input: Input, context) {
    const action = `logs:${operation}`;
    // Neither has a resource type, so that a log group in a policy never matches.
    if (/^(StopQuery|DescribeQueries)$/.test(operation)) return [{ action, resource: ALL }];
    const groups = [
      input.logGroupName,
      ...((input.logGroupNames ?? []) as string[]),
      input.logGroupIdentifier,
      ...((input.logGroupIdentifiers ?? []) as string[]),
    ].filter((name) => name !== undefined) as string[];
    const stream = `:log-stream:${(input.logStreamName as string | undefined) ?? ''}`;
    const resources = groups.map((name) =>
      name.startsWith('arn:') ? name : arn(context, 'logs', `log-group:${name}${stream}`),
    );
    const wanted = input.resourceArn === undefined ? resources : [input.resourceArn as string];
    const anywhere = arn(context, 'logs', 'log-group::log-stream:');
    const known = operation === 'GetQueryResults' ? [ALL] : [anywhere];
    return (wanted.length === 0 ? known : wanted).map((resource) => ({ action, resource }));
  },
  s3: s3Requests,
  ssm(operation, input: Input, context) {
    const action = `ssm:${operation}`;
    const names = [input.Name, input.Path, input.ResourceId, ...((input.Names ?? []) as string[])].filter(
      (name) => name !== undefined,
    ) as string[];
    if (names.length === 0) return [{ action, resource: ALL }];
    const asked = names.map((name) => ({ action, resource: parameterArn(name, context) }));
    if (operation !== 'PutParameter' || input.Tags === undefined) return asked;
    return [...asked, ...asked.map((each) => ({ ...each, action: 'ssm:AddTagsToResource' }))];
  },
  servicequotas: (operation) => [{ action: `servicequotas:${operation}`, resource: ALL }],
  sts: (operation, { RoleArn = ALL }: Input) => [{ action: `sts:${operation}`, resource: RoleArn as string }],
};

/** Public parameters belong to no account. */
function parameterArn(written: string, context: RequestContext): string {
  if (written.startsWith('arn:')) return written;
  const name = written.replace(/:[^:/]*$/, '');
  const place = name.startsWith('/aws/service/') ? { ...context, accountId: '' } : context;
  return arn(place, 'ssm', `parameter${name.startsWith('/') ? '' : '/'}${name}`);
}

function groupNames(input: Input, context: RequestContext): readonly string[] {
  const tagged = ((input.Tags ?? []) as { ResourceId?: string }[]).map(({ ResourceId = ALL }) => ResourceId);
  const { AutoScalingGroupName: name, InstanceId, InstanceIds } = input as Record<string, unknown>;
  if (typeof name === 'string') return [name];
  if (tagged.length > 0) return [...new Set(tagged)];
  const instances = (InstanceId === undefined ? (InstanceIds ?? []) : [InstanceId]) as string[];
  const names = instances.map((id) => groupOfInstance(context, id)?.name ?? ALL);
  return names.length === 0 ? [ALL] : [...new Set(names)];
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html */
function autoScalingKeys(operation: string, input: Input): ConditionContext {
  const number = (member: string): string | undefined =>
    input[member] === undefined ? undefined : String(input[member]);
  const tags = (input.Tags ?? []) as { Key?: string; Value?: string }[];
  return {
    'autoscaling:minsize': number('MinSize'),
    'autoscaling:maxsize': number('MaxSize'),
    'autoscaling:vpczoneidentifiers': (input.VPCZoneIdentifier as string | undefined)?.split(','),
    ...(/Tags$|^CreateAutoScalingGroup$/.test(operation) &&
      tags.length > 0 && {
        'aws:tagkeys': tags.map(({ Key = '' }) => Key),
        ...Object.fromEntries(
          tags.map(({ Key = '', Value }) => [`aws:requesttag/${Key.toLowerCase()}`, Value]),
        ),
      }),
  };
}

function groupTags(name: string, context: RequestContext): ConditionContext {
  const tags = own(groupsOf(context), name)?.tags ?? [];
  return Object.fromEntries(
    tags.flatMap(({ key, value }) =>
      ['aws', 'autoscaling'].map((prefix) => [`${prefix}:resourcetag/${key}`.toLowerCase(), value]),
    ),
  );
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
function iamRequests(operation: string, input: Input, context: RequestContext): readonly Permission[] {
  const action = `iam:${operation}`;
  const { RoleName, InstanceProfileName, PolicyArn, PolicySourceArn, PermissionsBoundary } = input as Record<
    string,
    string | undefined
  >;
  const { roles, profiles } = iamState(context);
  const role = own(roles, RoleName);
  const roleArn =
    role?.arn ?? iamArn(context, `role${(input.Path as string | undefined) ?? '/'}${RoleName ?? ALL}`);
  if (operation === 'CreateServiceLinkedRole') {
    const service = input.AWSServiceName as string;
    return [{ action, resource: iamArn(context, `role/aws-service-role/${service}/${ALL}`) }];
  }
  if (PolicySourceArn !== undefined) return [{ action, resource: PolicySourceArn }];
  if (InstanceProfileName !== undefined) {
    const resource =
      own(profiles, InstanceProfileName)?.arn ?? iamArn(context, `instance-profile/${InstanceProfileName}`);
    const called = { action, resource };
    return operation === 'AddRoleToInstanceProfile'
      ? [called, passing(roleArn, 'ec2.amazonaws.com')]
      : [called];
  }
  if (RoleName !== undefined) {
    const boundary = PermissionsBoundary ?? role?.permissionsBoundary;
    const keys = { 'iam:permissionsboundary': boundary, 'iam:policyarn': PolicyArn };
    return [{ action, resource: roleArn, context: keys }];
  }
  return [{ action, resource: PolicyArn ?? ALL }];
}

function passing(roleArn: string, service: string): Permission {
  return { action: 'iam:PassRole', resource: roleArn, context: { 'iam:passedtoservice': service } };
}
