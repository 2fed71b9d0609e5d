import type { ResourceChange, ResourceChangeDetail } from '@aws-sdk/client-cloudformation';
import type { TemplateBody, TemplateValue } from '../../../../cfn/document.ts';
import { tagText } from './tags.ts';

/** A property that an update changes. CloudFormation masks the values of NoEcho parameters; tags are as `tagText` writes them. */
export interface PropertyChange {
  /** Under the resource: `Properties/LaunchTemplateData/ImageId`, or `Tags`. */
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
  /** Whether the change needs a new resource. */
  readonly recreates: 'never' | 'perhaps' | 'always';
  /** The parameter, resource or attribute whose change it follows. */
  readonly cause?: string;
}

export type ChangeKind = 'add' | 'change' | 'replace' | 'perhaps replace' | 'remove';

/** A resource that an update touches. */
export interface PlannedChange {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  readonly kind: ChangeKind;
  /** Whether what is there now stays in the account, without the stack. */
  readonly retained: boolean;
  /** Present on a role that functions alone can take: no build runs by it. */
  readonly ofFunctions?: true;
  readonly properties: readonly PropertyChange[];
}

/** Whether only tags differ, as they do on everything when the version changes. */
export function isTagsOnly({ kind, properties }: PlannedChange): boolean {
  return kind === 'change' && properties.every(({ path }) => /^(Tags|TagSpecifications)(\/|$)/.test(path));
}

/**
 * Whether a change may terminate instances of the stack's group, or hand it to somebody else to do so: an update policy replaces
 * the group or its instances when its launch template changes, or when it has instances of another one; sizes and scheduled
 * actions scale in; what a nested stack or a custom resource does, no change set tells.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatepolicy.html
 */
export function mayEndInstances({ type }: Pick<PlannedChange, 'type'>): boolean {
  return /^(AWS::AutoScaling::|AWS::EC2::LaunchTemplate$|AWS::CloudFormation::(Stack|CustomResource)$|Custom::)/.test(
    type,
  );
}

/** Whether a property is a tag, also one that a launch template gives to instances. */
function isTagPath(path: string): boolean {
  return /(^|\/)Tags(\/|$)/.test(path);
}

/**
 * A change set's changes as people weigh them, in the change set's order.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
 * @param template the template that is to be, which says what is a property
 */
export function plannedChanges(changes: readonly ResourceChange[], template: TemplateBody): PlannedChange[] {
  let planned: PlannedChange[] = changes.map((change) => ({
    logicalId: change.LogicalResourceId ?? '',
    type: change.ResourceType ?? '',
    ...(change.PhysicalResourceId && { physicalId: change.PhysicalResourceId }),
    kind: kindOf(change),
    retained: /Retain/.test(change.PolicyAction ?? ''),
    ...(isOfFunctions(change.LogicalResourceId ?? '', template) && { ofFunctions: true }),
    properties: merged((change.Details ?? []).map(propertyChange)),
  }));
  for (let before = ''; before !== JSON.stringify(planned);) {
    before = JSON.stringify(planned);
    planned = planned.map((change) => settledChange(change, planned, template));
  }
  return planned.filter(({ kind, properties }) => kind !== 'change' || properties.length > 0);
}

/** Whether a resource is a role whose policy of trust names Lambda, and nobody else. */
function isOfFunctions(logicalId: string, template: TemplateBody): boolean {
  const resources = template['Resources'] as Record<string, DeclaredRole> | undefined;
  const statements = [resources?.[logicalId]?.Properties?.AssumeRolePolicyDocument?.Statement ?? []].flat();
  return statements.length > 0 && statements.every(({ Principal }) => isLambda(Principal));
}

