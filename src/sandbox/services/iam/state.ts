import type { Scope } from '../../kernel/world.ts';
import { AwsError } from '../../kernel/errors.ts';
import { own, type Table } from '../../kernel/table.ts';
import type { Instant } from '../../kernel/time.ts';
import { defineSlice } from '../../kernel/slice.ts';

/** What a role, a policy or a profile has in common. */
interface Named {
  /** With a slash at each end. */
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: Instant;
  tags: Record<string, string>;
}

export interface RoleRecord extends Named {
  readonly name: string;
  /** JSON. */
  trustPolicy: string;
  description: string | undefined;
  /** Seconds. */
  maxSession: number;
  permissionsBoundary: string | undefined;
  /** JSON, by name. */
  readonly inlinePolicies: Table<string>;
  attachedPolicies: string[];
}

export interface InstanceProfileRecord extends Named {
  readonly name: string;
  /** One at most. */
  roles: string[];
}

export interface PolicyVersionRecord {
  readonly id: string;
  readonly document: string;
  readonly createdAt: Instant;
}

export interface PolicyRecord extends Named {
  readonly name: string;
  readonly description: string | undefined;
  versions: PolicyVersionRecord[];
  defaultVersion: string;
  /** How many versions there have ever been. */
  counter: number;
}

interface IamState {
  readonly roles: Table<RoleRecord>;
  readonly profiles: Table<InstanceProfileRecord>;
  /** Of the account, by ARN. */
  readonly policies: Table<PolicyRecord>;
}

const slice = defineSlice<IamState>('iam', () => ({ roles: {}, profiles: {}, policies: {} }));

/** IAM is one for all regions. */
export function iamState({ world }: Pick<Scope, 'world'>): IamState {
  return slice(world.scope('global'));
}

export function iamArn({ partition, accountId }: Scope, resource: string): string {
  return `arn:${partition}:iam::${accountId}:${resource}`;
}

/** @throws AwsError NoSuchEntity */
export function roleNamed(scope: Scope, name: string | undefined): RoleRecord {
  const role = own(iamState(scope).roles, name);
  if (role === undefined) throw noSuchEntity(`The role with name ${name ?? ''} cannot be found.`);
  return role;
}

/** @throws AwsError NoSuchEntity */
export function profileNamed(scope: Scope, name: string | undefined): InstanceProfileRecord {
  const profile = own(iamState(scope).profiles, name);
  if (profile === undefined) throw noSuchEntity(`Instance Profile ${name ?? ''} cannot be found.`);
  return profile;
}

/** The name of the role that an instance profile holds; undefined where there is no such profile, or no role in it. */
export function roleOfProfile(scope: Pick<Scope, 'world'>, name: string | undefined): string | undefined {
  return own(iamState(scope).profiles, name)?.roles[0];
}

export function noSuchEntity(message: string): AwsError {
  return new AwsError('NoSuchEntity', message, 404);
}

export function alreadyExists(message: string): AwsError {
  return new AwsError('EntityAlreadyExists', message, 409);
}

export function deleteConflict(message: string): AwsError {
  return new AwsError('DeleteConflict', message, 409);
}
