import type { Capability } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../kernel/errors.ts';
import type { ResourceDefinition, Template } from '../syntax/model.ts';

/** What the caller of CreateStack must acknowledge, and why. */
export interface RequiredCapabilities {
  readonly capabilities: readonly Capability[];
  /** "The following resource(s) require capabilities: [AWS::IAM::Role]" */
  readonly reason?: string;
}

/**
 * IAM's types, each with the property that gives it a name of one's own.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
 */
const IAM_TYPES: ReadonlyMap<string, string | undefined> = new Map([
  ['AWS::IAM::AccessKey', undefined],
  ['AWS::IAM::Group', 'GroupName'],
  ['AWS::IAM::InstanceProfile', 'InstanceProfileName'],
  ['AWS::IAM::ManagedPolicy', 'ManagedPolicyName'],
  ['AWS::IAM::Policy', undefined],
  ['AWS::IAM::Role', 'RoleName'],
  ['AWS::IAM::User', 'UserName'],
  ['AWS::IAM::UserToGroupAddition', undefined],
]);

/** The capabilities that the template as it stands asks for, whatever its conditions. */
export function requiredCapabilities(template: Template): RequiredCapabilities {
  const iam = [...template.resources.values()].filter(({ type }) => IAM_TYPES.has(type));
  const capabilities: Capability[] = [];
  if (iam.length > 0) capabilities.push(iam.some(isNamed) ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM');
  if (template.transforms.length > 0) capabilities.push('CAPABILITY_AUTO_EXPAND');
  const types = [...new Set(iam.map(({ type }) => type))];
  if (types.length > 0) {
    return { capabilities, reason: `The following resource(s) require capabilities: [${types.join(', ')}]` };
  }
  return template.transforms.length > 0
    ? {
        capabilities,
        reason: `The following transform(s) require capabilities: [${template.transforms.join(', ')}]`,
      }
    : { capabilities };
}

function isNamed({ type, properties }: ResourceDefinition): boolean {
  const property = IAM_TYPES.get(type);
  return property !== undefined && properties[property] !== undefined;
}

/**
 * Refuses what was not acknowledged. CAPABILITY_NAMED_IAM covers CAPABILITY_IAM. A change set shows what the transforms
 * made before anything happens, so it needs no CAPABILITY_AUTO_EXPAND.
 * @throws AwsError InsufficientCapabilitiesException
 */
export function checkCapabilities(
  template: Template,
  given: readonly string[],
  { changeSet = false }: { changeSet?: boolean } = {},
): void {
  const acknowledged = new Set(given);
  if (acknowledged.has('CAPABILITY_NAMED_IAM')) acknowledged.add('CAPABILITY_IAM');
  if (changeSet) acknowledged.add('CAPABILITY_AUTO_EXPAND');
  const missing = requiredCapabilities(template).capabilities.filter(
    (capability) => !acknowledged.has(capability),
  );
  if (missing.length > 0) {
    throw new AwsError(
      'InsufficientCapabilitiesException',
      `Requires capabilities : [${missing.join(', ')}]`,
    );
  }
}
