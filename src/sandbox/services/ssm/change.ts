import type {
  AddTagsToResourceRequest,
  DeleteParameterRequest,
  DeleteParametersRequest,
  DeleteParametersResult,
  LabelParameterVersionRequest,
  LabelParameterVersionResult,
  ListTagsForResourceRequest,
  ListTagsForResourceResult,
  RemoveTagsFromResourceRequest,
  UnlabelParameterVersionRequest,
  UnlabelParameterVersionResult,
} from '@aws-sdk/client-ssm';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, remove } from '../../kernel/table.ts';
import { checkTags, tagList, tagMap, withoutTags } from '../common/tags.ts';
import { required } from '../common/validation.ts';
import { checkNames, versionNotFound } from './read.ts';
import { existing, nameOf, newest, ssmState, type ParameterRecord, type ParameterVersion } from './state.ts';

const MOST_LABELS = 10;
const MOST_TAGS = 50;

/** @throws AwsError ParameterNotFound */
export function deleteParameter({ Name }: DeleteParameterRequest, scope: Scope): object {
  remove(ssmState(scope).parameters, existing(scope, required(Name, 'name')).name);
  return {};
}

function deleteParameters({ Names }: DeleteParametersRequest, scope: Scope): DeleteParametersResult {
  const { parameters } = ssmState(scope);
  const result = { DeletedParameters: [] as string[], InvalidParameters: [] as string[] };
  for (const name of new Set(checkNames(Names))) {
    const record = own(parameters, nameOf(name, scope));
    if (record === undefined) result.InvalidParameters.push(name);
    else {
      remove(parameters, record.name);
      result.DeletedParameters.push(name);
    }
  }
  return result;
}

/** A label names one version of a parameter at a time: where another has it, it moves. */
function labelParameterVersion(
  input: LabelParameterVersionRequest,
  scope: Scope,
): LabelParameterVersionResult {
  const record = existing(scope, required(input.Name, 'name'));
  const target = versionOf(record, input.ParameterVersion ?? newest(record).version);
  const labels = required(input.Labels, 'labels');
  const valid = labels.filter(isLabel);
  const together = new Set([...target.labels, ...valid]);
  if (together.size > MOST_LABELS) {
    throw new AwsError(
      'ParameterVersionLabelLimitExceeded',
      'A parameter version can have maximum 10 labels. Move one or more labels to another version and try again.',
    );
  }
  for (const version of record.versions)
    version.labels = version.labels.filter((label) => !valid.includes(label));
  target.labels = [...together];
  return { InvalidLabels: labels.filter((label) => !isLabel(label)), ParameterVersion: target.version };
}

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-labels.html */
function isLabel(label: string): boolean {
  return /^[a-zA-Z_.-][a-zA-Z0-9_.-]{0,99}$/.test(label) && !/^(?:aws|ssm)/i.test(label);
}

function unlabelParameterVersion(
  input: UnlabelParameterVersionRequest,
  scope: Scope,
): UnlabelParameterVersionResult {
  const record = existing(scope, required(input.Name, 'name'));
  const target = versionOf(record, required(input.ParameterVersion, 'parameterVersion'));
  const labels = required(input.Labels, 'labels');
  const [RemovedLabels, InvalidLabels] = [true, false].map((held) =>
    labels.filter((label) => target.labels.includes(label) === held),
  );
  target.labels = target.labels.filter((label) => !labels.includes(label));
  return { RemovedLabels, InvalidLabels };
}

function versionOf({ name, versions }: ParameterRecord, wanted: number): ParameterVersion {
  const found = versions.find(({ version }) => version === wanted);
  if (found === undefined) throw versionNotFound(name, wanted);
  return found;
}

/**
 * The parameter whose tags a request is about.
 * @throws AwsError InvalidResourceType, InvalidResourceId
 */
function tagged(
  scope: Scope,
  { ResourceType, ResourceId }: { ResourceType?: string | undefined; ResourceId?: string | undefined },
): ParameterRecord {
  if (required(ResourceType, 'resourceType') !== 'Parameter') {
    throw new AwsError('InvalidResourceType', 'Invalid Resource Type');
  }
  const record = own(ssmState(scope).parameters, nameOf(required(ResourceId, 'resourceId'), scope));
  if (record === undefined) throw new AwsError('InvalidResourceId', 'Invalid Resource Id');
  return record;
}

function addTagsToResource(input: AddTagsToResourceRequest, scope: Scope): object {
  const record = tagged(scope, input);
  const added = tagMap(required(input.Tags, 'tags'));
  checkTags(added);
  const tags = { ...record.tags, ...added };
  if (Object.keys(tags).length > MOST_TAGS) {
    throw new AwsError('TooManyTagsError', `The resource has more than ${MOST_TAGS} tags.`);
  }
  record.tags = tags;
  return {};
}

function removeTagsFromResource(input: RemoveTagsFromResourceRequest, scope: Scope): object {
  const record = tagged(scope, input);
  record.tags = withoutTags(record.tags, required(input.TagKeys, 'tagKeys'));
  return {};
}

function listTagsForResource(input: ListTagsForResourceRequest, scope: Scope): ListTagsForResourceResult {
  return { TagList: tagList(tagged(scope, input).tags) };
}

export const changeOperations = {
  DeleteParameter: deleteParameter,
  DeleteParameters: deleteParameters,
  LabelParameterVersion: labelParameterVersion,
  UnlabelParameterVersion: unlabelParameterVersion,
  AddTagsToResource: addTagsToResource,
  RemoveTagsFromResource: removeTagsFromResource,
  ListTagsForResource: listTagsForResource,
};
