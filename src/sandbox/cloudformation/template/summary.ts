import type {
  GetTemplateSummaryCommandOutput,
  ResourceIdentifierSummary,
  ValidateTemplateCommandOutput,
} from '@aws-sdk/client-cloudformation';
import { primaryIdentifier } from '../specification/index.ts';
import { requiredCapabilities } from './capabilities.ts';
import type { Template } from '../syntax/model.ts';
import { declareParameters } from './parameters/describe.ts';

/** ValidateTemplate's answer. */
export function validateTemplateOutput(template: Template): Omit<ValidateTemplateCommandOutput, '$metadata'> {
  return {
    Parameters: declareParameters(template).map(({ ParameterKey, DefaultValue, NoEcho, Description }) => ({
      ParameterKey,
      ...(DefaultValue === undefined ? {} : { DefaultValue }),
      NoEcho,
      ...(Description === undefined ? {} : { Description }),
    })),
    ...described(template),
  };
}

/** GetTemplateSummary's answer. */
export function templateSummary(template: Template): Omit<GetTemplateSummaryCommandOutput, '$metadata'> {
  return {
    Parameters: declareParameters(template),
    ...described(template),
    ResourceTypes: [...new Set([...template.resources.values()].map(({ type }) => type))],
    ...(template.version === undefined ? {} : { Version: template.version }),
    ...(Object.keys(template.metadata).length === 0 ? {} : { Metadata: JSON.stringify(template.metadata) }),
    ResourceIdentifierSummaries: identifiers(template),
  };
}

function described(
  template: Template,
): Pick<
  ValidateTemplateCommandOutput,
  'Description' | 'Capabilities' | 'CapabilitiesReason' | 'DeclaredTransforms'
> {
  const { capabilities, reason } = requiredCapabilities(template);
  return {
    ...(template.description === undefined ? {} : { Description: template.description }),
    ...(capabilities.length === 0 ? {} : { Capabilities: [...capabilities] }),
    ...(reason === undefined ? {} : { CapabilitiesReason: reason }),
    ...(template.transforms.length === 0 ? {} : { DeclaredTransforms: [...template.transforms] }),
  };
}

/** The resources that could be imported, by type, and the properties that would say which they are. */
function identifiers(template: Template): ResourceIdentifierSummary[] {
  const byType = new Map<string, string[]>();
  for (const { type, logicalId } of template.resources.values()) {
    byType.set(type, [...(byType.get(type) ?? []), logicalId]);
  }
  return [...byType].flatMap(([type, logicalIds]) => {
    const properties = primaryIdentifier(type);
    return properties.length === 0
      ? []
      : [
          {
            ResourceType: type,
            LogicalResourceIds: logicalIds,
            ResourceIdentifiers: [...properties],
          },
        ];
  });
}
