import type {
  ParameterTier,
  ParameterType,
  PutParameterRequest,
  PutParameterResult,
} from '@aws-sdk/client-ssm';
import { AwsError } from '../../kernel/errors.ts';
import type { RequestContext, Scope } from '../../kernel/world.ts';
import { own, put } from '../../kernel/table.ts';
import { encryptWith } from '../kms/cryptography.ts';
import { tagMap } from '../common/tags.ts';
import { checkText, constraintFault, required } from '../common/validation.ts';
import { checkName } from './name.ts';
import {
  nameOf,
  newest,
  parameterArn,
  ssmState,
  type ParameterRecord,
  type ParameterVersion,
} from './state.ts';

const STANDARD_BYTES = 4096;
const ADVANCED_BYTES = 8192;
const MOST_VERSIONS = 100;
const TYPES = ['SecureString', 'StringList', 'String'];
const TIERS = ['Standard', 'Advanced', 'Intelligent-Tiering'];

/**
 * Makes a parameter, or a new version of it. A SecureString is encrypted before it comes into the state.
 * @throws AwsError ParameterAlreadyExists, ValidationException, InvalidKeyId, HierarchyTypeMismatchException and others
 */
export function putParameter(
  input: PutParameterRequest,
  scope: Scope & Partial<Pick<RequestContext, 'callerArn'>>,
): PutParameterResult {
  const { parameters } = ssmState(scope);
  const name = nameOf(required(input.Name, 'name'), scope);
  checkName(name);
  const value = required(input.Value, 'value');
  if (value === '') throw constraintFault('value', 'Member must have length greater than or equal to 1', '');
  checkNesting(value);
  if (input.Type !== undefined) checkText(input.Type, 'type', { values: TYPES });
  if (input.Tier !== undefined) checkText(input.Tier, 'tier', { values: TIERS });
  const before = own(parameters, name);
  if (before !== undefined) checkOverwrite(before, input);
  else if (input.Type === undefined) {
    throw new AwsError('ValidationException', 'A parameter type is required when you create a parameter.');
  }
  const previous = before && newest(before);
  const type = input.Type ?? previous?.type ?? 'String';
  checkPattern(input.AllowedPattern, value);
  checkDataType(input.DataType, type, value);
  const tier = tierFor(input, previous);
  const record = before ?? put(parameters, name, { name, versions: [], tags: tagMap(input.Tags) });
  const version: ParameterVersion = {
    version: (previous?.version ?? 0) + 1,
    type,
    ...sealed(
      scope,
      name,
      type,
      value,
      input.KeyId ?? (previous?.type === 'SecureString' ? previous.keyId : undefined),
    ),
    ...(input.Description !== undefined && { description: input.Description }),
    ...(input.AllowedPattern !== undefined && { allowedPattern: input.AllowedPattern }),
    ...(input.Policies !== undefined && input.Policies !== '' && { policies: input.Policies }),
    tier,
    dataType: input.DataType ?? previous?.dataType ?? 'text',
    labels: [],
    modifiedAt: scope.world.now(),
    modifiedBy: scope.callerArn ?? `arn:${scope.partition}:iam::${scope.accountId}:root`,
  };
  makeRoom(record);
  record.versions.push(version);
  return { Version: version.version, Tier: tier };
}

/**
 * A value may not name another parameter. AWS documents that of `{{}}` and `{{ssm:name}}`; other texts between such braces are
 * refused as well, as that is the stricter reading.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-about.html
 */
function checkNesting(value: string): void {
  if (!/\{\{[^]*?\}\}/.test(value)) return;
  throw new AwsError(
    'ValidationException',
    'Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.',
  );
}

