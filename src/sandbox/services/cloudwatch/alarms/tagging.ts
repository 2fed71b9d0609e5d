import type {
  ListTagsForResourceInput,
  ListTagsForResourceOutput,
  TagResourceInput,
  UntagResourceInput,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { checkTags, tagList, tagMap, withoutTags } from '../../common/tags.ts';
import { alarmNamed, type AlarmRecord } from '../state/state.ts';

/** @throws AwsError ResourceNotFoundException (404) for what is no alarm */
function tagged(scope: Scope, resource: string | undefined): AlarmRecord {
  const [, name] = /^arn:[^:]+:cloudwatch:[^:]*:\d*:alarm:(.+)$/.exec(resource ?? '') ?? [];
  if (name !== undefined) return alarmNamed(scope, name);
  throw new AwsError('ResourceNotFoundException', `There is no resource ${resource ?? ''}`, 404);
}

export const tagOperations = {
  TagResource({ ResourceARN, Tags }: TagResourceInput, scope: Scope): object {
    const alarm = tagged(scope, ResourceARN);
    const tags = tagMap(Tags);
    checkTags(tags);
    alarm.tags = { ...alarm.tags, ...tags };
    return {};
  },
  UntagResource({ ResourceARN, TagKeys }: UntagResourceInput, scope: Scope): object {
    const alarm = tagged(scope, ResourceARN);
    alarm.tags = withoutTags(alarm.tags, TagKeys);
    return {};
  },
  ListTagsForResource: (
    { ResourceARN }: ListTagsForResourceInput,
    scope: Scope,
  ): ListTagsForResourceOutput => ({ Tags: tagList(tagged(scope, ResourceARN).tags) }),
};
