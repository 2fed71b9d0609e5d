import type {
  AttachRolePolicyRequest,
  CreateRoleRequest,
  CreateRoleResponse,
  CreateServiceLinkedRoleRequest,
  CreateServiceLinkedRoleResponse,
  DeleteRolePermissionsBoundaryRequest,
  DeleteRolePolicyRequest,
  DeleteRoleRequest,
  DetachRolePolicyRequest,
  GetRolePolicyRequest,
  GetRolePolicyResponse,
  GetRoleRequest,
  GetRoleResponse,
  ListAttachedRolePoliciesRequest,
  ListAttachedRolePoliciesResponse,
  ListRolePoliciesRequest,
  ListRolePoliciesResponse,
  ListRolesRequest,
  ListRolesResponse,
  ListRoleTagsRequest,
  ListRoleTagsResponse,
  PutRolePermissionsBoundaryRequest,
  PutRolePolicyRequest,
  Role,
  TagRoleRequest,
  UntagRoleRequest,
  UpdateAssumeRolePolicyRequest,
  UpdateRoleRequest,
} from '@aws-sdk/client-iam';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, put, remove, sorted } from '../../kernel/table.ts';
import { pageOf } from '../common/paging.ts';
import { checkTags, tagList, tagMap, withoutTags } from '../common/tags.ts';
import { checkRange, required } from '../common/validation.ts';
import { checkName, checkPath, checkPolicy, invalidMarker } from './checks.ts';
import { policyName } from './managed-policies.ts';
import {
  alreadyExists,
  deleteConflict,
  iamArn,
  iamState,
  noSuchEntity,
  roleNamed,
  type RoleRecord,
} from './state.ts';

const HOUR = 3600;
/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MOST_ATTACHED = 10;
const PAGE = 100;

function described(role: RoleRecord): Role {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: encodeURIComponent(role.trustPolicy),
    ...(role.description !== undefined && { Description: role.description }),
    MaxSessionDuration: role.maxSession,
    ...(role.permissionsBoundary !== undefined && {
      PermissionsBoundary: {
        PermissionsBoundaryType: 'PermissionsBoundaryPolicy' as const,
        PermissionsBoundaryArn: role.permissionsBoundary,
      },
    }),
    Tags: tagList(role.tags),
    RoleLastUsed: {},
  };
}

/** @throws AwsError EntityAlreadyExists, MalformedPolicyDocument, NoSuchEntity for an unknown boundary */
export function createRole(input: CreateRoleRequest, scope: Scope): RoleRecord {
  const name = checkName(input.RoleName, 'roleName', 64);
  const path = checkPath(input.Path);
  const { roles } = iamState(scope);
  if (own(roles, name) !== undefined) throw alreadyExists(`Role with name ${name} already exists.`);
  const boundary = input.PermissionsBoundary;
  if (boundary !== undefined) policyName(scope, boundary);
  return put(roles, name, {
    name,
    path,
    id: `AROA${scope.world.ids.suffix(17)}`,
    arn: iamArn(scope, `role${path}${name}`),
    createdAt: scope.world.now(),
    tags: tagMap(input.Tags as { Key?: string; Value?: string }[] | undefined),
    trustPolicy: checkPolicy(input.AssumeRolePolicyDocument, 'trust'),
    description: input.Description,
    maxSession: checkRange(
      input.MaxSessionDuration ?? HOUR,
      'maxSessionDuration',
      [HOUR, 12 * HOUR],
      'ValidationError',
    ),
    permissionsBoundary: boundary,
    inlinePolicies: {},
    attachedPolicies: [],
  });
}

