import type { LaunchTemplateSpecification, MixedInstancesPolicy } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { instanceType } from '../../ec2/catalogue/instance-types.ts';
import { templateOf, versionOf } from '../../ec2/compute/launch-templates.ts';
import { ec2State } from '../../ec2/state/state.ts';
import { validationError } from '../errors.ts';
import type { GroupTemplate } from '../state.ts';

/** "Up to 40 instance types for each Auto Scaling group." */
const MOST_OVERRIDES = 40;

/**
 * A launch template as a request names it, with its id and name found.
 * @throws AwsError ValidationError in Auto Scaling's words around EC2's
 */
export function checkedTemplate(scope: Scope, specification: LaunchTemplateSpecification): GroupTemplate {
  const { LaunchTemplateId, LaunchTemplateName, Version } = specification;
  if ((LaunchTemplateId === undefined) === (LaunchTemplateName === undefined)) {
    throw validationError('Valid requests must contain either launchTemplateId or LaunchTemplateName');
  }
  try {
    const template = templateOf(ec2State(scope), { LaunchTemplateId, LaunchTemplateName });
    versionOf(template, Version);
    return {
      id: template.LaunchTemplateId,
      name: template.LaunchTemplateName,
      ...(Version !== undefined && Version !== '' && { version: Version }),
    };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw validationError(`You must use a valid fully-formed launch template. ${error.message}`);
  }
}

/**
 * The spot price that stays unless another one is given: "To remove a maximum price that you previously set, include the property but
 * specify an empty string".
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html
 */
function keptPrice(before: MixedInstancesPolicy | undefined): { readonly SpotMaxPrice?: string } {
  const price = before?.InstancesDistribution?.SpotMaxPrice;
  return price === undefined ? {} : { SpotMaxPrice: price };
}

/**
 * A mixed instances policy with its template found and its numbers checked. A change may leave out the launch template, and
 * keeps that of `before`; what it leaves out of the distribution goes back to its default,
 * but for the spot price.
 * @throws AwsError ValidationError
 */
export function checkedPolicy(
  scope: Scope,
  { LaunchTemplate, InstancesDistribution }: MixedInstancesPolicy,
  before?: MixedInstancesPolicy,
): MixedInstancesPolicy {
  const policy = { InstancesDistribution, LaunchTemplate: LaunchTemplate ?? keptTemplate(before) };
  const specification = policy.LaunchTemplate?.LaunchTemplateSpecification;
  if (specification === undefined) {
    throw validationError('LaunchTemplateSpecification must be provided in the MixedInstancesPolicy.');
  }
  const template = checkedTemplate(scope, specification);
  const overrides = policy.LaunchTemplate?.Overrides ?? [];
  if (overrides.length > MOST_OVERRIDES) {
    throw validationError(`You can specify at most ${MOST_OVERRIDES} launch template overrides.`);
  }
  const types = overrides.map(({ InstanceType }) => InstanceType);
  const twice = types.find((type, index) => type !== undefined && types.indexOf(type) !== index);
  if (twice !== undefined) {
    throw validationError(
      `Instance type '${twice}' is duplicated in the launch template overrides. Each override must be unique.`,
    );
  }
  const unknown = types.filter((type) => type !== undefined && instanceType(type) === undefined);
  if (unknown.length > 0) {
    throw validationError(
      `You must use a valid fully-formed launch template. Invalid value '${unknown.join(', ')}' for InstanceType.`,
    );
  }
  const weights = overrides.filter(({ WeightedCapacity }) => WeightedCapacity !== undefined);
  if (weights.length > 0 && weights.length < overrides.length) {
    throw validationError(
      'You must specify a weight for every launch template override, or for none of them.',
    );
  }
  checkDistribution(policy);
  return JSON.parse(
    JSON.stringify({
      ...policy,
      InstancesDistribution: {
        OnDemandAllocationStrategy: 'prioritized',
        OnDemandBaseCapacity: 0,
        OnDemandPercentageAboveBaseCapacity: 100,
        SpotAllocationStrategy: 'lowest-price',
        ...keptPrice(before),
        ...policy.InstancesDistribution,
        ...((policy.InstancesDistribution?.SpotAllocationStrategy ?? 'lowest-price') === 'lowest-price' && {
          SpotInstancePools: policy.InstancesDistribution?.SpotInstancePools ?? 2,
        }),
      },
      LaunchTemplate: {
        ...policy.LaunchTemplate,
        LaunchTemplateSpecification: {
          LaunchTemplateId: template.id,
          LaunchTemplateName: template.name,
          Version: template.version ?? '$Default',
        },
        Overrides: overrides,
      },
    }),
  ) as MixedInstancesPolicy;
}

/** As a request would name it: by its id alone. */
function keptTemplate(before: MixedInstancesPolicy | undefined): MixedInstancesPolicy['LaunchTemplate'] {
  if (before?.LaunchTemplate === undefined) return undefined;
  const { LaunchTemplateId, Version } = before.LaunchTemplate.LaunchTemplateSpecification ?? {};
  return { ...before.LaunchTemplate, LaunchTemplateSpecification: { LaunchTemplateId, Version } };
}

const ON_DEMAND_STRATEGIES = ['prioritized', 'lowest-price'];
const SPOT_STRATEGIES = [
  'lowest-price',
  'capacity-optimized',
  'capacity-optimized-prioritized',
  'price-capacity-optimized',
];

function checkDistribution({ InstancesDistribution = {} }: MixedInstancesPolicy): void {
  const { OnDemandPercentageAboveBaseCapacity: percentage = 100, OnDemandBaseCapacity: base = 0 } =
    InstancesDistribution;
  if (percentage < 0 || percentage > 100) {
    throw validationError('OnDemandPercentageAboveBaseCapacity must be between 0 and 100.');
  }
  if (base < 0) throw validationError('OnDemandBaseCapacity must not be negative.');
  const { OnDemandAllocationStrategy = 'prioritized', SpotAllocationStrategy = 'lowest-price' } =
    InstancesDistribution;
  if (!ON_DEMAND_STRATEGIES.includes(OnDemandAllocationStrategy)) {
    throw validationError(
      `Unsupported OnDemandAllocationStrategy '${OnDemandAllocationStrategy}'. Supported strategies: ${ON_DEMAND_STRATEGIES.join(', ')}.`,
    );
  }
  if (!SPOT_STRATEGIES.includes(SpotAllocationStrategy)) {
    throw validationError(
      `Unsupported SpotAllocationStrategy '${SpotAllocationStrategy}'. Supported strategies: ${SPOT_STRATEGIES.join(', ')}.`,
    );
  }
}
