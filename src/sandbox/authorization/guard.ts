import { AwsError } from '../kernel/errors.ts';
import type { Call, Guard, RequestContext } from '../kernel/world.ts';
import { own } from '../kernel/table.ts';
import { decide, policiesOfRole } from '../services/iam/simulation.ts';
import { iamState } from '../services/iam/state.ts';
import { Denial } from '../wire/index.ts';
import type { Permission } from './permission.ts';
import { permissionsFor } from './requests.ts';

/** Services whose endpoints, and with them the requested region, are one for all regions. */
const GLOBAL = /^iam$/;

/**
 * Lets callers do what the identity policies of their role allow, within its boundary. The sandbox's own user and CloudFormation's
 * work on its behalf are not limited.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export const identityGuard: Guard = {
  async run(call, act) {
    const { service, operation, input, context } = call;
    for (const permission of permissionsFor(service, operation, input, context)) {
      const effect = effectOf(permission, call);
      if (effect !== 'allowed') throw notAuthorized(permission, context, effect);
    }
    try {
      return await act();
    } catch (error) {
      throw hidden(error, call);
    }
  },
};

function effectOf({ action, resource, context: keys = {} }: Permission, { service, context }: Call) {
  const [, , , , , caller = ''] = context.callerArn.split(':');
  if (/^(user\/sandbox|root)$/.test(caller)) return 'allowed';
  const [, name] = /^assumed-role\/([^/]+)\//.exec(caller) ?? [];
  const role = own(iamState(context).roles, name);
  if (role === undefined) return 'implicitDeny';
  return decide(policiesOfRole(context, role), {
    action,
    resource,
    principal: context.callerArn,
    context: { ...shared(service, role.arn, context), ...keys },
  });
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
function shared(service: string, roleArn: string, { world, region, accountId }: RequestContext) {
  return {
    'aws:currenttime': new Date(world.now()).toISOString(),
    'aws:principalaccount': accountId,
    'aws:principalarn': roleArn,
    'aws:requestedregion': GLOBAL.test(service) ? 'us-east-1' : region,
    'aws:securetransport': 'true',
    'aws:sourceip': '127.0.0.1',
  };
}

/**
 * Without s3:ListBucket nobody learns that an object is missing.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
function hidden(error: unknown, call: Call): unknown {
  const { service, operation, input, context } = call;
  if (service !== 's3' || !/^(Get|Head)Object$/.test(operation)) return error;
  if (!(error instanceof AwsError) || error.status !== 404 || error.code === 'NoSuchBucket') return error;
  const { Bucket = '' } = input as { Bucket?: string };
  const listing = { action: 's3:ListBucket', resource: `arn:${context.partition}:s3:::${Bucket}` };
  const effect = effectOf(listing, call);
  return effect === 'allowed' ? error : notAuthorized(listing, context, effect);
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
function notAuthorized(
  { action, resource }: Permission,
  { callerArn }: RequestContext,
  effect: 'explicitDeny' | 'implicitDeny',
): Denial {
  const why =
    effect === 'explicitDeny'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
  return new Denial(
    'not authorized',
    `User: ${callerArn} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
  );
}