/** @throws AwsError NoSuchEntity, DeleteConflict while something hangs on it */
export function deleteRole({ RoleName }: DeleteRoleRequest, scope: Scope): object {
  const role = roleNamed(scope, RoleName);
  const { profiles, roles } = iamState(scope);
  if (sorted(profiles).some((profile) => profile.roles.includes(role.name))) {
    throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.');
  }
  if (role.attachedPolicies.length > 0) {
    throw deleteConflict('Cannot delete entity, must detach all policies first.');
  }
  if (Object.keys(role.inlinePolicies).length > 0) {
    throw deleteConflict('Cannot delete entity, must delete policies first.');
  }
  remove(roles, role.name);
  return {};
}

/** @throws AwsError NoSuchEntity, LimitExceeded */
export function attachRolePolicy(input: AttachRolePolicyRequest, scope: Scope): object {
  const role = roleNamed(scope, input.RoleName);
  const arn = required(input.PolicyArn, 'policyArn', 'ValidationError');
  policyName(scope, arn);
  if (role.attachedPolicies.includes(arn)) return {};
  if (role.attachedPolicies.length >= MOST_ATTACHED) {
    throw new AwsError('LimitExceeded', `Cannot exceed quota for PoliciesPerRole: ${MOST_ATTACHED}`, 409);
  }
  role.attachedPolicies.push(arn);
  return {};
}

export function detachRolePolicy(input: DetachRolePolicyRequest, scope: Scope): object {
  const role = roleNamed(scope, input.RoleName);
  const arn = input.PolicyArn ?? '';
  if (!role.attachedPolicies.includes(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
  role.attachedPolicies = role.attachedPolicies.filter((attached) => attached !== arn);
  return {};
}

/** @throws AwsError NoSuchEntity, MalformedPolicyDocument */
export function putRolePolicy(input: PutRolePolicyRequest, scope: Scope): object {
  const role = roleNamed(scope, input.RoleName);
  const name = checkName(input.PolicyName, 'policyName', 128);
  put(role.inlinePolicies, name, checkPolicy(input.PolicyDocument, 'permissions'));
  return {};
}

function inlinePolicy(role: RoleRecord, name: string | undefined): string {
  const document = own(role.inlinePolicies, name);
  if (document === undefined) throw noSuchEntity(`The role policy with name ${name ?? ''} cannot be found.`);
  return document;
}

export function deleteRolePolicy(input: DeleteRolePolicyRequest, scope: Scope): object {
  const role = roleNamed(scope, input.RoleName);
  inlinePolicy(role, input.PolicyName);
  remove(role.inlinePolicies, input.PolicyName ?? '');
  return {};
}

function paged<Item>(
  items: readonly Item[],
  input: { MaxItems?: number | undefined; Marker?: string | undefined },
) {
  const { items: page, nextToken } = pageOf(items, input.MaxItems ?? PAGE, input.Marker, invalidMarker);
  return {
    page,
    rest: { IsTruncated: nextToken !== undefined, ...(nextToken !== undefined && { Marker: nextToken }) },
  };
}

/** Amazon's services make roles for themselves, such as the one of Auto Scaling. */
function createServiceLinkedRole(
  input: CreateServiceLinkedRoleRequest,
  scope: Scope,
): CreateServiceLinkedRoleResponse {
  const service = required(input.AWSServiceName, 'AWSServiceName', 'ValidationError');
  const [word = ''] = service.split('.');
  const name = `AWSServiceRoleFor${word.charAt(0).toUpperCase()}${word.slice(1)}${input.CustomSuffix === undefined ? '' : `_${input.CustomSuffix}`}`;
  const { roles } = iamState(scope);
  if (own(roles, name) !== undefined) {
    throw new AwsError(
      'InvalidInput',
      `Service role name ${name} has been taken in this account, please try a different suffix.`,
    );
  }
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }],
  };
  const role = createRole(
    {
      RoleName: name,
      Path: `/aws-service-role/${service}/`,
      AssumeRolePolicyDocument: JSON.stringify(trust),
      Description: input.Description,
    },
    scope,
  );
  return { Role: described(role) };
}

