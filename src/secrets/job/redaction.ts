import { isSecretName } from '../../redaction/names.ts';

/**
 * The shortest value that is redacted, in bytes: the agent draws the line here for variables, as shorter ones ("true",
 * "none") would take words out of every log.
 * https://github.com/buildkite/agent/blob/v3.78.0/internal/redact/redact.go (LengthMin)
 * A line of a longer value is redacted by itself from the same length on.
 */
export const SHORTEST_VALUE = 6;

/** The longest value that is redacted, in bytes, as for Buildkite's own secrets hooks (MaxSecretSize). */
export const LONGEST_VALUE = 65_536;

/**
 * The words by which Buildkite's secrets hooks (elastic-ci-stack-s3-secrets-hooks, `defaultSecretSuffixes`) and its agent
 * (`redacted-vars`) know a secret. They count at any place of a name, since `GH_TOKEN_RO` is one too.
 */
const WORDS = /(?:^|_)(?:SECRET|PASSWORD|TOKEN|ACCESS_KEY|SECRET_KEY|PRIVATE_KEY|CONNECTION_STRING)(?:_|$)/i;

/** Names of places on a disk, which logs are full of: AWS_WEB_IDENTITY_TOKEN_FILE. */
const PLACES = /_(?:FILE|PATH|DIR)$/i;

/**
 * Whether a job's log may not show the value of a variable, by its name: where `isSecretName` says so, and also where one of
 * Buildkite's words stands anywhere else in it. A log loses little by a word too many; data that people read would.
 */
export function isRedactedVariable(name: string): boolean {
  return isSecretName(name) || (WORDS.test(name) && !PLACES.test(name));
}

/** Why logs would show a value; undefined for one that is redacted. Blanks around a value don't count. */
export function unredacted(value: string): 'short' | 'long' | undefined {
  const bytes = Buffer.byteLength(value.trim());
  if (bytes > LONGEST_VALUE) return 'long';
  return bytes < SHORTEST_VALUE ? 'short' : undefined;
}

/** Tells that there is a key, and is not secret itself. */
const FRAME = /^-----(?:BEGIN|END) [A-Z0-9 ]+-----$/;

/**
 * The texts to redact so that no log shows a value, whole or by line. The agent's redactor looks for exact bytes in what a
 * terminal makes of a job's output, where a line feed has become a carriage return and a line feed. Blanks and line ends
 * around a value are left out: a program may print it without them.
 */
export function redactedForms(value: string): string[] {
  const whole = value.trim();
  const unix = whole.replaceAll('\r\n', '\n');
  const lines = unix.split(/[\r\n]/).map((line) => line.trim());
  const forms = [whole, unix, ...lines.filter((line) => !FRAME.test(line))].flatMap((text) => [
    text,
    text.replaceAll('\n', '\r\n'),
    // As JSON and Go's %q write it.
    JSON.stringify(text).slice(1, -1),
    // As bash traces it (`set -x`), and as `declare -p` and `export -p` print it.
    text.replaceAll("'", String.raw`'\''`),
    text.replace(/["$`\\]/g, String.raw`\$&`),
  ]);
  return [...new Set(forms)].filter((form) => unredacted(form) === undefined);
}
