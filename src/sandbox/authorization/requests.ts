import type { RequestContext } from '../kernel/world.ts';
import { arn } from '../kernel/location.ts';
import { own } from '../kernel/table.ts';
import { cloudFormation } from '../cloudformation/stacks/state.ts';
import { groupOfInstance, groupsOf } from '../services/autoscaling/state.ts';
import type { ConditionContext } from '../services/iam/policy/conditions.ts';
import type { Input, Permission } from './permission.ts';
import { iamArn, iamState } from '../services/iam/state.ts';
import { groupsOfQuery } from '../services/logs/insights/operations.ts';
import { s3Requests } from './s3.ts';

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
    const { StackName, ChangeSetName } = input;
    // A change set is its stack's, whose policy decides.
    const name = StackName ?? own(cloudFormation(context).changeSets, ChangeSetName)?.stackId;
    if (unbound.test(operation) || name === undefined) return [{ action, resource: ALL }];
    const [, byArn = ''] = /:stack\/([^/]+)\//.exec(name) ?? [];
    const resource = byArn === '' ? arn(context, 'cloudformation', `stack/${name}/*`) : name;
    return [{ action, resource }];
  },
  cloudwatch(operation, { AlarmName, AlarmNames, ResourceARN }: Input, context) {
    const action = `cloudwatch:${operation}`;
    if (ResourceARN !== undefined) return [{ action, resource: ResourceARN }];
    const alarm = (name: string) => arn(context, 'cloudwatch', `alarm:${name}`);
    const names = operation === 'PutMetricAlarm' ? [AlarmName ?? ALL] : AlarmNames;
    if (names === undefined) return [{ action, resource: operation === 'DescribeAlarms' ? alarm(ALL) : ALL }];
    return names.map((name) => ({ action, resource: alarm(name) }));
  },
  eventbridge(operation, { Name, Rule }: Input, context) {
    const rule = Name ?? Rule;
    const resource = rule === undefined ? ALL : arn(context, 'events', `rule/${rule}`);
    return [{ action: `events:${operation}`, resource }];
  },
  iam: iamRequests,
  lambda(operation, input: Input, context) {
    const action = `lambda:${operation === 'Invoke' ? 'InvokeFunction' : operation}`;
    const name = input.FunctionName?.replace(/^arn:.*:function:/, '');
    if (name === undefined) return [{ action, resource: input.Resource ?? ALL }];
    const called = { action, resource: arn(context, 'lambda', `function:${name}`) };
    return operation === 'CreateFunction'
      ? [called, passing(input.Role ?? ALL, 'lambda.amazonaws.com')]
      : [called];
  },
  logs(operation, input: Input, context) {
    const action = `logs:${operation}`;
    // Neither has a resource type, so that a log group in a policy never matches.
    if (/^(StopQuery|DescribeQueries)$/.test(operation)) return [{ action, resource: ALL }];
    const groups = [
      input.logGroupName,
      ...(input.logGroupNames ?? []),
      input.logGroupIdentifier,
      ...(input.logGroupIdentifiers ?? []),
      // The results of a query are its log groups'.
      ...(operation === 'GetQueryResults' ? groupsOfQuery(context, input.queryId) : []),
    ].filter((name) => name !== undefined);
    const stream = `:log-stream:${input.logStreamName ?? ''}`;
    const resources = groups.map((name) =>
      name.startsWith('arn:') ? name : arn(context, 'logs', `log-group:${name}${stream}`),
    );
    const wanted = input.resourceArn === undefined ? resources : [input.resourceArn];
    const anywhere = arn(context, 'logs', 'log-group::log-stream:');
    return (wanted.length === 0 ? [anywhere] : wanted).map((resource) => ({ action, resource }));
  },
  s3: s3Requests,
  ssm(operation, input: Input, context) {
    const action = `ssm:${operation}`;
    const names = [input.Name, input.Path, input.ResourceId, ...(input.Names ?? [])].filter(
      (name) => name !== undefined,
    );
    if (names.length === 0) return [{ action, resource: ALL }];
    const asked = names.map((name) => ({ action, resource: parameterArn(name, context) }));
    if (operation !== 'PutParameter' || input.Tags === undefined) return asked;
    return [...asked, ...asked.map((each) => ({ ...each, action: 'ssm:AddTagsToResource' }))];
  },
  servicequotas: (operation) => [{ action: `servicequotas:${operation}`, resource: ALL }],
  sts: (operation, { RoleArn = ALL }: Input) => [{ action: `sts:${operation}`, resource: RoleArn }],
};

/** Public parameters belong to no account. */
function parameterArn(written: string, context: RequestContext): string {
  if (written.startsWith('arn:')) return written;
  const name = written.replace(/:[^:/]*$/, '');
  const place = name.startsWith('/aws/service/') ? { ...context, accountId: '' } : context;
  return arn(place, 'ssm', `parameter${name.startsWith('/') ? '' : '/'}${name}`);
}

function groupNames(input: Input, context: RequestContext): readonly string[] {
  const tagged = (input.Tags ?? []).map(({ ResourceId = ALL }) => ResourceId);
  const { AutoScalingGroupName: name, InstanceId, InstanceIds = [] } = input;
  if (name !== undefined) return [name];
  if (tagged.length > 0) return [...new Set(tagged)];
  const instances = InstanceId === undefined ? InstanceIds : [InstanceId];
  const names = instances.map((id) => groupOfInstance(context, id)?.name ?? ALL);
  return names.length === 0 ? [ALL] : [...new Set(names)];
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html */
function autoScalingKeys(operation: string, input: Input): ConditionContext {
  const { Tags: tags = [], MinSize, MaxSize } = input;
  return {
    'autoscaling:minsize': MinSize?.toString(),
    'autoscaling:maxsize': MaxSize?.toString(),
    'autoscaling:vpczoneidentifiers': input.VPCZoneIdentifier?.split(','),
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
  const { RoleName, InstanceProfileName, PolicyArn, PolicySourceArn, PermissionsBoundary } = input;
  const { roles, profiles } = iamState(context);
  const role = own(roles, RoleName);
  const roleArn = role?.arn ?? iamArn(context, `role${input.Path ?? '/'}${RoleName ?? ALL}`);
  if (operation === 'CreateServiceLinkedRole') {
    const service = input.AWSServiceName ?? ALL;
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
