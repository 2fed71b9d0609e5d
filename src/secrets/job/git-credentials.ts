/** What git asks for, and answers: https://git-scm.com/docs/git-credential#IOFMT */
export interface GitCredential {
  readonly protocol?: string;
  readonly host?: string;
  readonly path?: string;
  readonly username?: string;
  readonly password?: string;
}

/** Reads git's `name=value` lines. */
export function parseRequest(text: string): GitCredential {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf('=');
      return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
    }),
  );
}

/** The credentials of a git-credentials file: one URL a line, user and password percent-encoded. */
export function parseCredentials(text: string): GitCredential[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const found = /^(\w[\w+.-]*):\/\/([^:@/]*)(?::([^@/]*))?@([^/]*)(?:\/(.*))?$/.exec(line.trim());
    if (found === null) return [];
    const [, protocol, username = '', password = '', host = '', path] = found;
    return [
      {
        protocol: protocol ?? '',
        host: decoded(host),
        username: decoded(username),
        password: decoded(password),
        ...(path !== undefined && path !== '' && { path: decoded(path) }),
      },
    ];
  });
}

/** Letters, digits and the marks that percent-encoding leaves as they are. RFC 3986, section 2.3 */
const UNRESERVED = /%(?:2D|2E|5F|7E|3[0-9]|[46][1-9A-F]|[57][0-9A])/i;

/**
 * Percent-decodes as Git's own store writes. Text in which an unreserved character is encoded was written by no encoder: it is
 * a password with a % in it, which the field's helper hands to Git as it is written, `abc%41d`. So it stays.
 * https://github.com/buildkite/elastic-ci-stack-s3-secrets-hooks/blob/master/git-credential-s3-secrets
 */
function decoded(text: string): string {
  return UNRESERVED.test(text) ? text : percentDecoded(text);
}

/** Stands in place of a password where GitHub is given a token as the user. */
const NO_PASSWORD = 'x-oauth-basic';

/**
 * What is secret in each line of a git-credentials file: the password, or the user where a token stands in its place. In
 * the forms in which logs may have it: decoded, as Git gets it; as the file has it; percent-encoded, as URLs have it.
 */
export function credentialSecrets(
  text: string,
): { readonly line: number; readonly forms: readonly [string, ...string[]] }[] {
  return text.split('\n').flatMap((line, index) => {
    const rest = /^\w[\w+.-]*:\/\/(.*)$/.exec(line.trim())?.[1] ?? '';
    // A password that isn't encoded may have an @ of its own, and so may the path.
    const forms = [rest.indexOf('@'), rest.lastIndexOf('@')].flatMap((at) => {
      const [, user = '', password = ''] = /^([^:]*):?(.*)$/.exec(rest.slice(0, Math.max(at, 0))) ?? [];
      const secret = password === '' || password === NO_PASSWORD ? user : password;
      return secret === '' ? [] : encodings(secret);
    });
    const [first, ...others] = new Set(forms);
    return first === undefined ? [] : [{ line: index + 1, forms: [first, ...others] as const }];
  });
}

/** As programs decode it that look at no more than the percent signs. */
function percentDecoded(written: string): string {
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}

function encodings(written: string): string[] {
  const plain = decoded(written);
  const encoded = encodeURIComponent(plain);
  return [
    plain,
    written,
    percentDecoded(written),
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  ];
}

/** The first that fits, as git's own store chooses: https://git-scm.com/docs/git-credential-store#_storage_format */
export function matchingCredential(
  credentials: readonly GitCredential[],
  request: GitCredential,
): GitCredential | undefined {
  const fits = (wanted: string | undefined, has: string | undefined) =>
    wanted === undefined || wanted === has;
  return credentials.find(
    ({ protocol, host, path, username }) =>
      fits(request.protocol, protocol) &&
      fits(request.host, host) &&
      // git names a path only where credential.useHttpPath is on; a line without one serves the whole host.
      (request.path === undefined || path === undefined || path === request.path) &&
      fits(request.username, username),
  );
}

/** What git's question is answered with, out of the files in the order in which they count; empty where none fits. */
export function answerGit(files: readonly { readonly text: string }[], question: string): string {
  const credentials = files.flatMap(({ text }) => parseCredentials(text));
  const found = matchingCredential(credentials, parseRequest(question));
  return found === undefined ? '' : credentialAnswer(found);
}

function credentialAnswer({ username = '', password = '' }: GitCredential): string {
  return `username=${username}\npassword=${password}\n`;
}
