import type { AwsContext } from '../../aws/context.ts';
import { isDenied } from '../../aws/errors.ts';
import { type Examined, examined } from '../findings/finding.ts';
import type { PolicyDocument, PolicyPlace } from './document.ts';
import { neededActions, policyFor } from './policy.ts';

/** IAM's word on actions: those that it would refuse. */
export interface SimulationCalls {
  /**
   * The ARN of the user or role behind a caller's; undefined for the root user, who may do everything.
   * @throws Error for callers that IAM cannot simulate
   */
  principal(callerArn: string): Promise<string | undefined>;
  refused(
    principal: string,
    statement: PolicyDocument['Statement'][number],
    region: string,
  ): Promise<readonly string[]>;
}

/** Judges whether a caller may do what commands need. */
export async function judgePermissions(
  calls: SimulationCalls,
  callerArn: string,
  commands: readonly string[],
  place: PolicyPlace,
  severity: 'error' | 'warning',
): Promise<Examined> {
  const principal = await calls.principal(callerArn);
  if (principal === undefined) return examined('the root user may do everything');
  // For a stack that may not be there yet, an example has to do.
  const statements = policyFor(commands, {
    ...place,
    stackName: place.stackName ?? 'bk-stack-example',
  }).Statement;
  const refused = (
    await Promise.all(statements.map((statement) => calls.refused(principal, statement, place.region)))
  ).flat();
  const needed = neededActions(commands);
  const missing = [...new Set(refused)].sort();
  const hindered = [...new Set(missing.flatMap((action) => needed.get(action)?.by ?? []))].sort();
  return examined(
    `${principal.split(':').at(-1) ?? principal} may do what ${commands.length === 1 ? `${commands[0] ?? ''} needs` : 'every command needs'}`,
    missing.length > 0 && {
      code: 'permission-missing',
      severity,
      message: `${principal} lacks ${missing.join(', ')}`,
      meaning: `Needed by bk-stack ${hindered.join(', ')}.`,
      fix: `Ask for a policy with these actions. The whole of it: bk-stack doctor${place.stackName === undefined ? '' : ` ${place.stackName}`} --print-policy${hindered.length > 6 ? '' : hindered.map((command) => ` --for "${command}"`).join('')}`,
    },
  );
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
export function simulationCalls(aws: AwsContext): SimulationCalls {
  return {
    async principal(callerArn) {
      const [, partition = '', service = '', , account = '', resource = ''] = callerArn.split(':');
      if (resource === 'root') return undefined;
      if (service === 'iam') return callerArn;
      const role = /^assumed-role\/([^/]+)\//.exec(resource)?.[1];
      if (role === undefined) throw new Error(`IAM cannot simulate ${callerArn}`);
      try {
        // Only the role itself tells the path that belongs to its ARN.
        const { GetRoleCommand } = await import('../../aws/sdk/iam.ts');
        const client = await aws.clients.iam();
        const { Role } = await client.send(new GetRoleCommand({ RoleName: role }));
        if (Role?.Arn !== undefined) return Role.Arn;
      } catch (error) {
        if (!isDenied(error)) throw error;
      }
      return `arn:${partition}:iam::${account}:role/${role}`;
    },

    async refused(principal, { Action, Resource }, region) {
      const { SimulatePrincipalPolicyCommand } = await import('../../aws/sdk/iam.ts');
      const client = await aws.clients.iam();
      const refused: string[] = [];
      let marker: string | undefined;
      do {
        const page = await client.send(
          new SimulatePrincipalPolicyCommand({
            PolicySourceArn: principal,
            ActionNames: Action.map(exampleOf),
            ResourceArns: Resource.map(exampleOf),
            ContextEntries: [
              {
                ContextKeyName: 'aws:RequestedRegion',
                ContextKeyType: 'string',
                ContextKeyValues: [region],
              },
              {
                ContextKeyName: 'iam:PassedToService',
                ContextKeyType: 'string',
                ContextKeyValues: ['ec2.amazonaws.com'],
              },
            ],
            Marker: marker,
          }),
        );
        for (const { EvalActionName = '', EvalDecision } of page.EvaluationResults ?? []) {
          if (EvalDecision !== 'allowed') refused.push(EvalActionName);
        }
        marker = page.IsTruncated === true ? page.Marker : undefined;
      } while (marker !== undefined);
      return refused;
    },
  };
}

/** The simulator takes no patterns, the one for everything excepted. */
function exampleOf(pattern: string): string {
  if (pattern === '*') return pattern;
  return pattern
    .replace(/^(\w+):Describe\*$/, (_, service: string) =>
      service === 'ec2' ? 'ec2:DescribeVpcs' : `${service}:DescribeAutoScalingGroups`,
    )
    .replaceAll('*', 'example');
}
