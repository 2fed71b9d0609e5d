import type { AwsContext } from '../../aws/context.ts';
import { isDenied } from '../../aws/errors.ts';
import { tokenPathOf } from '../../stack/facts/stack/values.ts';
import { findStack } from '../../stack/facts/stack/find-stack.ts';
import { actionsOf } from './actions.ts';
import { CALLS, DEPLOYING } from './calls.ts';
import { boundaryArn, BOUNDED } from './boundary.ts';
import { DEPLOYING_ACTIONS } from './deploying.ts';
import type { PolicyDocument, PolicyPlace, PolicyStatement } from './document.ts';

/** What commands need, by the action; what CloudFormation does for them is told apart, as a role of its own may do it. */
export function neededActions(
  commands: readonly string[],
): ReadonlyMap<string, { readonly by: readonly string[] }> {
  const needed = new Map<string, { by: string[] }>();
  const add = (action: string, command: string) => {
    const { by } = needed.get(action) ?? { by: [] };
    if (!by.includes(command)) by.push(command);
    needed.set(action, { by });
  };
  for (const command of commands) {
    for (const action of (CALLS[command] ?? []).flatMap(actionsOf)) add(action, command);
    if (!DEPLOYING.includes(command)) continue;
    for (const action of Object.values(DEPLOYING_ACTIONS).flat()) add(action, command);
    // The image is named by a public parameter: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html
    add('ssm:GetParameters', command);
  }
  return needed;
}

/** Where an action applies, and under which condition. */
interface Reach {
  readonly sid: string;
  readonly resources: readonly string[];
  readonly condition?: PolicyStatement['Condition'];
}

/**
 * The narrowest that AWS knows for an action. What lists, and what EC2 makes, know no narrower resource than all.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
function reachOf(action: string, place: PolicyPlace, token: boolean): Reach {
  const { account, region, partition, stackName, prefix = '', tokenPath } = place;
  const [service = '', name = ''] = action.split(':');
  const own = (kind: string, resource: string) => `arn:${partition}:${kind}:${region}:${account}:${resource}`;
  const stack = stackName ?? `${prefix}*`;
  // CloudFormation names what it makes after the stack; S3 knows small letters only.
  const made = stackName === undefined ? `${prefix}*` : `${stackName}-*`;
  const inRegion = { StringEquals: { 'aws:RequestedRegion': region } };
  switch (service) {
    case 'cloudformation':
      // Listing stacks is describing them without a name.
      // So is looking for the stack of a resource.
      if (/^DescribeStack(s|Resources)$/.test(name)) return { sid: 'Look', resources: ['*'] };
      return { sid: 'Stacks', resources: [own(service, `stack/${stack}/*`)] };
    case 'autoscaling':
      if (name.startsWith('Describe')) return { sid: 'Look', resources: ['*'] };
      return { sid: 'Groups', resources: [own(service, `autoScalingGroup:*:autoScalingGroupName/${made}`)] };
    case 'ec2':
      if (/^(Describe|Get)/.test(name)) return { sid: 'Look', resources: ['*'] };
      return { sid: 'Network', resources: ['*'], condition: inRegion };
    case 'kms':
      return { sid: 'Network', resources: ['*'], condition: inRegion };
    case 'iam':
      if (name === 'SimulatePrincipalPolicy') return { sid: 'Look', resources: ['*'] };
      if (name === 'PassRole') {
        const services = ['ec2.amazonaws.com', 'lambda.amazonaws.com'];
        return {
          sid: 'PassRoles',
          resources: [`arn:${partition}:iam::${account}:role/${made}`],
          condition: { StringEquals: { 'iam:PassedToService': services } },
        };
      }
      if (name === 'CreateServiceLinkedRole') {
        const roles = `arn:${partition}:iam::${account}:role/aws-service-role`;
        return {
          sid: 'ServiceRoles',
          resources: [`${roles}/autoscaling.amazonaws.com/*`, `${roles}/spot.amazonaws.com/*`],
        };
      }
      if (name === 'GetRole') return { sid: 'Look', resources: ['*'] };
      if (BOUNDED.includes(name)) {
        return {
          sid: 'BoundedRoles',
          resources: [`arn:${partition}:iam::${account}:role/${made}`],
          condition: { StringEquals: { 'iam:PermissionsBoundary': boundaryArn(place) } },
        };
      }
      return {
        sid: 'Roles',
        resources: [
          `arn:${partition}:iam::${account}:role/${made}`,
          `arn:${partition}:iam::${account}:instance-profile/${made}`,
        ],
      };
    case 's3': {
      const buckets = [`bk-stack-assets-${account}-${region}`, ...bucketsOf(place)].map(
        (bucket) => `arn:${partition}:s3:::${bucket}`,
      );
      return /Object/.test(name)
        ? { sid: 'Objects', resources: buckets.map((bucket) => `${bucket}/*`) }
        : { sid: 'Buckets', resources: buckets };
    }
    case 'ssm': {
      const parameters = [own(service, `parameter/bk-stack/${stack}/*`)];
      if (tokenPath !== undefined && !tokenPath.startsWith(`/bk-stack/${stack}/`)) {
        parameters.push(own(service, `parameter${tokenPath}`));
      }
      if (name === 'GetParameters') {
        const images = `arn:${partition}:ssm:${region}::parameter/aws/service/*`;
        return { sid: 'Images', resources: [images, ...parameters] };
      }
      if (name === 'GetParameter' && !token) {
        // The journal of an update and the way back from it, and not the agent token beside them.
        const journal = ['update', 'former'].map((each) =>
          own(service, `parameter/bk-stack/${stack}/${each}`),
        );
        return { sid: 'Journal', resources: journal };
      }
      return { sid: 'Parameters', resources: parameters };
    }
    case 'logs':
      // A query that runs has no resource of its own: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
      if (/^(DescribeLogGroups|StopQuery)$/.test(name)) return { sid: 'Look', resources: ['*'] };
      return {
        sid: 'Logs',
        // What the official template's stacks have is below the same prefix.
        resources: [
          own(
            service,
            stackName === undefined
              ? `log-group:/buildkite/${prefix}*`
              : `log-group:/buildkite/${stackName}/*`,
          ),
        ],
      };
    case 'lambda':
      return { sid: 'Scaler', resources: [own(service, `function:${made}`)] };
    case 'events':
      return { sid: 'Schedule', resources: [own(service, `rule/${made}`)] };
    case 'cloudwatch':
      if (/^(Describe|Get|List)/.test(name)) return { sid: 'Look', resources: ['*'] };
      return { sid: 'Alarms', resources: [own(service, `alarm:${made}`)] };
    default:
      return { sid: 'Look', resources: ['*'] };
  }
}

function bucketsOf({ stackName, prefix = '' }: PolicyPlace): string[] {
  const stack = stackName ?? `${prefix}*`;
  return [`${stack.toLowerCase()}-managedsecrets*`];
}

/** Whether commands need the agent token itself; others show less of the queue without it. */
export function needsToken(commands: readonly string[]): boolean {
  return commands.some((command) => DEPLOYING.includes(command) || TOKEN_READERS.includes(command));
}

