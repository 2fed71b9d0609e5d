import { AwsError } from '../../kernel/errors.ts';

/** Why a request isn't let in. */
export type DenialReason =
  | 'unsigned'
  | 'incomplete'
  | 'unknown key'
  | 'header not signed'
  | 'mismatch'
  | 'skewed'
  | 'URL expired'
  | 'token expired'
  | 'not authorized';

/** A request that nobody with the sandbox's keys has signed, or has signed for another time, or whose sender may not make it. Each protocol words it its own way. */
export class Denial extends Error {
  /** @param details further members of S3's error */
  constructor(
    readonly reason: DenialReason,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'Denial';
  }
}

type Answers = Readonly<
  Record<DenialReason, readonly [code: string, status: number, message?: string | undefined]>
>;

/** Message left out: the denial's own. */
function refusals(answers: Answers): (denial: Denial) => AwsError {
  return ({ reason, message, details }) => {
    const [code, status, own] = answers[reason];
    return new AwsError(code, own ?? message, status, details);
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html */
export const queryDenial = refusals({
  unsigned: ['MissingAuthenticationToken', 403],
  incomplete: ['IncompleteSignature', 400],
  'unknown key': ['InvalidClientTokenId', 403],
  'header not signed': ['SignatureDoesNotMatch', 403],
  mismatch: ['SignatureDoesNotMatch', 403],
  skewed: ['SignatureDoesNotMatch', 403],
  'URL expired': ['SignatureDoesNotMatch', 403],
  'token expired': ['ExpiredToken', 403],
  'not authorized': ['AccessDenied', 403],
});

const NOT_VALIDATED = 'AWS was not able to validate the provided access credentials';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
export const ec2Denial = refusals({
  unsigned: ['MissingAuthenticationToken', 403],
  incomplete: ['IncompleteSignature', 400],
  'unknown key': ['AuthFailure', 401],
  'header not signed': ['AuthFailure', 401, NOT_VALIDATED],
  mismatch: ['AuthFailure', 401, NOT_VALIDATED],
  skewed: ['RequestExpired', 400, 'Request has expired.'],
  'URL expired': ['RequestExpired', 400, 'Request has expired.'],
  'token expired': ['RequestExpired', 400, 'Request has expired.'],
  'not authorized': ['UnauthorizedOperation', 403],
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export const s3Denial = refusals({
  unsigned: ['AccessDenied', 403, 'Access Denied'],
  incomplete: ['AuthorizationHeaderMalformed', 400],
  'unknown key': ['InvalidAccessKeyId', 403],
  'header not signed': [
    'AccessDenied',
    403,
    'There were headers present in the request which were not signed',
  ],
  mismatch: ['SignatureDoesNotMatch', 403],
  skewed: [
    'RequestTimeTooSkewed',
    403,
    'The difference between the request time and the current time is too large.',
  ],
  'URL expired': ['AccessDenied', 403, 'Request has expired'],
  'token expired': ['ExpiredToken', 400, 'The provided token has expired.'],
  'not authorized': ['AccessDenied', 403],
});

/** The codes of services that speak JSON; one that goes by the operation's path answers with 403 instead of 400. */
export function jsonDenial(status: 400 | 403): (denial: Denial) => AwsError {
  return refusals({
    unsigned: ['MissingAuthenticationTokenException', status, 'Missing Authentication Token'],
    incomplete: ['IncompleteSignatureException', status],
    'unknown key': ['UnrecognizedClientException', status],
    'header not signed': ['InvalidSignatureException', status],
    mismatch: ['InvalidSignatureException', status],
    skewed: ['InvalidSignatureException', status],
    'URL expired': ['InvalidSignatureException', status],
    'token expired': ['ExpiredTokenException', status],
    'not authorized': ['AccessDeniedException', status],
  });
}
