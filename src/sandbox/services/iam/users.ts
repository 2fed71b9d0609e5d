import type { GetUserRequest, GetUserResponse } from '@aws-sdk/client-iam';
import type { RequestContext } from '../../kernel/world.ts';
import { noSuchEntity } from './state.ts';

/** The account has one user, whose keys are those of `sandbox env`. */
const NAME = 'sandbox';

/**
 * Tells of the user who asks, or of one by name.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html
 * @throws AwsError NoSuchEntity
 */
function getUser({ UserName }: GetUserRequest, { accountId, partition, world }: RequestContext): GetUserResponse {
  if (UserName !== undefined && UserName !== NAME) {
    throw noSuchEntity(`The user with name ${UserName} cannot be found.`);
  }
  return {
    User: {
      Path: '/',
      UserName: NAME,
      UserId: 'AIDASANDBOX0000000001',
      Arn: `arn:${partition}:iam::${accountId}:user/${NAME}`,
      CreateDate: new Date(world.state.begun),
    },
  };
}

export const userOperations = { GetUser: getUser };
