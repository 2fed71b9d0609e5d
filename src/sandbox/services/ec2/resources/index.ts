import type { ResourceProvider } from '../../../providers/provider.ts';
import { aclResources } from './acls.ts';
import { computeResources } from './compute.ts';
import { gatewayResources } from './gateways.ts';
import { networkResources } from './network.ts';
import { routeResources } from './routes.ts';
import { securityResources } from './security.ts';

export const ec2Resources: readonly ResourceProvider[] = [
  ...networkResources,
  ...gatewayResources,
  ...routeResources,
  ...aclResources,
  ...securityResources,
  ...computeResources,
];