export const roleOperations = {
  CreateRole: (input: CreateRoleRequest, scope: Scope): CreateRoleResponse => {
    checkTags(tagMap(input.Tags));
    return { Role: described(createRole(input, scope)) };
  },
  CreateServiceLinkedRole: createServiceLinkedRole,
  GetRole: (input: GetRoleRequest, scope: Scope): GetRoleResponse => ({
    Role: described(roleNamed(scope, input.RoleName)),
  }),
  ListRoles: (input: ListRolesRequest, scope: Scope): ListRolesResponse => {
    const prefix = input.PathPrefix ?? '/';
    const found = sorted(iamState(scope).roles).filter(({ path }) => path.startsWith(prefix));
    const { page, rest } = paged(found, input);
    return { Roles: page.map(described), ...rest };
  },
  DeleteRole: deleteRole,
  UpdateRole: (input: UpdateRoleRequest, scope: Scope) => {
    const role = roleNamed(scope, input.RoleName);
    if (input.Description !== undefined) role.description = input.Description;
    if (input.MaxSessionDuration !== undefined) role.maxSession = input.MaxSessionDuration;
    return {};
  },
  UpdateAssumeRolePolicy: (input: UpdateAssumeRolePolicyRequest, scope: Scope) => {
    roleNamed(scope, input.RoleName).trustPolicy = checkPolicy(input.PolicyDocument, 'trust');
    return {};
  },
  PutRolePermissionsBoundary: (input: PutRolePermissionsBoundaryRequest, scope: Scope) => {
    const arn = required(input.PermissionsBoundary, 'permissionsBoundary', 'ValidationError');
    policyName(scope, arn);
    roleNamed(scope, input.RoleName).permissionsBoundary = arn;
    return {};
  },
  DeleteRolePermissionsBoundary: (input: DeleteRolePermissionsBoundaryRequest, scope: Scope) => {
    roleNamed(scope, input.RoleName).permissionsBoundary = undefined;
    return {};
  },
  AttachRolePolicy: attachRolePolicy,
  DetachRolePolicy: detachRolePolicy,
  ListAttachedRolePolicies: (
    input: ListAttachedRolePoliciesRequest,
    scope: Scope,
  ): ListAttachedRolePoliciesResponse => {
    const { page, rest } = paged(roleNamed(scope, input.RoleName).attachedPolicies, input);
    return {
      AttachedPolicies: page.map((arn) => ({ PolicyArn: arn, PolicyName: policyName(scope, arn) })),
      ...rest,
    };
  },
  PutRolePolicy: putRolePolicy,
  GetRolePolicy: (input: GetRolePolicyRequest, scope: Scope): GetRolePolicyResponse => {
    const role = roleNamed(scope, input.RoleName);
    return {
      RoleName: role.name,
      PolicyName: input.PolicyName,
      PolicyDocument: encodeURIComponent(inlinePolicy(role, input.PolicyName)),
    };
  },
  ListRolePolicies: (input: ListRolePoliciesRequest, scope: Scope): ListRolePoliciesResponse => {
    const { page, rest } = paged(Object.keys(roleNamed(scope, input.RoleName).inlinePolicies).sort(), input);
    return { PolicyNames: page, ...rest };
  },
  DeleteRolePolicy: deleteRolePolicy,
  TagRole: (input: TagRoleRequest, scope: Scope) => {
    const role = roleNamed(scope, input.RoleName);
    const tags = tagMap(input.Tags);
    checkTags(tags);
    role.tags = { ...role.tags, ...tags };
    return {};
  },
  UntagRole: (input: UntagRoleRequest, scope: Scope) => {
    const role = roleNamed(scope, input.RoleName);
    role.tags = withoutTags(role.tags, input.TagKeys);
    return {};
  },
  ListRoleTags: (input: ListRoleTagsRequest, scope: Scope): ListRoleTagsResponse => {
    const { page, rest } = paged(tagList(roleNamed(scope, input.RoleName).tags), input);
    return { Tags: page, ...rest };
  },
};
