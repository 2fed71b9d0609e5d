import type {
  CreatePolicyRequest,
  CreatePolicyResponse,
  CreatePolicyVersionRequest,
  CreatePolicyVersionResponse,
  DeletePolicyRequest,
  GetPolicyRequest,
  GetPolicyResponse,
  GetPolicyVersionRequest,
  GetPolicyVersionResponse,
  ListPoliciesRequest,
  ListPoliciesResponse,
  Policy,
} from '@aws-sdk/client-iam';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, put, remove, sorted } from '../../kernel/table.ts';
import { pageOf } from '../common/paging.ts';
import { tagList, tagMap } from '../common/tags.ts';
import { checkName, checkPath, checkPolicy, invalidMarker } from './checks.ts';
import { customerPolicy } from './managed-policies.ts';
import { alreadyExists, deleteConflict, iamArn, iamState, noSuchEntity, type PolicyRecord } from './state.ts';

const MOST_VERSIONS = 5;
const PAGE = 100;

function attachments({ arn }: PolicyRecord, scope: Scope): number {
  return sorted(iamState(scope).roles).filter(({ attachedPolicies }) => attachedPolicies.includes(arn))
    .length;
}

function described(policy: PolicyRecord, scope: Scope): Policy {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersion,
    AttachmentCount: attachments(policy, scope),
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    ...(policy.description !== undefined && { Description: policy.description }),
    CreateDate: new Date(policy.createdAt),
    UpdateDate: new Date(policy.versions.at(-1)?.createdAt ?? policy.createdAt),
    Tags: tagList(policy.tags),
  };
}

/** @throws AwsError EntityAlreadyExists, MalformedPolicyDocument */
export function createPolicy(input: CreatePolicyRequest, scope: Scope): PolicyRecord {
  const name = checkName(input.PolicyName, 'policyName', 128);
  const path = checkPath(input.Path);
  const arn = iamArn(scope, `policy${path}${name}`);
  const { policies } = iamState(scope);
  if (own(policies, arn) !== undefined) {
    throw alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
  }
  const document = checkPolicy(input.PolicyDocument, 'permissions');
  const createdAt = scope.world.now();
  return put(policies, arn, {
    name,
    path,
    arn,
    id: `ANPA${scope.world.ids.suffix(17)}`,
    createdAt,
    tags: tagMap(input.Tags as { Key?: string; Value?: string }[] | undefined),
    description: input.Description,
    versions: [{ id: 'v1', document, createdAt }],
    defaultVersion: 'v1',
    counter: 1,
  });
}

/** @throws AwsError NoSuchEntity, LimitExceeded, MalformedPolicyDocument */
export function createPolicyVersion(input: CreatePolicyVersionRequest, scope: Scope): string {
  const policy = customerPolicy(scope, input.PolicyArn);
  const document = checkPolicy(input.PolicyDocument, 'permissions');
  if (policy.versions.length >= MOST_VERSIONS) {
    throw new AwsError(
      'LimitExceeded',
      `A managed policy can have up to ${MOST_VERSIONS} versions. Before you create a new version, you must delete an existing version.`,
      409,
    );
  }
  policy.counter += 1;
  const id = `v${policy.counter}`;
  policy.versions.push({ id, document, createdAt: scope.world.now() });
  if (input.SetAsDefault === true) policy.defaultVersion = id;
  return id;
}

/** @throws AwsError NoSuchEntity, DeleteConflict while it is attached */
export function deletePolicy({ PolicyArn }: DeletePolicyRequest, scope: Scope): object {
  const policy = customerPolicy(scope, PolicyArn);
  if (attachments(policy, scope) > 0) {
    throw deleteConflict('Cannot delete a policy attached to entities.');
  }
  if (policy.versions.length > 1) {
    throw deleteConflict(
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    );
  }
  remove(iamState(scope).policies, policy.arn);
  return {};
}

/** Replaces a policy's document, as CloudFormation does: the oldest version makes room. */
export function replacePolicyDocument(policy: PolicyRecord, document: string, scope: Scope): void {
  if (policy.versions.length >= MOST_VERSIONS) {
    const oldest = policy.versions.find(({ id }) => id !== policy.defaultVersion);
    policy.versions = policy.versions.filter((version) => version !== oldest);
  }
  createPolicyVersion({ PolicyArn: policy.arn, PolicyDocument: document, SetAsDefault: true }, scope);
}

export const policyOperations = {
  CreatePolicy: (input: CreatePolicyRequest, scope: Scope): CreatePolicyResponse => ({
    Policy: described(createPolicy(input, scope), scope),
  }),
  GetPolicy: (input: GetPolicyRequest, scope: Scope): GetPolicyResponse => ({
    Policy: described(customerPolicy(scope, input.PolicyArn), scope),
  }),
  ListPolicies: (input: ListPoliciesRequest, scope: Scope): ListPoliciesResponse => {
    const found = sorted(iamState(scope).policies).filter(({ path }) =>
      path.startsWith(input.PathPrefix ?? '/'),
    );
    const { items, nextToken } = pageOf(found, input.MaxItems ?? PAGE, input.Marker, invalidMarker);
    return {
      Policies: items.map((policy) => described(policy, scope)),
      IsTruncated: nextToken !== undefined,
      ...(nextToken !== undefined && { Marker: nextToken }),
    };
  },
  DeletePolicy: deletePolicy,
  CreatePolicyVersion: (input: CreatePolicyVersionRequest, scope: Scope): CreatePolicyVersionResponse => {
    const id = createPolicyVersion(input, scope);
    const { defaultVersion } = customerPolicy(scope, input.PolicyArn);
    return {
      PolicyVersion: {
        VersionId: id,
        IsDefaultVersion: id === defaultVersion,
        CreateDate: new Date(scope.world.now()),
      },
    };
  },
  GetPolicyVersion: (input: GetPolicyVersionRequest, scope: Scope): GetPolicyVersionResponse => {
    const policy = customerPolicy(scope, input.PolicyArn);
    const version = policy.versions.find(({ id }) => id === input.VersionId);
    if (version === undefined) {
      throw noSuchEntity(
        `Policy ${policy.arn} version ${input.VersionId ?? ''} does not exist or is not attachable.`,
      );
    }
    return {
      PolicyVersion: {
        Document: encodeURIComponent(version.document),
        VersionId: version.id,
        IsDefaultVersion: version.id === policy.defaultVersion,
        CreateDate: new Date(version.createdAt),
      },
    };
  },
};
