import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { clientSettings } from '../program/aws.ts';
import type { EcrToken } from './registries.ts';

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html */
export async function ecrToken(region: string): Promise<EcrToken> {
  const { authorizationData: [data] = [] } = await new ECRClient(clientSettings(region)).send(
    new GetAuthorizationTokenCommand({}),
  );
  const decoded = Buffer.from(data?.authorizationToken ?? '', 'base64').toString();
  const colon = decoded.indexOf(':');
  return {
    user: decoded.slice(0, colon),
    password: decoded.slice(colon + 1),
    registry: (data?.proxyEndpoint ?? '').replace(/^https:\/\//, ''),
  };
}