function checkOverwrite(before: ParameterRecord, input: PutParameterRequest): void {
  if (!input.Overwrite) {
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  if (input.Tags !== undefined && input.Tags.length > 0) {
    throw new AwsError(
      'ValidationException',
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    );
  }
  if (input.Type !== undefined && input.Type !== newest(before).type) {
    throw new AwsError(
      'HierarchyTypeMismatchException',
      "Parameter Store does not support changing a parameter type in a hierarchy. For example, you can't change a parameter from a String type to a SecureString type. You must create a new, unique parameter.",
    );
  }
}

function checkPattern(pattern: string | undefined, value: string): void {
  if (pattern === undefined || pattern === '') return;
  let expression: RegExp;
  try {
    expression = new RegExp(`^(?:${pattern})$`);
  } catch {
    throw new AwsError(
      'InvalidAllowedPatternException',
      'The regular expression does not match the allowed pattern.',
    );
  }
  if (!expression.test(value)) {
    throw new AwsError(
      'ParameterPatternMismatchException',
      `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
    );
  }
}

function checkDataType(dataType: string | undefined, type: ParameterType, value: string): void {
  if (dataType === undefined || dataType === 'text') return;
  if (dataType !== 'aws:ec2:image' && dataType !== 'aws:ssm:integration') {
    throw new AwsError(
      'ValidationException',
      `The following data type is not supported: ${dataType} (Data type names are all lowercase.)`,
    );
  }
  if (
    dataType === 'aws:ec2:image' &&
    (type !== 'String' || !/^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(value))
  ) {
    throw new AwsError(
      'ValidationException',
      `The parameter value ${value} is not a valid aws:ec2:image value.`,
    );
  }
}

function tierFor(
  { Tier, Value = '', Policies }: PutParameterRequest,
  previous: ParameterVersion | undefined,
): ParameterTier {
  const size = Buffer.byteLength(Value);
  if (size > ADVANCED_BYTES) {
    throw new AwsError(
      'ValidationException',
      `Advanced tier parameters support a maximum parameter value of ${ADVANCED_BYTES} characters.`,
    );
  }
  const needsAdvanced =
    size > STANDARD_BYTES || (Policies !== undefined && Policies !== '' && Policies !== '[]');
  if (Tier === 'Advanced' || (needsAdvanced && Tier === 'Intelligent-Tiering')) return 'Advanced';
  if (previous?.tier === 'Advanced') {
    if (Tier !== 'Standard') return 'Advanced';
    throw new AwsError(
      'ValidationException',
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter.",
    );
  }
  if (size > STANDARD_BYTES) {
    throw new AwsError(
      'ValidationException',
      `Standard tier parameters support a maximum parameter value of ${STANDARD_BYTES} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html`,
    );
  }
  if (needsAdvanced) {
    throw new AwsError(
      'ValidationException',
      'Parameter policies are only supported for parameters in the advanced-parameter tier.',
    );
  }
  return 'Standard';
}

/** The value as the state keeps it. The parameter's ARN is the encryption context, as in AWS. */
function sealed(scope: Scope, name: string, type: ParameterType, value: string, keyId = 'alias/aws/ssm') {
  if (type !== 'SecureString') return { value };
  try {
    const { ciphertext } = encryptWith(scope, keyId, Buffer.from(value), encryptionContext(scope, name));
    return { value: Buffer.from(ciphertext).toString('base64'), keyId };
  } catch (error) {
    if (error instanceof AwsError) throw new AwsError('InvalidKeyId', error.message);
    throw error;
  }
}

export function encryptionContext(scope: Scope, name: string): Record<string, string> {
  return { PARAMETER_ARN: parameterArn(scope, name) };
}

/** A hundred versions are kept; the oldest goes, unless a label holds it. */
function makeRoom({ name, versions }: ParameterRecord): void {
  if (versions.length < MOST_VERSIONS) return;
  const [oldest] = versions;
  if (oldest !== undefined && oldest.labels.length > 0) {
    throw new AwsError(
      'ParameterMaxVersionLimitExceeded',
      `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${oldest.version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
    );
  }
  versions.shift();
}
