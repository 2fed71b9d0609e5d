import type { CreateFunctionRequest, UpdateFunctionConfigurationRequest } from '@aws-sdk/client-lambda';
import { AwsError } from '../../../kernel/errors.ts';
import { checkRange, checkText, constraintFault, required } from '../../common/validation.ts';
import type { Settings } from '../state.ts';

type Input = Partial<CreateFunctionRequest> & Partial<UpdateFunctionConfigurationRequest>;

const ROLE = 'arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+';
const ENVIRONMENT_BYTES = 4096;

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html */
const RUNTIMES = [
  ...['nodejs20.x', 'nodejs22.x', 'nodejs24.x', 'python3.10', 'python3.11', 'python3.12', 'python3.13'],
  ...['python3.14', 'java8.al2', 'java11', 'java17', 'java21', 'java25', 'dotnet8', 'dotnet10', 'ruby3.2'],
  ...['ruby3.3', 'ruby3.4', 'provided.al2', 'provided.al2023', 'nodejs18.x', 'python3.9'],
];
const OUTDATED =
  /^(?:nodejs(?:|4\.3|4\.3-edge|6\.10|8\.10|10\.x|12\.x|14\.x|16\.x)|python(?:2\.7|3\.[678])|java8|dotnetcore[123]\.[01]|dotnet6|ruby2\.[57]|go1\.x|provided)$/;

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const RESERVED = new Set([
  ...['_HANDLER', '_X_AMZN_TRACE_ID', 'AWS_DEFAULT_REGION', 'AWS_REGION', 'AWS_EXECUTION_ENV'],
  ...['AWS_LAMBDA_FUNCTION_NAME', 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE', 'AWS_LAMBDA_FUNCTION_VERSION'],
  ...['AWS_LAMBDA_INITIALIZATION_TYPE', 'AWS_LAMBDA_LOG_GROUP_NAME', 'AWS_LAMBDA_LOG_STREAM_NAME'],
  ...['AWS_ACCESS_KEY', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
  ...['AWS_LAMBDA_RUNTIME_API', 'LAMBDA_TASK_ROOT', 'LAMBDA_RUNTIME_DIR'],
]);

function refusal(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}

/**
 * A function's settings after a request. What the request leaves out stays as it was, or is Lambda's default.
 * @throws AwsError ValidationException, InvalidParameterValueException
 */
export function settingsOf(input: Input, name: string, before?: Settings): Settings {
  const packageType = before?.PackageType ?? input.PackageType ?? 'Zip';
  const zipped = packageType === 'Zip';
  const runtime = zipped ? checkedRuntime(input.Runtime ?? before?.Runtime) : undefined;
  const handler = zipped ? checkedHandler(input.Handler ?? before?.Handler) : undefined;
  return {
    ...before,
    ...(runtime !== undefined && { Runtime: runtime }),
    ...(handler !== undefined && { Handler: handler }),
    Role: checkText(required(input.Role ?? before?.Role, 'role'), 'role', { pattern: ROLE }),
    Description: checkText(input.Description ?? before?.Description ?? '', 'description', { most: 256 }),
    Timeout: checkRange(input.Timeout ?? before?.Timeout ?? 3, 'timeout', [1, 900]),
    MemorySize: checkRange(input.MemorySize ?? before?.MemorySize ?? 128, 'memorySize', [128, 10240]),
    PackageType: packageType,
    Architectures: before?.Architectures ?? input.Architectures ?? ['x86_64'],
    EphemeralStorage: input.EphemeralStorage ?? before?.EphemeralStorage ?? { Size: 512 },
    TracingConfig: { Mode: input.TracingConfig?.Mode ?? before?.TracingConfig?.Mode ?? 'PassThrough' },
    SnapStart: {
      ApplyOn: input.SnapStart?.ApplyOn ?? before?.SnapStart?.ApplyOn ?? 'None',
      OptimizationStatus: 'Off',
    },
    LoggingConfig: {
      ...(before?.LoggingConfig ?? { LogFormat: 'Text', LogGroup: `/aws/lambda/${name}` }),
      ...defined(input.LoggingConfig ?? {}),
    },
    ...environmentOf(input, before),
    ...(input.Layers !== undefined && { Layers: input.Layers.map((Arn) => ({ Arn, CodeSize: 0 })) }),
    ...(input.KMSKeyArn !== undefined && { KMSKeyArn: input.KMSKeyArn }),
    ...(input.DeadLetterConfig !== undefined && { DeadLetterConfig: { ...input.DeadLetterConfig } }),
    ...(input.FileSystemConfigs !== undefined && {
      FileSystemConfigs: input.FileSystemConfigs.map((config) => ({ ...config })),
    }),
    ...(input.ImageConfig !== undefined && {
      ImageConfigResponse: { ImageConfig: { ...input.ImageConfig } },
    }),
    ...(input.VpcConfig !== undefined && {
      VpcConfig: {
        SubnetIds: input.VpcConfig.SubnetIds ?? [],
        SecurityGroupIds: input.VpcConfig.SecurityGroupIds ?? [],
        VpcId: '',
      },
    }),
  };
}

function defined<Value extends object>(value: Value): Partial<Value> {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== undefined),
  ) as Partial<Value>;
}

function checkedRuntime(runtime: Settings['Runtime']): Settings['Runtime'] {
  if (runtime === undefined)
    throw refusal('Runtime is mandatory for functions created with deployment packages.');
  if (OUTDATED.test(runtime)) {
    throw refusal(
      `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. ` +
        'We recommend you use a supported runtime while creating or updating functions.',
    );
  }
  if (RUNTIMES.includes(runtime)) return runtime;
  throw new AwsError(
    'InvalidParameterValueException',
    `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${RUNTIMES.join(', ')}] or be a valid ARN`,
  );
}

function checkedHandler(handler: string | undefined): string {
  if (handler === undefined)
    throw refusal('Handler is mandatory for functions created with deployment packages.');
  return checkText(handler, 'handler', { most: 128, pattern: '[^\\s]+' });
}

function environmentOf(input: Input, before: Settings | undefined): Pick<Settings, 'Environment'> {
  const variables = input.Environment?.Variables;
  if (input.Environment === undefined) return {};
  if (variables === undefined) return before?.Environment === undefined ? {} : { Environment: undefined };
  for (const key of Object.keys(variables)) {
    if (!/^[a-zA-Z]([a-zA-Z0-9_])+$/.test(key) && !RESERVED.has(key)) {
      throw constraintFault(
        'environment.variables',
        'Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]',
        key,
      );
    }
  }
  const reserved = Object.keys(variables).filter((key) => RESERVED.has(key));
  if (reserved.length > 0) {
    throw refusal(
      'Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. ' +
        `Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  const measured = JSON.stringify(variables);
  if (Buffer.byteLength(measured) > ENVIRONMENT_BYTES) {
    throw refusal(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${measured}`,
    );
  }
  return { Environment: { Variables: { ...variables } } };
}
