import { statSync } from 'node:fs';
import { UsageError } from '../../errors.ts';
import { checkSecret } from '../check/check.ts';
import { type Finding, findingText } from '../check/finding.ts';
import { variableRedactionFindings } from '../check/redaction.ts';
import { textFindings } from '../check/text.ts';
import type { EnvEdit } from '../env-file/edit.ts';
import { isName, nameFault } from '../env-file/name.ts';
import { SECRET_SUFFIXES, type SecretKind, secretVariable, writtenKeys } from '../layout/keys.ts';
import { checkSlug } from '../layout/arguments.ts';
import { filesBelow, type GivenSecret } from './folder.ts';
import { Input, type InputSources } from './input.ts';

/** What can be given on the command line. */
export interface PutFlags {
  readonly pipeline?: string | undefined;
  readonly 'ssh-key'?: string | undefined;
  readonly 'generate-ssh-key': boolean;
  readonly type?: string | undefined;
  readonly env?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly unset?: readonly string[] | undefined;
  readonly 'git-credentials'?: string | undefined;
  readonly 'secret-file'?: readonly string[] | undefined;
  readonly dir?: string | undefined;
  readonly 'allow-shell': boolean;
}

/** A secret that is to be stored as it is. */
export interface NewSecret {
  readonly key: string;
  readonly kind: SecretKind;
  readonly body: Buffer;
  /** Whether one that is there already may be replaced. */
  readonly replaces: boolean;
}

/** What is to be stored, checked. */
export interface PutRequest {
  readonly pipeline: string | undefined;
  readonly secrets: readonly NewSecret[];
  readonly edits: readonly EnvEdit[];
  readonly warnings: readonly string[];
  /** Of a key that was generated. */
  readonly publicKey?: string;
}

/**
 * Reads and checks everything that is to be stored. Sends nothing to AWS.
 * @throws UsageError with everything that is wrong. No message holds any of a value.
 */
export async function gatherSecrets(flags: PutFlags, sources: InputSources): Promise<PutRequest> {
  const { pipeline } = flags;
  if (pipeline !== undefined) checkSlug(pipeline);
  const warnings: string[] = [];
  const input = new Input(sources);
  const keys = writtenKeys(pipeline);
  const given: GivenSecret[] = [];
  const file = async (flag: string, place: string | undefined, key: string, kind: SecretKind) => {
    if (place === undefined) return;
    given.push({
      key,
      kind,
      body: await input.read(flag, place),
      origin: place === '-' ? `stdin (${flag})` : place,
    });
    if (kind === 'ssh-key') warnings.push(...permissionWarning(place));
  };
  await file('--ssh-key', flags['ssh-key'], keys.sshKey, 'ssh-key');
  await file('--env', flags.env, keys.envFiles[0] ?? '', 'env');
  await file('--git-credentials', flags['git-credentials'], keys.gitCredentials, 'git-credentials');
  for (const each of flags['secret-file'] ?? []) given.push(await secretFile(each, keys, input));
  if (flags.dir !== undefined) given.push(...filesBelow(flags.dir, pipeline));
  if (flags['generate-ssh-key']) refuseTwice([...given, { key: keys.sshKey, origin: 'the key to be made' }]);
  else refuseTwice(given);

  const edits = [...(await editsToSet(flags.set ?? [], input, warnings)), ...editsToUnset(flags.unset ?? [])];
  if (edits.length > 0 && given.some(({ key }) => keys.envFiles.includes(key))) {
    const flag = flags.env === undefined ? '--dir' : '--env';
    throw new UsageError(`${flag} stores a whole file, and --set and --unset change the one that is there`, {
      hint: 'Give one or the other; a variable can be set afterwards.',
    });
  }
  refuseNamedTwice(edits);
  const generated = flags['generate-ssh-key'] ? await import('./generate-key.ts') : undefined;
  const pair = generated?.generateSshKey(flags.type === 'rsa' ? 'rsa' : 'ed25519', pipeline);
  if (given.length + edits.length === 0 && pair === undefined) {
    throw new UsageError('Nothing is given to be stored', {
      hint: [
        'For example: bk-stack secrets put my-stack --ssh-key ~/.ssh/ci_key',
        'bk-stack secrets put my-stack --pipeline app --set NPM_TOKEN',
      ].join('\n'),
    });
  }
  const secrets = await checked(given, flags['allow-shell'], warnings);
  if (pair !== undefined) {
    secrets.push({ key: keys.sshKey, kind: 'ssh-key', body: Buffer.from(pair.privateKey), replaces: false });
  }
  return { pipeline, secrets, edits, warnings, ...(pair !== undefined && { publicKey: pair.publicKey }) };
}

/** A key that others can read is no secret any more, wherever else it is kept. */
function permissionWarning(place: string): string[] {
  if (place === '-' || process.platform === 'win32') return [];
  const mode = statSync(place).mode & 0o777;
  return (mode & 0o077) === 0
    ? []
    : [`${place} can be read by others on this machine (mode ${mode.toString(8)}): chmod 600 ${place}`];
}

