import type { Capability } from '@aws-sdk/client-cloudformation';
import type { TemplateBody, TemplateValue } from '../../cfn/document.ts';

/**
 * What a deployment of the template has to acknowledge. Named resources need the wider of the two IAM capabilities, which
 * includes the other; what a nested stack or a macro makes is not known here.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
 */
export function capabilitiesOf(body: TemplateBody): Capability[] {
  const types = Object.keys(resourceCounts(body));
  const transforms = hasTransform(body);
  const iam =
    transforms ||
    types.some((type) => type.startsWith('AWS::IAM::') || type === 'AWS::CloudFormation::Stack');
  return [
    ...(iam ? (['CAPABILITY_NAMED_IAM'] as const) : []),
    ...(transforms ? (['CAPABILITY_AUTO_EXPAND'] as const) : []),
  ];
}

function hasTransform(value: TemplateValue, top = true): boolean {
  if (Array.isArray(value)) return value.some((each) => hasTransform(each, false));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([key, each]) => key === 'Fn::Transform' || (top && key === 'Transform') || hasTransform(each, false),
  );
}

/** How many resources of each type the template declares, whether or not their conditions hold. */
export function resourceCounts(body: TemplateBody): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const resource of Object.values(mapOf(body['Resources']))) {
    const type = mapOf(resource)['Type'];
    if (typeof type === 'string') counts[type] = (counts[type] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)));
}

/** The version of one of our templates; undefined for others. */
export function templateVersion(body: TemplateBody): string | undefined {
  const version = mapOf(mapOf(body['Metadata'])['BkStack'])['Version'];
  return typeof version === 'object' ? undefined : version?.toString();
}

function mapOf(value: TemplateValue | undefined): TemplateBody {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
