import type { GetRandomPasswordRequest } from '@aws-sdk/client-secrets-manager';
import type { Properties, ResourceContext, ResourceProvider } from '../../providers/provider.ts';
import { flag, integer, member, tagsOf, text } from '../../providers/properties.ts';
import { randomPassword } from './password.ts';
import { createSecret, deleteSecret, updateSecret } from './secrets.ts';
import { findSecret, invalidParameter, invalidRequest, secretNamed } from './state.ts';

/** The value that the properties give or have generated. @throws AwsError InvalidRequestException for both */
function valueOf(properties: Properties, context: ResourceContext): string | undefined {
  const given = text(properties, 'SecretString');
  const generate = member(properties, 'GenerateSecretString');
  if (generate === undefined) return given;
  if (given !== undefined) {
    throw invalidRequest('You can not specify both SecretString and GenerateSecretString properties.');
  }
  const password = randomPassword(context.world, passwordOptions(generate));
  const template = text(generate, 'SecretStringTemplate');
  const key = text(generate, 'GenerateStringKey');
  if (template === undefined && key === undefined) return password;
  if (template === undefined || key === undefined) {
    throw invalidRequest(
      'You must specify both SecretStringTemplate and GenerateStringKey to generate a secret from a template.',
    );
  }
  return JSON.stringify({ ...readTemplate(template), [key]: password });
}

function readTemplate(template: string): object {
  try {
    const read: unknown = JSON.parse(template);
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read;
  } catch {
    // Told below.
  }
  throw invalidParameter('Could not parse SecretStringTemplate JSON.');
}

function passwordOptions(generate: Properties): GetRandomPasswordRequest {
  return {
    PasswordLength: integer(generate, 'PasswordLength'),
    ExcludeCharacters: text(generate, 'ExcludeCharacters'),
    ExcludeLowercase: flag(generate, 'ExcludeLowercase'),
    ExcludeUppercase: flag(generate, 'ExcludeUppercase'),
    ExcludeNumbers: flag(generate, 'ExcludeNumbers'),
    ExcludePunctuation: flag(generate, 'ExcludePunctuation'),
    IncludeSpace: flag(generate, 'IncludeSpace'),
    RequireEachIncludedType: flag(generate, 'RequireEachIncludedType'),
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-secret.html */
const secret: ResourceProvider = {
  type: 'AWS::SecretsManager::Secret',
  seconds: { create: 2 },
  create(properties, context) {
    const Name = text(properties, 'Name') ?? `${context.logicalId}-${context.world.ids.suffix(12)}`;
    const { ARN = '' } = createSecret(
      {
        Name,
        Description: text(properties, 'Description'),
        KmsKeyId: text(properties, 'KmsKeyId'),
        SecretString: valueOf(properties, context),
      },
      context,
    );
    secretNamed(context, ARN).tags = tagsOf(properties, context.tags);
    return ARN;
  },
  update(arn, next, previous, context) {
    const record = secretNamed(context, arn);
    const changed = ['SecretString', 'GenerateSecretString'].some(
      (name) => JSON.stringify(next[name]) !== JSON.stringify(previous[name]),
    );
    updateSecret(
      {
        SecretId: arn,
        Description: text(next, 'Description') ?? '',
        KmsKeyId: text(next, 'KmsKeyId'),
        // What is generated stays until the way of its generation changes.
        SecretString: changed ? valueOf(next, context) : undefined,
      },
      context,
    );
    if (text(next, 'KmsKeyId') === undefined) delete record.kmsKeyId;
    record.tags = tagsOf(next, context.tags);
  },
  delete(arn, _properties, context) {
    if (findSecret(context, arn) === undefined) return;
    deleteSecret({ SecretId: arn, ForceDeleteWithoutRecovery: true }, context);
  },
  attributes: (arn) => ({ Id: arn }),
};

export const secretsResources = [secret];
