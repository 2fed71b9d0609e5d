import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';

/**
 * Why a resource failed, worded as in AWS's events: a refusal by the service is wrapped in the handler's words, what
 * CloudFormation itself finds wrong stands as it is.
 */
export function failureReason(scope: Scope, error: unknown, type: string): string {
  if (error instanceof EngineFault) return error.message;
  if (!(error instanceof AwsError))
    return `Internal Failure: ${error instanceof Error ? error.message : String(error)}`;
  const { ids } = scope.world;
  const service = type.split('::')[1] ?? type;
  return (
    `Resource handler returned message: "${error.message} (Service: ${service}, Status Code: ${error.status}, ` +
    `Request ID: ${ids.uuid()})" (RequestToken: ${ids.uuid()}, HandlerErrorCode: ${handlerErrorCode(error)})`
  );
}

/** What CloudFormation itself finds wrong with a resource, in its own words. */
export class EngineFault extends Error {}

/** Runs what evaluates or checks a template, whose errors need no handler's words. */
export function asEngine<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw error instanceof AwsError ? new EngineFault(error.message) : error;
  }
}

/** https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html */
const HANDLER_CODES: readonly (readonly [RegExp, string])[] = [
  [/AlreadyExist|AlreadyOwned|Duplicate|EntityExists/, 'AlreadyExists'],
  [/NotFound|NoSuch|DoesNotExist/, 'NotFound'],
  [/AccessDenied|Unauthorized|Forbidden/, 'AccessDenied'],
  [/Throttl|RequestLimitExceeded/, 'Throttling'],
  [/LimitExceeded|QuotaExceeded/, 'ServiceLimitExceeded'],
  [/ResourceInUse|Conflict|DeleteConflict/, 'ResourceConflict'],
  [/^Invalid|Validation|MalformedPolicy/, 'InvalidRequest'],
];

function handlerErrorCode({ code, status }: AwsError): string {
  if (status >= 500) return 'ServiceInternalError';
  return HANDLER_CODES.find(([pattern]) => pattern.test(code))?.[1] ?? 'GeneralServiceException';
}