function isLambda(principal: unknown): boolean {
  const { Service, ...others } = Object(principal) as { readonly Service?: unknown };
  return [Service].flat().every((name) => name === LAMBDA) && Object.keys(others).length === 0;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html */
const LAMBDA = 'lambda.amazonaws.com';

interface DeclaredRole {
  readonly Properties?: {
    readonly AssumeRolePolicyDocument?: { readonly Statement?: TrustStatement | readonly TrustStatement[] };
  };
}

interface TrustStatement {
  readonly Principal?: unknown;
}

/**
 * CloudFormation takes everything of a changed resource for unknown, so that whatever refers to one is perhaps replaced. What
 * only gives back a property which does not change stays as it is: `Vpc.CidrBlock`, when the VPC gets another tag. And what
 * refers to a resource that is replaced is replaced itself.
 */
function settledChange(
  change: PlannedChange,
  all: readonly PlannedChange[],
  template: TemplateBody,
): PlannedChange {
  if (isReplacedByPolicy(change, template)) return { ...change, kind: 'replace' };
  if (change.kind !== 'perhaps replace') return change;
  const properties = change.properties.filter(({ cause }) => !givesBackTheSame(cause, all, template));
  const surely = properties.some(
    ({ cause = '', recreates }) =>
      recreates === 'always' &&
      all.some(({ kind, logicalId }) => kind === 'replace' && logicalId === cause.split('.')[0]),
  );
  if (surely) return { ...change, properties, kind: 'replace' };
  const perhaps = properties.some(({ recreates }) => recreates !== 'never');
  return { ...change, properties, kind: perhaps ? change.kind : 'change' };
}

/** Properties of a group that say what its instances are. */
const OF_INSTANCES =
  /^(LaunchTemplate|MixedInstancesPolicy|LaunchConfigurationName|VPCZoneIdentifier|AvailabilityZones|PlacementGroup)(\/|$)/;

/**
 * Whether an update policy makes CloudFormation replace a group, which a change set does not tell.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatepolicy.html
 */
function isReplacedByPolicy(
  { type, kind, logicalId, properties }: PlannedChange,
  template: TemplateBody,
): boolean {
  if (type !== 'AWS::AutoScaling::AutoScalingGroup' || !/^(perhaps replace|change)$/.test(kind)) return false;
  const resources = template['Resources'] as Record<string, { UpdatePolicy?: ReplacingPolicy }> | undefined;
  const policy = resources?.[logicalId]?.UpdatePolicy?.AutoScalingReplacingUpdate;
  // What is worked out from parameters may be true.
  const willReplace = policy?.WillReplace ?? false;
  const replaces = willReplace !== false && willReplace !== 'false';
  return replaces && properties.some(({ path }) => OF_INSTANCES.test(path));
}

interface ReplacingPolicy {
  readonly AutoScalingReplacingUpdate?: { readonly WillReplace?: TemplateValue };
}

function givesBackTheSame(
  cause: string | undefined,
  all: readonly PlannedChange[],
  template: TemplateBody,
): boolean {
  const [, logicalId = '', attribute = ''] = /^(\w+)\.(.+)$/.exec(cause ?? '') ?? [];
  const source = all.find((each) => each.logicalId === logicalId);
  if (source?.kind !== 'change') return false;
  const resources = template['Resources'] as Record<string, { Properties?: object }> | undefined;
  const declared = Object.hasOwn(resources?.[logicalId]?.Properties ?? {}, attribute);
  return declared && !source.properties.some(({ path }) => path.split('/')[0] === attribute);
}

function kindOf({ Action, Replacement }: ResourceChange): ChangeKind {
  switch (Action) {
    case 'Add':
    case 'Import':
      return 'add';
    case 'Remove':
      return 'remove';
    default:
      if (Replacement === 'True') return 'replace';
      return Replacement === 'Conditional' ? 'perhaps replace' : 'change';
  }
}

const RECREATES = { Never: 'never', Conditionally: 'perhaps', Always: 'always' } as const;

function propertyChange({ Target, CausingEntity, ChangeSource }: ResourceChangeDetail): PropertyChange {
  const { Attribute, Name, Path, BeforeValue, AfterValue, RequiresRecreation = 'Never' } = Target ?? {};
  const path = Path?.replace(/^\//, '') ?? [Attribute, Name].filter(Boolean).join('/');
  const text = isTagPath(path) ? tagText : (value: string) => value;
  return {
    path: path.replace(/^Properties\//, ''),
    ...(BeforeValue !== undefined && { before: text(BeforeValue) }),
    ...(AfterValue !== undefined && { after: text(AfterValue) }),
    recreates: RECREATES[RequiresRecreation],
    ...(CausingEntity !== undefined && ChangeSource !== 'DirectModification' && { cause: CausingEntity }),
  };
}

/** CloudFormation tells a property once for what it is, and again for each thing that makes it so. */
function merged(properties: readonly PropertyChange[]): PropertyChange[] {
  const byPath = new Map<string, PropertyChange>();
  for (const property of properties) byPath.set(property.path, { ...byPath.get(property.path), ...property });
  return [...byPath.values()];
}
