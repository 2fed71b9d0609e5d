import type { Properties, ResourceContext } from '../../../providers/provider.ts';
import { tagsOf } from '../../../providers/properties.ts';
import { ec2State } from '../state/state.ts';
import { replaceTags } from '../tagging/tags.ts';

/** Gives a resource the tags that its template says, and its stack's. */
export function retag(id: string, properties: Properties, context: ResourceContext): void {
  replaceTags(ec2State(context), id, tagsOf(properties, context.tags));
}
