import type {
  AddRoleToInstanceProfileRequest,
  CreateInstanceProfileRequest,
  CreateInstanceProfileResponse,
  DeleteInstanceProfileRequest,
  GetInstanceProfileRequest,
  GetInstanceProfileResponse,
  InstanceProfile,
  ListInstanceProfilesForRoleRequest,
  ListInstanceProfilesForRoleResponse,
  ListInstanceProfilesRequest,
  ListInstanceProfilesResponse,
  RemoveRoleFromInstanceProfileRequest,
} from '@aws-sdk/client-iam';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, put, remove, sorted } from '../../kernel/table.ts';
import { pageOf } from '../common/paging.ts';
import { tagList, tagMap } from '../common/tags.ts';
import { checkName, checkPath, invalidMarker } from './checks.ts';
import { roleOperations } from './roles.ts';
import {
  alreadyExists,
  deleteConflict,
  iamArn,
  iamState,
  noSuchEntity,
  profileNamed,
  roleNamed,
  type InstanceProfileRecord,
} from './state.ts';

const PAGE = 100;

function described(profile: InstanceProfileRecord, scope: Scope): InstanceProfile {
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: profile.arn,
    CreateDate: new Date(profile.createdAt),
    Roles: profile.roles.flatMap((name) => roleOperations.GetRole({ RoleName: name }, scope).Role ?? []),
    Tags: tagList(profile.tags),
  };
}

/** @throws AwsError EntityAlreadyExists */
export function createInstanceProfile(
  input: CreateInstanceProfileRequest,
  scope: Scope,
): InstanceProfileRecord {
  const name = checkName(input.InstanceProfileName, 'instanceProfileName', 128);
  const path = checkPath(input.Path);
  const { profiles } = iamState(scope);
  if (own(profiles, name) !== undefined) throw alreadyExists(`Instance Profile ${name} already exists.`);
  return put(profiles, name, {
    name,
    path,
    id: `AIPA${scope.world.ids.suffix(17)}`,
    arn: iamArn(scope, `instance-profile${path}${name}`),
    createdAt: scope.world.now(),
    tags: tagMap(input.Tags as { Key?: string; Value?: string }[] | undefined),
    roles: [],
  });
}

/** @throws AwsError NoSuchEntity, LimitExceeded for a second role */
export function addRole(input: AddRoleToInstanceProfileRequest, scope: Scope): object {
  const profile = profileNamed(scope, input.InstanceProfileName);
  const role = roleNamed(scope, input.RoleName);
  if (profile.roles.length > 0) {
    throw new AwsError('LimitExceeded', 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1', 409);
  }
  profile.roles.push(role.name);
  return {};
}

export function removeRole(input: RemoveRoleFromInstanceProfileRequest, scope: Scope): object {
  const profile = profileNamed(scope, input.InstanceProfileName);
  const name = input.RoleName ?? '';
  if (!profile.roles.includes(name)) {
    throw noSuchEntity(`The role with name ${name} cannot be found.`);
  }
  profile.roles = profile.roles.filter((role) => role !== name);
  return {};
}

/** @throws AwsError NoSuchEntity, DeleteConflict while it has a role */
export function deleteInstanceProfile(input: DeleteInstanceProfileRequest, scope: Scope): object {
  const profile = profileNamed(scope, input.InstanceProfileName);
  if (profile.roles.length > 0) {
    throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.');
  }
  remove(iamState(scope).profiles, profile.name);
  return {};
}

function listed(
  profiles: readonly InstanceProfileRecord[],
  input: ListInstanceProfilesRequest,
  scope: Scope,
) {
  const { items, nextToken } = pageOf(profiles, input.MaxItems ?? PAGE, input.Marker, invalidMarker);
  return {
    InstanceProfiles: items.map((profile) => described(profile, scope)),
    IsTruncated: nextToken !== undefined,
    ...(nextToken !== undefined && { Marker: nextToken }),
  };
}

export const profileOperations = {
  CreateInstanceProfile: (
    input: CreateInstanceProfileRequest,
    scope: Scope,
  ): CreateInstanceProfileResponse => ({
    InstanceProfile: described(createInstanceProfile(input, scope), scope),
  }),
  GetInstanceProfile: (input: GetInstanceProfileRequest, scope: Scope): GetInstanceProfileResponse => ({
    InstanceProfile: described(profileNamed(scope, input.InstanceProfileName), scope),
  }),
  ListInstanceProfiles: (input: ListInstanceProfilesRequest, scope: Scope): ListInstanceProfilesResponse =>
    listed(
      sorted(iamState(scope).profiles).filter(({ path }) => path.startsWith(input.PathPrefix ?? '/')),
      input,
      scope,
    ),
  ListInstanceProfilesForRole: (
    input: ListInstanceProfilesForRoleRequest,
    scope: Scope,
  ): ListInstanceProfilesForRoleResponse => {
    const { name } = roleNamed(scope, input.RoleName);
    const holding = sorted(iamState(scope).profiles).filter(({ roles }) => roles.includes(name));
    return listed(holding, input, scope);
  },
  AddRoleToInstanceProfile: addRole,
  RemoveRoleFromInstanceProfile: removeRole,
  DeleteInstanceProfile: deleteInstanceProfile,
};
