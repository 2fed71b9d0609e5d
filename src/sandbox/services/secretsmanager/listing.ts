import type {
  DescribeSecretRequest,
  Filter,
  ListSecretsRequest,
  ListSecretsResponse,
  SecretListEntry,
} from '@aws-sdk/client-secrets-manager';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { pageOf } from '../common/paging.ts';
import { tagList } from '../common/tags.ts';
import { checkRange, checkText, required } from '../common/validation.ts';
import { secretNamed, secretsState, type SecretRecord } from './state.ts';

const DAY = 86_400_000;

function described(secret: SecretRecord) {
  const { description, kmsKeyId, accessedAt, markedAt } = secret;
  return {
    ARN: secret.arn,
    Name: secret.name,
    ...(description !== undefined && { Description: description }),
    ...(kmsKeyId !== undefined && { KmsKeyId: kmsKeyId }),
    CreatedDate: new Date(secret.createdAt),
    LastChangedDate: new Date(secret.changedAt),
    // Secrets Manager tells the day only.
    ...(accessedAt !== undefined && { LastAccessedDate: new Date(accessedAt - (accessedAt % DAY)) }),
    ...(markedAt !== undefined && { DeletedDate: new Date(markedAt) }),
    Tags: tagList(secret.tags),
  };
}

function stages({ versions }: SecretRecord): Record<string, string[]> {
  return Object.fromEntries(
    versions.filter(({ stages }) => stages.length > 0).map(({ id, stages }) => [id, stages]),
  );
}

function describeSecret({ SecretId }: DescribeSecretRequest, scope: Scope) {
  const secret = secretNamed(scope, required(SecretId, 'secretId'));
  return { ...described(secret), VersionIdsToStages: stages(secret) };
}

function listSecrets(input: ListSecretsRequest, scope: Scope): ListSecretsResponse {
  const listed = Object.values(secretsState(scope).secrets)
    .filter(({ deletedAt }) => deletedAt === undefined || input.IncludePlannedDeletion === true)
    .filter((secret) => (input.Filters ?? []).every((filter) => passes(secret, filter)))
    .sort((left, right) => left.createdAt - right.createdAt);
  const { items, nextToken } = pageOf(
    input.SortOrder === 'asc' ? listed : listed.reverse(),
    checkRange(input.MaxResults ?? 100, 'maxResults', [1, 100]),
    input.NextToken,
    () => new AwsError('InvalidNextTokenException', 'Invalid token'),
  );
  return {
    SecretList: items.map((secret): SecretListEntry => ({
      ...described(secret),
      SecretVersionsToStages: stages(secret),
    })),
    NextToken: nextToken,
  };
}

const KEYS = ['description', 'name', 'tag-key', 'tag-value', 'primary-region', 'owning-service', 'all'];

/**
 * Names and tags begin with one of the values, descriptions and "all" have it in them; "!" before a value turns it round.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_search-secret.html
 */
function passes(secret: SecretRecord, { Key, Values = [] }: Filter): boolean {
  const key = checkText(required(Key, 'filters.1.member.key'), 'filters.1.member.key', { values: KEYS });
  return Values.some((value) =>
    value.startsWith('!') ? !holds(secret, key, value.slice(1)) : holds(secret, key, value),
  );
}

function holds({ name, description = '', tags }: SecretRecord, key: string, value: string): boolean {
  const begins = (text: string) => text.startsWith(value);
  const contains = (text: string) => text.toLowerCase().includes(value.toLowerCase());
  switch (key) {
    case 'name':
      return begins(name);
    case 'tag-key':
      return Object.keys(tags).some(begins);
    case 'tag-value':
      return Object.values(tags).some(begins);
    case 'description':
      return contains(description);
    case 'all':
      return [name, description, ...Object.keys(tags), ...Object.values(tags)].some(contains);
    default:
      // No secret is replicated, and none belongs to a service.
      return false;
  }
}

export const listingOperations = { DescribeSecret: describeSecret, ListSecrets: listSecrets };
