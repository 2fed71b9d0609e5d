import type { ParameterTier, ParameterType, PutParameterRequest } from '@aws-sdk/client-ssm';
import type { Properties, ResourceContext, ResourceProvider } from '../../providers/provider.ts';
import { AwsError } from '../../kernel/errors.ts';
import { own } from '../../kernel/table.ts';
import { member, text } from '../../providers/properties.ts';
import { deleteParameter } from './change.ts';
import { putParameter } from './put.ts';
import { existing, newest, ssmState } from './state.ts';

/** @throws AwsError ValidationException for a SecureString, which CloudFormation makes none of */
function request(name: string, properties: Properties): PutParameterRequest {
  const type = text(properties, 'Type');
  if (type === 'SecureString') {
    throw new AwsError(
      'ValidationException',
      'SSM Parameters of type SecureString cannot be created using CloudFormation',
    );
  }
  return {
    Name: name,
    Type: type as ParameterType | undefined,
    Value: text(properties, 'Value'),
    Description: text(properties, 'Description'),
    AllowedPattern: text(properties, 'AllowedPattern'),
    Policies: text(properties, 'Policies'),
    Tier: text(properties, 'Tier') as ParameterTier | undefined,
    DataType: text(properties, 'DataType'),
  };
}

/** Unlike in most types, the property `Tags` is a map. */
function tag(name: string, properties: Properties, context: ResourceContext): void {
  const own = member(properties, 'Tags') ?? {};
  const given = Object.entries(own).map(([key, value]) => [key, String(value)] as const);
  existing(context, name).tags = { ...context.tags, ...Object.fromEntries(given) };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ssm-parameter.html */
const parameter: ResourceProvider = {
  type: 'AWS::SSM::Parameter',
  seconds: { create: 2 },
  create(properties, context) {
    const name = text(properties, 'Name') ?? `CFN-${context.logicalId}-${context.world.ids.suffix(12)}`;
    putParameter(request(name, properties), context);
    tag(name, properties, context);
    return name;
  },
  update(name, next, _previous, context) {
    existing(context, name);
    putParameter({ ...request(name, next), Overwrite: true }, context);
    tag(name, next, context);
  },
  delete(name, _properties, context) {
    if (own(ssmState(context).parameters, name) !== undefined) deleteParameter({ Name: name }, context);
  },
  present: (name, _properties, context) => ({ Value: newest(existing(context, name)).value }),
  attributes(name, _properties, context) {
    const { type, value } = newest(existing(context, name));
    return { Type: type, Value: value };
  },
};

export const ssmResources = [parameter];
