import type { ResourceProvider } from '../../../providers/provider.ts';
import { groupResource } from './group.ts';
import { partResources } from './parts.ts';

export const autoScalingResources: readonly ResourceProvider[] = [groupResource, ...partResources];