/** The bundle leaves out what it knows to be secret. */
const TOKEN_READERS = ['support-bundle', 'token rotate'];

/** A policy that allows what commands need and nothing more. */
export function policyFor(commands: readonly string[], place: PolicyPlace): PolicyDocument {
  const statements = new Map<string, { readonly reach: Reach; readonly actions: Set<string> }>();
  const token = needsToken(commands);
  for (const action of neededActions(commands).keys()) {
    const reach = reachOf(action, place, token);
    const statement = statements.get(reach.sid) ?? { reach, actions: new Set() };
    statement.actions.add(action);
    statements.set(reach.sid, statement);
  }
  return {
    Version: '2012-10-17',
    Statement: [...statements.values()].map(({ reach, actions }) => ({
      Sid: reach.sid,
      Effect: 'Allow',
      Action: withoutCovered([...actions].sort()),
      Resource: reach.resources,
      ...(reach.condition && { Condition: reach.condition }),
    })),
  };
}

/** Without the actions that a pattern among them has anyway: `ec2:Describe*`. */
function withoutCovered(actions: readonly string[]): string[] {
  const patterns = actions.filter((action) => action.endsWith('*')).map((action) => action.slice(0, -1));
  return actions.filter(
    (action) => action.endsWith('*') || !patterns.some((pattern) => action.startsWith(pattern)),
  );
}

/** Characters without white space. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const LARGEST_MANAGED = 6144;

/** Where a policy is to hold: the caller's account, and the stack if one is named, whether or not it is there yet. */
export async function policyPlace(
  aws: AwsContext,
  stackName: string | undefined,
  prefix?: string,
): Promise<PolicyPlace> {
  const { GetCallerIdentityCommand } = await import('../../aws/sdk/sts.ts');
  const client = await aws.clients.sts();
  const [{ Account = '', Arn = '' }, stack] = await Promise.all([
    client.send(new GetCallerIdentityCommand({})),
    stackName === undefined ? undefined : findStack(aws, stackName).catch(unlessDenied),
  ]);
  return {
    account: Account,
    region: aws.region,
    partition: Arn.split(':')[1] ?? 'aws',
    stackName,
    ...(prefix !== undefined && { prefix }),
    tokenPath: stack && tokenPathOf(stack),
  };
}

/** Who asks for a policy may well be allowed nothing yet. */
function unlessDenied(error: unknown): undefined {
  if (!isDenied(error)) throw error;
  return undefined;
}
