import type { GetAuthorizationTokenRequest, GetAuthorizationTokenResponse } from '@aws-sdk/client-ecr';
import { AwsError } from '../../kernel/errors.ts';
import type { RequestContext, Service } from '../../kernel/world.ts';

const HOURS = 12;
const PASSWORD_BYTES = 120;

/**
 * One token for each registry asked for, or for the account's own. ECR's are good for twelve hours.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
 */
function getAuthorizationToken(
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- ECR still answers a token for each of them
  { registryIds }: GetAuthorizationTokenRequest,
  { world, accountId, region, partition }: RequestContext,
): GetAuthorizationTokenResponse {
  const registries = registryIds === undefined || registryIds.length === 0 ? [accountId] : registryIds;
  const wrong = registries.find((id) => !/^[0-9]{12}$/.test(id));
  if (wrong !== undefined) {
    throw new AwsError(
      'InvalidParameterException',
      `Invalid parameter at 'registryIds' failed to satisfy constraint: '${wrong}' is no account`,
    );
  }
  const expiresAt = new Date(world.now() + HOURS * 3_600_000);
  return {
    authorizationData: registries.map((registry) => ({
      authorizationToken: Buffer.from(`AWS:${world.ids.hex('', PASSWORD_BYTES)}`).toString('base64'),
      expiresAt,
      proxyEndpoint: `https://${registry}.dkr.ecr.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`,
    })),
  };
}

/** Amazon ECR as far as logging into its registries goes; it keeps no images. */
export const ecr: Service = {
  name: 'ecr',
  signingNames: ['ecr'],
  sdk: () => import('@aws-sdk/client-ecr'),
  operations: { GetAuthorizationToken: getAuthorizationToken },
};
