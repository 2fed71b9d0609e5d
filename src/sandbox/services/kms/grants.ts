import type {
  CreateGrantRequest,
  CreateGrantResponse,
  GrantListEntry,
  GrantOperation,
  ListGrantsRequest,
  ListGrantsResponse,
  RetireGrantRequest,
  RevokeGrantRequest,
} from '@aws-sdk/client-kms';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, put, remove } from '../../kernel/table.ts';
import { pageOf } from '../common/paging.ts';
import { checkRange, constraintFault, required } from '../common/validation.ts';
import { checkNotDoomed, keyNamed, kmsState, notFound } from './state.ts';

function createGrant(input: CreateGrantRequest, scope: Scope): CreateGrantResponse {
  const key = keyNamed(scope, required(input.KeyId, 'keyId'));
  checkNotDoomed(key);
  const operations = required(input.Operations, 'operations');
  if (operations.length === 0)
    throw constraintFault('operations', 'Member must have length greater than or equal to 1');
  const grantId = scope.world.ids.hex('', 64);
  put(key.grants, grantId, {
    grantId,
    createdAt: scope.world.now(),
    granteePrincipal: required(input.GranteePrincipal, 'granteePrincipal'),
    ...(input.RetiringPrincipal !== undefined && { retiringPrincipal: input.RetiringPrincipal }),
    operations: [...operations],
    ...(input.Name !== undefined && { name: input.Name }),
    ...(input.Constraints !== undefined && { constraints: { ...input.Constraints } }),
  });
  return { GrantId: grantId, GrantToken: Buffer.from(`${key.keyId}/${grantId}`).toString('base64url') };
}

function listGrants(
  { KeyId, GrantId, GranteePrincipal, Limit = 50, Marker }: ListGrantsRequest,
  scope: Scope,
): ListGrantsResponse {
  const key = keyNamed(scope, required(KeyId, 'keyId'));
  const { items, nextToken } = pageOf(
    Object.values(key.grants).filter(
      (grant) =>
        (GrantId === undefined || grant.grantId === GrantId) &&
        (GranteePrincipal === undefined || grant.granteePrincipal === GranteePrincipal),
    ),
    checkRange(Limit, 'limit', [1, 100]),
    Marker,
    () => new AwsError('InvalidMarkerException', 'Could not deserialize marker'),
  );
  return {
    Grants: items.map((grant): GrantListEntry => ({
      KeyId: key.arn,
      GrantId: grant.grantId,
      Name: grant.name ?? '',
      CreationDate: new Date(grant.createdAt),
      GranteePrincipal: grant.granteePrincipal,
      RetiringPrincipal: grant.retiringPrincipal,
      IssuingAccount: `arn:${scope.partition}:iam::${scope.accountId}:root`,
      Operations: grant.operations as GrantOperation[],
      Constraints: grant.constraints,
    })),
    NextMarker: nextToken,
    Truncated: nextToken !== undefined,
  };
}

function revokeGrant({ KeyId, GrantId }: RevokeGrantRequest, scope: Scope): object {
  const key = keyNamed(scope, required(KeyId, 'keyId'));
  const id = required(GrantId, 'grantId');
  if (own(key.grants, id) === undefined) throw notFound(`Grant ID ${id} not found`);
  remove(key.grants, id);
  return {};
}

function retireGrant({ KeyId, GrantId, GrantToken }: RetireGrantRequest, scope: Scope): object {
  const [tokenKey, tokenGrant] = Buffer.from(GrantToken ?? '', 'base64url')
    .toString()
    .split('/');
  const keyId = KeyId ?? tokenKey;
  if (GrantToken !== undefined && own(kmsState(scope).keys, tokenKey) === undefined) {
    throw new AwsError('InvalidGrantTokenException', 'Invalid grant token');
  }
  return revokeGrant({ KeyId: keyId, GrantId: GrantId ?? tokenGrant }, scope);
}

export const grantOperations = {
  CreateGrant: createGrant,
  ListGrants: listGrants,
  RevokeGrant: revokeGrant,
  RetireGrant: retireGrant,
};
