import { completeCreation } from '../../providers/complete-creation.ts';
import { generatedName } from '../../providers/generated-name.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../../providers/provider.ts';
import { own, remove } from '../../kernel/table.ts';
import { integer, member, members, tagsOf, text, texts } from '../../providers/properties.ts';
import { userTags } from '../common/tags.ts';
import { addRole, createInstanceProfile, deleteInstanceProfile, removeRole } from './instance-profiles.ts';
import { customerPolicy } from './managed-policies.ts';
import { createPolicy, deletePolicy, replacePolicyDocument } from './policies.ts';
import {
  attachRolePolicy,
  createRole,
  deleteRole,
  deleteRolePolicy,
  detachRolePolicy,
  putRolePolicy,
  roleOperations,
} from './roles.ts';
import { iamState, profileNamed, roleNamed } from './state.ts';

function documentOf(properties: Properties, name: string): string | undefined {
  const document = member(properties, name);
  return document === undefined ? text(properties, name) : JSON.stringify(document);
}

/** IAM takes the stack's own tags, and none of those that only AWS may set. */
function ownTags(properties: Properties, { tags }: ResourceContext): Record<string, string> {
  return tagsOf(properties, userTags(tags));
}

/** The policies on a role become those that its properties state. */
function settlePolicies(
  name: string,
  next: Properties,
  previous: Properties,
  context: ResourceContext,
): void {
  const role = roleNamed(context, name);
  const wanted = new Set(texts(next, 'ManagedPolicyArns') ?? []);
  for (const arn of texts(previous, 'ManagedPolicyArns') ?? []) {
    if (wanted.has(arn) || !role.attachedPolicies.includes(arn)) continue;
    detachRolePolicy({ RoleName: name, PolicyArn: arn }, context);
  }
  for (const arn of wanted) attachRolePolicy({ RoleName: name, PolicyArn: arn }, context);
  const inline = members(next, 'Policies');
  const kept = new Set(inline.map((policy) => text(policy, 'PolicyName')));
  for (const policy of members(previous, 'Policies')) {
    const before = text(policy, 'PolicyName');
    if (before === undefined || kept.has(before) || own(role.inlinePolicies, before) === undefined) continue;
    deleteRolePolicy({ RoleName: name, PolicyName: before }, context);
  }
  for (const policy of inline) {
    putRolePolicy(
      {
        RoleName: name,
        PolicyName: text(policy, 'PolicyName'),
        PolicyDocument: documentOf(policy, 'PolicyDocument'),
      },
      context,
    );
  }
}

const role: ResourceProvider = {
  type: 'AWS::IAM::Role',
  // IAM lets a role's new name spread before CloudFormation counts it as made.
  seconds: { create: 15 },
  create(properties, context) {
    const name = text(properties, 'RoleName') ?? generatedName(context, 64);
    const made = createRole(
      {
        RoleName: name,
        Path: text(properties, 'Path'),
        AssumeRolePolicyDocument: documentOf(properties, 'AssumeRolePolicyDocument'),
        Description: text(properties, 'Description'),
        MaxSessionDuration: integer(properties, 'MaxSessionDuration'),
        PermissionsBoundary: text(properties, 'PermissionsBoundary'),
      },
      context,
    );
    made.tags = ownTags(properties, context);
    completeCreation(
      () => {
        settlePolicies(name, properties, {}, context);
      },
      () => {
        remove(iamState(context).roles, name);
      },
    );
    return name;
  },
  update(name, next, previous, context) {
    const record = roleNamed(context, name);
    const trust = documentOf(next, 'AssumeRolePolicyDocument');
    roleOperations.UpdateAssumeRolePolicy({ RoleName: name, PolicyDocument: trust }, context);
    record.description = text(next, 'Description');
    record.maxSession = integer(next, 'MaxSessionDuration') ?? 3600;
    record.permissionsBoundary = text(next, 'PermissionsBoundary');
    record.tags = ownTags(next, context);
    settlePolicies(name, next, previous, context);
  },
  delete(name, _properties, context) {
    const record = own(iamState(context).roles, name);
    if (record === undefined) return;
    // CloudFormation takes off what it put on; what others attached stands in the way, as in AWS.
    settlePolicies(name, {}, _properties, context);
    deleteRole({ RoleName: name }, context);
  },
  attributes(name, _properties, context) {
    const { arn, id } = roleNamed(context, name);
    return { Arn: arn, RoleId: id };
  },
};

const instanceProfile: ResourceProvider = {
  type: 'AWS::IAM::InstanceProfile',
  // CloudFormation waits two minutes for a profile to be known everywhere.
  seconds: { create: 120 },
  create(properties, context) {
    const name = text(properties, 'InstanceProfileName') ?? generatedName(context, 128);
    createInstanceProfile({ InstanceProfileName: name, Path: text(properties, 'Path') }, context);
    completeCreation(
      () => {
        for (const held of texts(properties, 'Roles') ?? []) {
          addRole({ InstanceProfileName: name, RoleName: held }, context);
        }
      },
      () => {
        remove(iamState(context).profiles, name);
      },
    );
    return name;
  },
  update(name, next, _previous, context) {
    for (const held of [...profileNamed(context, name).roles]) {
      removeRole({ InstanceProfileName: name, RoleName: held }, context);
    }
    for (const held of texts(next, 'Roles') ?? []) {
      addRole({ InstanceProfileName: name, RoleName: held }, context);
    }
  },
  delete(name, _properties, context) {
    const profile = own(iamState(context).profiles, name);
    if (profile === undefined) return;
    profile.roles = [];
    deleteInstanceProfile({ InstanceProfileName: name }, context);
  },
  attributes: (name, _properties, context) => ({ Arn: profileNamed(context, name).arn }),
};

