import type {
  ListTagsRequest,
  ListTagsResponse,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-lambda';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { checkTags, withoutTags } from '../../common/tags.ts';
import { required } from '../../common/validation.ts';
import { functionNamed, type FunctionRecord } from '../state.ts';

const MOST_TAGS = 50;

function taggedWith(scope: Scope, resource: string | undefined): FunctionRecord {
  return functionNamed(scope, required(resource, 'resource'));
}

function tagResource({ Resource, Tags = {} }: TagResourceRequest, scope: Scope): object {
  const record = taggedWith(scope, Resource);
  checkTags(
    Tags,
    () =>
      new AwsError(
        'InvalidParameterValueException',
        'The tag keys with prefix aws: are reserved for system use.',
      ),
  );
  const tags = { ...record.tags, ...Tags };
  if (Object.keys(tags).length > MOST_TAGS) {
    throw new AwsError(
      'InvalidParameterValueException',
      `The number of tags on the function exceeds the limit of ${MOST_TAGS}.`,
    );
  }
  record.tags = tags;
  return {};
}

function untagResource({ Resource, TagKeys }: UntagResourceRequest, scope: Scope): object {
  const record = taggedWith(scope, Resource);
  record.tags = withoutTags(record.tags, TagKeys);
  return {};
}

function listTags({ Resource }: ListTagsRequest, scope: Scope): ListTagsResponse {
  return { Tags: taggedWith(scope, Resource).tags };
}

export const tagOperations = { TagResource: tagResource, UntagResource: untagResource, ListTags: listTags };
