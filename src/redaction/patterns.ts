/** Why something was taken out. */
export type Reason =
  | 'known value'
  | 'agent token'
  | 'private key'
  | 'token'
  | 'AWS credential'
  | 'JSON web token'
  | 'credential in a URL'
  | 'header'
  | 'signed URL'
  | 'named secret'
  | 'random text'
  | 'encoded secret'
  | 'account id';

/** What stands in place of it. It has no quotes or backslashes, so that JSON stays JSON. */
export function mark(reason: Reason): string {
  return `[redacted ${reason}]`;
}

/** A shape that secrets have. */
export interface Shape {
  readonly reason: Reason;
  readonly pattern: RegExp;
  /** The group that is taken out; the whole match without it. Groups before it stay, and so does what follows it. */
  readonly group?: 1 | 2;
  /** Looks closer at what was found. */
  readonly judge?: (found: string) => boolean;
}

/**
 * Tokens with a prefix of their own. Buildkite's: https://buildkite.com/docs/platform/security/tokens and the list that its
 * agent redacts by. GitHub's, GitLab's and others': their documentation of token formats.
 */
const PREFIXED = [
  'bk(?:aa|jat|aj|ar|ua|ur|tx|cqt|ct|pt|rt|tr|at|pat|ps)_[\\w.-]{8,}',
  'bk[a-z]{2,4}_[\\w.-]{20,}',
  'gh[pousr]_\\w{16,}',
  'github_pat_\\w{16,}',
  'gl[a-z]{2,6}-[\\w.-]{16,}',
  'GR1348941[\\w-]{16,}',
  'xox[a-z](?:\\.xox[a-z])?-[\\w-]{8,}',
  'xapp-[\\w-]{8,}',
  'npm_[A-Za-z0-9]{16,}',
  'pypi-[\\w-]{16,}',
  'rubygems_[0-9a-f]{32,}',
  'dckr_[a-z]{3,4}_[\\w-]{16,}',
  '[srp]k_(?:live|test)_\\w{8,}',
  'whsec_[\\w+/=-]{16,}',
  'sk-[\\w-]{20,}',
  'AIza[\\w-]{30,}',
  'ya29\\.[\\w-]{16,}',
  'GOCSPX-[\\w-]{16,}',
  'hv[sbr]\\.[\\w-]{16,}',
  'do[opr]_v1_[0-9a-f]{32,}',
  'SG\\.[\\w-]{16,}\\.[\\w-]{16,}',
  'HRKU-[\\w-]{16,}',
  'shp(?:at|ca|pa|ss)_[0-9a-fA-F]{16,}',
  'lin_(?:api|oauth)_\\w{16,}',
  'ATATT3[\\w=-]{16,}',
  'ATCTT3[\\w=-]{16,}',
  'hf_[A-Za-z0-9]{20,}',
  'AGE-SECRET-KEY-1[A-Z0-9]{20,}',
  'NRAK-[A-Z0-9]{16,}',
  'dp\\.(?:pt|st|ct|sa|scim|audit)\\.\\w{16,}',
  'pul-[0-9a-f]{32,}',
  'tskey-[\\w-]{16,}',
  '\\w{14}\\.atlasv1\\.[\\w-]{32,}',
  'cio[A-Za-z0-9]{32}',
];

const UNIT = '(?<![A-Za-z0-9])';

export const SHAPES: readonly Shape[] = [
  {
    reason: 'private key',
    // To its end, or to the end of the text where that is cut off.
    pattern:
      /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$(?![\s\S]))/g,
  },
  {
    reason: 'private key',
    pattern: /PuTTY-User-Key-File-\d:[\s\S]*?(?:Private-MAC: *[0-9a-f]+|$(?![\s\S]))/g,
  },
  { reason: 'token', pattern: new RegExp(`${UNIT}(?:${PREFIXED.join('|')})`, 'g') },
  // As agent tokens were before they had a prefix.
  { reason: 'agent token', pattern: /(?<![0-9a-z])[0-9a-f]{50}(?![0-9a-z])/g },
  { reason: 'token', pattern: /(?<=hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/g },
  { reason: 'JSON web token', pattern: /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)*/g },
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
  { reason: 'AWS credential', pattern: /(?<![A-Z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}(?![a-z])/g },
  { reason: 'AWS credential', pattern: /(?<![A-Za-z0-9+/])(?:IQoJ|FwoG|FQoG|AQoD)[A-Za-z0-9+/=%]{60,}/g },
  {
    reason: 'credential in a URL',
    // A password may have slashes; what stands behind a port is a path.
    pattern:
      /\b([a-z][a-z0-9+.-]*:\/\/)((?:[^\s/?#"'<>@\\]+|[^\s/@:"'<>\\]*:(?!\d{1,5}\/)[^\s@"'<>\\]*)(?:@[^\s/@"'<>\\]*)*)(?=@)/gi,
    group: 2,
  },
  {
    reason: 'header',
    // Of several parts, some of them in quotes.
    pattern: /((?:proxy-)?authorization:[ \t]*(?:Digest|OAuth|Signature|AWS4-HMAC-SHA256)[ \t]+)([^\r\n]+)/gi,
    group: 2,
  },
  {
    reason: 'header',
    pattern:
      /((?:proxy-)?authorization\\?["']?[ \t]*[:=][ \t]*\\?["']?(?:(?:Basic|Bearer|Token|Digest|Negotiate)[ \t]+|AWS4-HMAC-SHA256[ \t]+)?)([^\s"'\\,\]}][^\r\n"'\\\]}]*)/gi,
    group: 2,
  },
  { reason: 'header', pattern: /((?:set-)?cookie:[ \t]*)([^\s"'\\][^\r\n"'\\]*)/gi, group: 2 },
  {
    reason: 'header',
    pattern: /\b((?:Bearer|Basic|Token)[ \t]+)([A-Za-z0-9+/_.~-]{12,}=*)/g,
    group: 2,
    judge: (found) => /\d/.test(found) || found.length > 20,
  },
  {
    reason: 'signed URL',
    pattern:
      /([?&;](?:amp;)?(?:X-Amz-(?:Signature|Credential|Security-Token)|AWSAccessKeyId|sig|X-Goog-Signature)=)([^&\s"'<>\\]+)/gi,
    group: 2,
  },
  {
    reason: 'random text',
    pattern: /(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/_=-])/g,
    judge: isRandom,
  },
  { reason: 'random text', pattern: /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{60,}={0,2}/g, judge: isRandom },
];

/** Whether a text is as keys are: letters of both cases and digits, in no order. Words and checksums in hexadecimal are not. */
function isRandom(text: string): boolean {
  const kinds = Array.from(text, (character) => KINDS.findIndex((kind) => kind.test(character)));
  const share = (kind: number) => kinds.filter((each) => each === kind).length / text.length;
  if (share(LOWER) < 0.1 || share(UPPER) < 0.15 || share(DIGIT) < 0.02) return false;
  const changes = kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length;
  return changes > 0.35 * text.length && new Set(text).size > 0.35 * Math.min(text.length, 60);
}

const KINDS = [/[a-z]/, /[A-Z]/, /\d/] as const;
const [LOWER, UPPER, DIGIT] = [0, 1, 2];
