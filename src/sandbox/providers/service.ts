import type { Service, World } from '../kernel/world.ts';
import type { ResourceProvider } from './provider.ts';

/** A service whose resources templates can ask for. */
export interface ProvidingService extends Service {
  /** One for each resource type, as `AWS::EC2::VPC`. */
  readonly resources: readonly ResourceProvider[];
}

/** The providers of all services of the world. */
export function providersOf(world: World): ResourceProvider[] {
  return [...world.services()].flatMap((service) => (provides(service) ? service.resources : []));
}

function provides(service: Service): service is ProvidingService {
  return 'resources' in service;
}
