import type { GetUserRequest, GetUserResponse } from '@aws-sdk/client-iam';
import type { RequestContext } from '../../kernel/world.ts';
import { noSuchEntity } from './state.ts';

/** The account has one user, whose keys are those of `sandbox env`. */
const NAME = 'sandbox';
const CREATED = '2026-01-01T00:00:00Z';

/**
 * Tells of the user who asks, or of one by name.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html
 * @throws AwsError NoSuchEntity
 */
function getUser({ UserName }: GetUserRequest, { accountId, partition }: RequestContext): GetUserResponse {
  if (UserName !== undefined && UserName !== NAME) {
    throw noSuchEntity(`The user with name ${UserName} cannot be found.`);
  }
  return {
    User: {
      Path: '/',
      UserName: NAME,
      UserId: 'AIDASANDBOX0000000001',
      Arn: `arn:${partition}:iam::${accountId}:user/${NAME}`,
      CreateDate: new Date(CREATED),
    },
  };
}

export const userOperations = { GetUser: getUser };
