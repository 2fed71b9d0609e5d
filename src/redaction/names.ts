/**
 * What the last words of a name say of its value. It holds the Buildkite Agent's own patterns (`redacted-vars`) and what other
 * programs call such things: https://buildkite.com/docs/pipelines/configure/managing-log-output#redacted-environment-variables
 */
const CLEAR = [
  'passwords?',
  'passwd',
  'passphrase',
  'secrets?',
  'tokens?',
  'credentials?',
  '(?:api|access|secret|private|signing|encryption|decryption|master|auth|deploy|ssh|license)[-_. ]?keys?',
  'access[-_. ]?key[-_. ]?id',
  'secret[-_. ]?key[-_. ]?base',
  'connection[-_. ]?strings?',
  'database[-_. ]?url',
  'webhook[-_. ]?url',
  'authorization',
].join('|');

/** These are the ends of other words too: bypass, compass. */
const SHORT = ['pass', 'pwd', 'dsn', 'auth', 'cookies?', 'signature', 'session'].join('|');

const SECRET_NAME = new RegExp(`(?:${CLEAR}|(?:^|[^a-z])(?:${SHORT}))[-_]?[0-9]*$`, 'i');
const SECRET_CAMEL = /[a-z0-9](?:Pass|Pwd|Dsn|Auth|Cookies?|Signature|Session)[0-9]*$/;

/** They end as a secret's name does, and name none: an enumeration, and AWS's words for a page and for a repeated request. */
const PUBLIC_NAMES = /^(?:HttpTokens|http_tokens|NextToken|ClientRequestToken|KeyPassphrase|EnableSecrets)$/;

/** Whether a value of this name is a secret by its name: `DEPLOY_TOKEN`, `dbPassword`, `api-key`. */
export function isSecretName(name: string): boolean {
  return !PUBLIC_NAMES.test(name) && (SECRET_NAME.test(name) || SECRET_CAMEL.test(name));
}

const ORDINARY = [
  /^(?:true|false|yes|no|on|off|null|none|undefined|unset|required|optional|enabled|disabled|\*+)$/i,
  /^-?\d{1,5}(?:\.\d+)?$/,
  /^[a-z]{2,3}(?:-[a-z]+)+-\d[a-z]?$/,
  // A plain word: production, staging.
  /^[a-z]{1,12}$/,
  /^\/(?:usr|bin|opt|tmp|etc|var|home|root)?(?:\/[\w.-]+)*\/?$/,
];

/** Whether a value is one that many things have, so that it tells nothing and taking it out everywhere would spoil a text. */
export function isOrdinary(value: string): boolean {
  return ORDINARY.some((pattern) => pattern.test(value));
}

/** Whether a value says no more than that there is one, or none. */
export function isBlank(value: string): boolean {
  return /^(?:true|false|yes|no|on|off|null|nil|none|undefined|unset|required|optional|enabled|disabled|[*x]+|[{}[\]()]+|\d{1,3})?$/i.test(
    value,
  );
}

/** A reference to a value in place of it: a variable, a dynamic reference, a function of CloudFormation. */
export function isReference(value: string): boolean {
  return /^(?:\$\{?[A-Za-z_(:]|%[A-Za-z_]+%$|\{\{.*\}\}$|!(?:Ref|Sub|GetAtt|If|Join|Select|ImportValue|And|Or|Not|Equals|FindInMap|Split|Base64|Transform)\b|<[^>]*>$|arn:aws)/.test(
    value,
  );
}
