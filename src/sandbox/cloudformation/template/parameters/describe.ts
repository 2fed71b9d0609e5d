import type { Parameter, ParameterDeclaration } from '@aws-sdk/client-cloudformation';
import type { Template } from '../../syntax/model.ts';
import type { ResolvedParameter } from './resolve.ts';

/** What stands wherever CloudFormation would show the value of a NoEcho parameter. */
export const MASK = '****';

/** Parameters as DescribeStacks and DescribeChangeSet show them. */
export function describeParameters(parameters: readonly ResolvedParameter[]): Parameter[] {
  return parameters.map(({ key, value, resolvedValue, noEcho }) => ({
    ParameterKey: key,
    ParameterValue: noEcho ? MASK : value,
    ...(resolvedValue === undefined ? {} : { ResolvedValue: noEcho ? MASK : resolvedValue }),
  }));
}

/** Parameters as GetTemplateSummary shows them. */
export function declareParameters({ parameters }: Template): ParameterDeclaration[] {
  return [...parameters.values()].map((parameter) => ({
    ParameterKey: parameter.name,
    ...(parameter.default === undefined ? {} : { DefaultValue: parameter.noEcho ? MASK : parameter.default }),
    ParameterType: parameter.type,
    NoEcho: parameter.noEcho,
    ...(parameter.description === undefined ? {} : { Description: parameter.description }),
    ParameterConstraints:
      parameter.allowedValues === undefined ? {} : { AllowedValues: [...parameter.allowedValues] },
  }));
}
