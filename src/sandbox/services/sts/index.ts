import type {
  AssumeRoleRequest,
  AssumeRoleResponse,
  Credentials,
  GetCallerIdentityResponse,
  GetSessionTokenRequest,
  GetSessionTokenResponse,
} from '@aws-sdk/client-sts';
import { AwsError } from '../../kernel/errors.ts';
import type { RequestContext, Service } from '../../kernel/world.ts';
import { checkRange, checkText, required } from '../common/validation.ts';

const CODE = 'ValidationError';
const HOUR = 3600;

function getCallerIdentity(_input: object, context: RequestContext): GetCallerIdentityResponse {
  return { Account: context.accountId, Arn: context.callerArn, UserId: 'AIDASANDBOX0000000000' };
}

/** Any role can be assumed: the sandbox does not weigh trust policies. */
function assumeRole(input: AssumeRoleRequest, context: RequestContext): AssumeRoleResponse {
  const roleArn = required(input.RoleArn, 'roleArn', CODE);
  const session = checkText(
    required(input.RoleSessionName, 'roleSessionName', CODE),
    'roleSessionName',
    { least: 2, most: 64, pattern: '[\\w+=,.@-]*' },
    CODE,
  );
  const role = /^arn:[^:]+:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(roleArn);
  if (role === null) throw new AwsError(CODE, `${roleArn} is invalid`);
  const [, account = '', name = ''] = role;
  const seconds = checkRange(input.DurationSeconds ?? HOUR, 'durationSeconds', [900, 12 * HOUR], CODE);
  const id = context.world.ids.suffix(16);
  const caller = `arn:${context.partition}:sts::${account}:assumed-role/${name}/${session}`;
  return {
    Credentials: credentials(context, caller, seconds),
    AssumedRoleUser: { AssumedRoleId: `AROA${id}:${session}`, Arn: caller },
  };
}

function getSessionToken(input: GetSessionTokenRequest, context: RequestContext): GetSessionTokenResponse {
  const seconds = checkRange(input.DurationSeconds ?? 12 * HOUR, 'durationSeconds', [900, 36 * HOUR], CODE);
  return { Credentials: credentials(context, context.callerArn, seconds) };
}

function credentials({ world }: RequestContext, callerArn: string, seconds: number): Credentials {
  const expiresAt = world.now() + seconds * 1000;
  const { accessKeyId, secretAccessKey, sessionToken } = world.keys.session(callerArn, { expiresAt });
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: new Date(expiresAt),
  };
}

/** AWS Security Token Service. */
export const sts: Service = {
  name: 'sts',
  signingNames: ['sts'],
  sdk: () => import('@aws-sdk/client-sts'),
  operations: {
    AssumeRole: assumeRole,
    GetCallerIdentity: getCallerIdentity,
    GetSessionToken: getSessionToken,
  },
};