async function secretFile(
  text: string,
  keys: ReturnType<typeof writtenKeys>,
  input: Input,
): Promise<GivenSecret> {
  const [, name = '', place] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  if (secretVariable(name) === undefined || name.includes('/')) {
    throw new UsageError(`--secret-file: no build would get a secret file of this name`, {
      hint: `A name is a variable's and ends in ${SECRET_SUFFIXES.join(', ')}, such as NPM_TOKEN. The value comes from a file (NAME=FILE), from stdin or a prompt.`,
    });
  }
  const flag = `--secret-file ${name}`;
  const body = place === undefined ? await input.value(flag) : await input.read(flag, place);
  return { key: keys.secretFile(name), kind: 'secret-file', body, origin: name };
}

function refuseTwice(given: readonly Pick<GivenSecret, 'key' | 'origin'>[]): void {
  const seen = new Map<string, string>();
  for (const { key, origin } of given) {
    const before = seen.get(key);
    if (before !== undefined) {
      throw new UsageError(`${before} and ${origin} would both be stored as ${key}`, {
        hint: 'Leave out one of them.',
      });
    }
    seen.set(key, origin);
  }
}

function refuseNamedTwice(edits: readonly EnvEdit[]): void {
  const names = edits.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new UsageError(`${twice} is named twice by --set and --unset`, { hint: 'Name each variable once.' });
}

async function editsToSet(
  set: readonly string[],
  input: Input,
  warnings: string[],
): Promise<readonly EnvEdit[]> {
  const edits: EnvEdit[] = [];
  for (const text of set) {
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    checkName('--set', name);
    const given =
      equals < 0 ? await input.value(`--set ${name}`, isBlankLine) : Buffer.from(text.slice(equals + 1));
    tellOfValue(name, textFindings(given), warnings);
    // `echo` and most editors end what they write in a line feed that nobody means to be part of a value.
    const value = equals < 0 ? given.toString('utf8').replace(/\n$/, '') : given.toString('utf8');
    tellOfValue(name, variableRedactionFindings(name, value), warnings);
    if (equals >= 0) {
      warnings.push(
        `The value of ${name} is on the command line, where others on this machine can see it: --set ${name} alone reads it from stdin, or asks.`,
      );
    }
    edits.push({ name, value });
  }
  return edits;
}

/** What `echo "$VALUE"` gives for a variable that is not set. */
function isBlankLine(body: Buffer): boolean {
  return /^\r?\n?$/.test(body.toString('utf8'));
}

/** @throws UsageError for the first finding with which a value isn't stored */
function tellOfValue(name: string, findings: readonly Finding[], warnings: string[]): void {
  for (const finding of findings) {
    const text = `--set ${findingText(name, finding)}`;
    if (finding.severity === 'warning') warnings.push(text);
    else throw new UsageError(text, { ...(finding.hint !== undefined && { hint: finding.hint }) });
  }
}

function editsToUnset(names: readonly string[]): readonly EnvEdit[] {
  return names.map((name) => {
    checkName('--unset', name);
    return { name, value: undefined };
  });
}

/** A name that is none may be a value in the wrong place, and is not repeated. */
function checkName(flag: string, name: string): void {
  if (!isName(name)) {
    throw new UsageError(`${flag}: what stands before the equals sign is no name of a variable`, {
      hint: 'A name is letters, digits and _, and begins with no digit.',
    });
  }
  const fault = nameFault(name);
  if (fault !== undefined)
    throw new UsageError(`${flag}: ${fault.message}`, { hint: 'Choose another name.' });
}

/** @throws UsageError with all that is refused, over all secrets */
async function checked(
  given: readonly GivenSecret[],
  allowShell: boolean,
  warnings: string[],
): Promise<NewSecret[]> {
  const refused: { readonly origin: string; readonly finding: Finding }[] = [];
  const secrets: NewSecret[] = [];
  for (const { key, kind, body, origin } of given) {
    const outcome = await checkSecret(kind, body);
    for (const finding of outcome.findings) {
      const passes = finding.severity === 'warning' || (finding.severity === 'shell' && allowShell);
      if (passes) warnings.push(findingText(origin, finding));
      else refused.push({ origin, finding });
    }
    secrets.push({ key, kind, body: outcome.body, replaces: true });
  }
  if (refused.length > 0) throw refusal(refused);
  return secrets;
}

function refusal(refused: readonly { readonly origin: string; readonly finding: Finding }[]): UsageError {
  const hints = new Set(refused.flatMap(({ finding }) => finding.hint ?? []));
  if (refused.some(({ finding }) => finding.severity === 'shell')) {
    hints.add(
      'An env file is run by bash before every build. If it is meant to be more than NAME=value: --allow-shell',
    );
  }
  const shown = refused.slice(0, 20).map(({ origin, finding }) => findingText(origin, finding));
  const more = refused.length > shown.length ? [`and ${refused.length - shown.length} more`] : [];
  return new UsageError([...shown, ...more].join('\n'), {
    hint: ['Nothing was stored.', ...hints].join('\n'),
    details: {
      findings: refused.map(({ origin, finding: { message, line, column } }) => ({
        origin,
        message,
        line,
        column,
      })),
    },
  });
}
