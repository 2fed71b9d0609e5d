import type {
  AliasListEntry,
  CreateAliasRequest,
  DeleteAliasRequest,
  ListAliasesRequest,
  ListAliasesResponse,
  UpdateAliasRequest,
} from '@aws-sdk/client-kms';
import { AwsError } from '../../kernel/errors.ts';
import { arn } from '../../kernel/location.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, put, remove, sorted } from '../../kernel/table.ts';
import { pageOf } from '../common/paging.ts';
import { checkRange, checkText, required } from '../common/validation.ts';
import { ownKey } from './keys.ts';
import { checkNotDoomed, keyNamed, kmsState, notFound, type AliasRecord } from './state.ts';

const NAME = { least: 1, most: 256, pattern: '^[a-zA-Z0-9:/_-]+$' };

function checkName(given: string | undefined): string {
  const name = checkText(required(given, 'aliasName'), 'aliasName', NAME);
  if (!name.startsWith('alias/')) throw new AwsError('ValidationException', 'Invalid identifier');
  if (name.startsWith('alias/aws/'))
    throw new AwsError('NotAuthorizedException', 'The alias is reserved for AWS.');
  return name;
}

/** @throws AwsError AlreadyExistsException, NotFoundException, ValidationException */
export function createAlias({ AliasName, TargetKeyId }: CreateAliasRequest, scope: Scope): object {
  const name = checkName(AliasName);
  const { aliases } = kmsState(scope);
  const key = ownKey(scope, TargetKeyId);
  checkNotDoomed(key);
  if (own(aliases, name) !== undefined) {
    throw new AwsError(
      'AlreadyExistsException',
      `An alias with the name ${arn(scope, 'kms', name)} already exists`,
    );
  }
  const now = scope.world.now();
  put(aliases, name, { name, createdAt: now, updatedAt: now, targetKeyId: key.keyId });
  return {};
}

export function updateAlias({ AliasName, TargetKeyId }: UpdateAliasRequest, scope: Scope): object {
  const alias = existing(scope, checkName(AliasName));
  alias.targetKeyId = ownKey(scope, TargetKeyId).keyId;
  alias.updatedAt = scope.world.now();
  return {};
}

export function deleteAlias({ AliasName }: DeleteAliasRequest, scope: Scope): object {
  remove(kmsState(scope).aliases, existing(scope, checkName(AliasName)).name);
  return {};
}

function existing(scope: Scope, name: string): AliasRecord {
  const alias = own(kmsState(scope).aliases, name);
  if (alias === undefined) throw notFound(`Alias ${arn(scope, 'kms', name)} is not found.`);
  return alias;
}

function listAliases({ KeyId, Limit = 50, Marker }: ListAliasesRequest, scope: Scope): ListAliasesResponse {
  const target = KeyId === undefined ? undefined : keyNamed(scope, KeyId).keyId;
  const { items, nextToken } = pageOf(
    sorted(kmsState(scope).aliases).filter(
      ({ targetKeyId }) => target === undefined || targetKeyId === target,
    ),
    checkRange(Limit, 'limit', [1, 100]),
    Marker,
    () => new AwsError('InvalidMarkerException', 'Could not deserialize marker'),
  );
  const entry = ({ name, targetKeyId, createdAt, updatedAt }: AliasRecord): AliasListEntry => ({
    AliasName: name,
    AliasArn: arn(scope, 'kms', name),
    TargetKeyId: targetKeyId,
    CreationDate: new Date(createdAt),
    LastUpdatedDate: new Date(updatedAt),
  });
  return { Aliases: items.map(entry), NextMarker: nextToken, Truncated: nextToken !== undefined };
}

export const aliasOperations = {
  CreateAlias: createAlias,
  UpdateAlias: updateAlias,
  DeleteAlias: deleteAlias,
  ListAliases: listAliases,
};
