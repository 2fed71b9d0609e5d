import { isKnownFailure, OperationError } from '../errors.ts';

interface ServiceError extends Error {
  readonly $metadata: { readonly httpStatusCode?: number; readonly requestId?: string };
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && '$metadata' in error;
}

/** AWS's error code, or undefined where the error did not come from AWS. */
export function awsErrorCode(error: unknown): string | undefined {
  return isServiceError(error) ? error.name : undefined;
}

/** Whether AWS refused a request for want of a permission. */
export function isDenied(error: unknown): boolean {
  return /AccessDenied|UnauthorizedOperation|AuthorizationError|NotAuthorized/.test(
    awsErrorCode(error) ?? '',
  );
}

/** The action that AWS refused, which its message names: "User: ... is not authorized to perform: ec2:DescribeSubnets". */
export function deniedAction(error: unknown): string | undefined {
  return error instanceof Error ? /perform:? ([a-z0-9-]+:[A-Za-z]+)/.exec(error.message)?.[1] : undefined;
}

/** Whether AWS asked to be called less often. */
export function isThrottling(error: unknown): boolean {
  return /^(Throttl|RequestLimitExceeded|TooManyRequests|RequestThrottled|SlowDown|PriorRequestNotComplete)/.test(
    awsErrorCode(error) ?? '',
  );
}

const NO_CONNECTION =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH)$/;

/** Whether the other side could not be reached or could not answer: worth asking again. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (isServiceError(error) && (error.$metadata.httpStatusCode ?? 0) >= 500) return true;
  return NO_CONNECTION.test((error as NodeJS.ErrnoException).code ?? '') || error.name === 'TimeoutError';
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /^(ExpiredToken|RequestExpired|ExpiredTokenException)/,
    'The credentials have expired: sign in again (aws sso login), then repeat the command.',
  ],
  [
    /^(UnrecognizedClient|InvalidClientTokenId|SignatureDoesNotMatch|AuthFailure|IncompleteSignature|InvalidAccessKeyId)/,
    'AWS does not accept these credentials: check AWS_ACCESS_KEY_ID, AWS_PROFILE and the clock of this machine.',
  ],
  [
    /^(AccessDenied|UnauthorizedOperation|AuthorizationError)/,
    'The identity in use lacks a permission: see aws sts get-caller-identity, and ask for the action named above.',
  ],
  [/^OptInRequired/, 'The account has not enabled this region or service.'],
];

/**
 * An error of the SDK as one a person can act on: AWS's own words, its code and request id, and a way forward.
 * Anything else comes back as it is.
 */
export function translateAwsError(error: unknown): unknown {
  if (isKnownFailure(error) || !(error instanceof Error)) return error;
  if (error.name === 'CredentialsProviderError' || error.name === 'TokenProviderError') {
    return new OperationError(`No usable AWS credentials: ${error.message}`, {
      cause: error,
      hint: 'Set AWS_PROFILE or pass --profile, sign in (aws sso login), or try without an account: add --sandbox.',
    });
  }
  // First: the SDK adds $metadata to errors of the connection too.
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== undefined && NO_CONNECTION.test(code)) {
    return new OperationError(`No connection: ${error.message || code}`, {
      cause: error,
      hint: 'Check the network, the region and AWS_ENDPOINT_URL, then repeat the command.',
    });
  }
  if (isServiceError(error)) {
    const { requestId } = error.$metadata;
    const source = [error.name, requestId && `request ${requestId}`].filter(Boolean).join(', ');
    const hint = HINTS.find(([pattern]) => pattern.test(error.name))?.[1];
    return new OperationError(`${error.message} (${source})`, {
      cause: error,
      ...(hint !== undefined && { hint }),
      details: { awsCode: error.name, requestId },
    });
  }
  return error;
}