/** `AWS::IAM::Policy`: one inline policy, on each of several roles. */
const policy: ResourceProvider = {
  type: 'AWS::IAM::Policy',
  create(properties, context) {
    applyInline(properties, {}, context);
    return generatedName(context, 128);
  },
  update(_id, next, previous, context) {
    applyInline(next, previous, context);
  },
  delete(_id, properties, context) {
    applyInline({}, properties, context);
  },
  attributes: (id) => ({ Id: id }),
};

function applyInline(next: Properties, previous: Properties, context: ResourceContext): void {
  const name = text(next, 'PolicyName');
  const before = text(previous, 'PolicyName');
  const wanted = texts(next, 'Roles') ?? [];
  for (const held of texts(previous, 'Roles') ?? []) {
    const record = own(iamState(context).roles, held);
    if (record === undefined || (wanted.includes(held) && name === before)) continue;
    if (own(record.inlinePolicies, before) === undefined) continue;
    deleteRolePolicy({ RoleName: held, PolicyName: before }, context);
  }
  for (const held of wanted) {
    putRolePolicy(
      { RoleName: held, PolicyName: name, PolicyDocument: documentOf(next, 'PolicyDocument') },
      context,
    );
  }
}

/** `AWS::IAM::RolePolicy`: one inline policy on one role. */
const rolePolicy: ResourceProvider = {
  type: 'AWS::IAM::RolePolicy',
  create(properties, context) {
    putInline(properties, context);
    return `${text(properties, 'PolicyName') ?? ''}|${text(properties, 'RoleName') ?? ''}`;
  },
  update(_id, next, _previous, context) {
    putInline(next, context);
  },
  delete(_id, properties, context) {
    const record = own(iamState(context).roles, text(properties, 'RoleName'));
    if (record === undefined || own(record.inlinePolicies, text(properties, 'PolicyName')) === undefined)
      return;
    deleteRolePolicy({ RoleName: record.name, PolicyName: text(properties, 'PolicyName') }, context);
  },
};

function putInline(properties: Properties, context: ResourceContext): void {
  putRolePolicy(
    {
      RoleName: text(properties, 'RoleName'),
      PolicyName: text(properties, 'PolicyName'),
      PolicyDocument: documentOf(properties, 'PolicyDocument'),
    },
    context,
  );
}

const managedPolicy: ResourceProvider = {
  type: 'AWS::IAM::ManagedPolicy',
  seconds: { create: 15 },
  create(properties, context) {
    const { arn } = createPolicy(
      {
        PolicyName: text(properties, 'ManagedPolicyName') ?? generatedName(context, 128),
        Path: text(properties, 'Path'),
        Description: text(properties, 'Description'),
        PolicyDocument: documentOf(properties, 'PolicyDocument'),
      },
      context,
    );
    const roles = texts(properties, 'Roles') ?? [];
    completeCreation(
      () => {
        attachTo(arn, roles, context);
      },
      () => {
        detachFrom(arn, roles, context);
        deletePolicy({ PolicyArn: arn }, context);
      },
    );
    return arn;
  },
  update(arn, next, previous, context) {
    const document = documentOf(next, 'PolicyDocument') ?? '';
    if (document !== documentOf(previous, 'PolicyDocument')) {
      replacePolicyDocument(customerPolicy(context, arn), document, context);
    }
    const wanted = texts(next, 'Roles') ?? [];
    detachFrom(
      arn,
      (texts(previous, 'Roles') ?? []).filter((name) => !wanted.includes(name)),
      context,
    );
    attachTo(arn, wanted, context);
  },
  delete(arn, properties, context) {
    const record = own(iamState(context).policies, arn);
    if (record === undefined) return;
    detachFrom(arn, texts(properties, 'Roles') ?? [], context);
    record.versions = record.versions.filter(({ id }) => id === record.defaultVersion);
    deletePolicy({ PolicyArn: arn }, context);
  },
  attributes(arn, _properties, context) {
    const { id, defaultVersion, createdAt } = customerPolicy(context, arn);
    return {
      PolicyArn: arn,
      PolicyId: id,
      DefaultVersionId: defaultVersion,
      CreateDate: new Date(createdAt).toISOString(),
      IsAttachable: true,
    };
  },
};

function attachTo(arn: string, names: readonly string[], context: ResourceContext): void {
  for (const name of names) attachRolePolicy({ RoleName: name, PolicyArn: arn }, context);
}

function detachFrom(arn: string, names: readonly string[], context: ResourceContext): void {
  for (const name of names) {
    const record = own(iamState(context).roles, name);
    if (record?.attachedPolicies.includes(arn)) detachRolePolicy({ RoleName: name, PolicyArn: arn }, context);
  }
}

export const iamResources = [role, instanceProfile, policy, rolePolicy, managedPolicy];
