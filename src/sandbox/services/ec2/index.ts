import type { ProvidingService } from '../../providers/service.ts';
import { catalogueOperations } from './catalogue/operations.ts';
import { withDryRun } from './common/dry-run.ts';
import { imageOperations } from './compute/images.ts';
import { instanceOperations } from './compute/instances.ts';
import { keyPairOperations } from './compute/key-pairs.ts';
import { launchTemplateOperations } from './compute/launch-templates.ts';
import { runTransitions, TRANSITIONS_TASK } from './compute/lifecycle.ts';
import { templateVersionOperations } from './compute/template-versions.ts';
import { volumeOperations } from './compute/volumes.ts';
import { accountOperations } from './network/account.ts';
import { aclEntryOperations } from './network/acl-entries.ts';
import { aclOperations } from './network/acls.ts';
import { dhcpOptionsOperations } from './network/dhcp-options.ts';
import { flowLogOperations } from './network/flow-logs.ts';
import { interfaceOperations } from './network/interfaces.ts';
import { subnetOperations } from './network/subnets.ts';
import { vpcOperations } from './network/vpcs.ts';
import { ec2Resources } from './resources/index.ts';
import { addressOperations } from './routing/addresses.ts';
import { endpointOperations } from './routing/endpoints.ts';
import { internetGatewayOperations } from './routing/internet-gateways.ts';
import { natGatewayOperations } from './routing/nat-gateways.ts';
import { routeTableOperations } from './routing/route-tables.ts';
import { routeOperations } from './routing/routes.ts';
import { groupOperations } from './security/groups.ts';
import { ruleOperations } from './security/rules.ts';
import { tagOperations } from './tagging/tags.ts';

/** Amazon EC2: networks, images, launch templates and instances. */
export const ec2: ProvidingService = {
  name: 'ec2',
  signingNames: ['ec2'],
  sdk: () => import('@aws-sdk/client-ec2'),
  operations: withDryRun({
    ...accountOperations,
    ...aclOperations,
    ...aclEntryOperations,
    ...dhcpOptionsOperations,
    ...catalogueOperations,
    ...vpcOperations,
    ...subnetOperations,
    ...interfaceOperations,
    ...flowLogOperations,
    ...internetGatewayOperations,
    ...routeTableOperations,
    ...routeOperations,
    ...natGatewayOperations,
    ...addressOperations,
    ...endpointOperations,
    ...groupOperations,
    ...ruleOperations,
    ...launchTemplateOperations,
    ...templateVersionOperations,
    ...keyPairOperations,
    ...imageOperations,
    ...volumeOperations,
    ...instanceOperations,
    ...tagOperations,
  }),
  resources: ec2Resources,
  tasks: { [TRANSITIONS_TASK]: runTransitions },
};
