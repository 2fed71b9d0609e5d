import type {
  CreateOrUpdateTagsType,
  DeleteTagsType,
  DescribeTagsType,
  TagDescription,
  TagsType,
} from '@aws-sdk/client-auto-scaling';
import type { Scope } from '../../kernel/world.ts';
import { describedPage, groupNamed, required, validationError } from './errors.ts';
import { describedTags } from './groups/description.ts';
import { tagsAsked } from './groups/settings.ts';
import { groupsOf } from './state.ts';

/** Tags of groups; instances get those that propagate when they are launched, and not later. */
function createOrUpdateTags(input: CreateOrUpdateTagsType, scope: Scope): object {
  for (const tag of required(input.Tags, 'tags')) {
    const group = groupNamed(scope, tag.ResourceId);
    const [added] = tagsAsked([tag]);
    if (added !== undefined) group.tags = [...group.tags.filter(({ key }) => key !== added.key), added];
  }
  return {};
}

function deleteTags(input: DeleteTagsType, scope: Scope): object {
  for (const tag of required(input.Tags, 'tags')) {
    const group = groupNamed(scope, tag.ResourceId);
    group.tags = group.tags.filter(({ key }) => key !== tag.Key);
  }
  return {};
}

function describeTags(input: DescribeTagsType, scope: Scope): TagsType {
  const reads: Readonly<Record<string, (tag: TagDescription) => string | undefined>> = {
    'auto-scaling-group': ({ ResourceId }) => ResourceId,
    key: ({ Key }) => Key,
    value: ({ Value }) => Value,
    'propagate-at-launch': ({ PropagateAtLaunch }) => String(PropagateAtLaunch),
  };
  const all = Object.values(groupsOf(scope)).flatMap(describedTags);
  const asked = all.filter((tag) =>
    (input.Filters ?? []).every(({ Name = '', Values = [] }) => {
      const read = reads[Name];
      if (read === undefined) {
        throw validationError(
          `Filter type ${Name} is not correct. Allowed filter types are: ${Object.keys(reads).join(' ')}`,
        );
      }
      return Values.includes(read(tag) ?? '');
    }),
  );
  const { items, nextToken } = describedPage(asked, input);
  return { Tags: items, NextToken: nextToken };
}

export const tagOperations = {
  CreateOrUpdateTags: createOrUpdateTags,
  DeleteTags: deleteTags,
  DescribeTags: describeTags,
};
