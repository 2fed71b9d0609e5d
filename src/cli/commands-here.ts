import { isSecretName } from '../redaction/names.ts';
import { Redactor } from '../redaction/redactor.ts';
import { AS_GIVEN, commandsIn, type PrintedWord } from '../shell/printed.ts';
import { word } from '../shell/quoted.ts';

/** A flag as the manifest describes it, as far as it matters to a printed command. */
export interface KnownFlag {
  readonly type: 'boolean' | 'option';
  readonly char?: string | undefined;
  readonly helpGroup?: string | undefined;
  readonly multiple?: boolean | undefined;
  readonly exclusive?: readonly string[] | undefined;
}

/** A command as the manifest describes it. */
export interface KnownCommand {
  /** With colons: `logs:tail`. */
  readonly id: string;
  readonly strict?: boolean | undefined;
  readonly args: Readonly<Record<string, unknown>>;
  readonly flags: Readonly<Record<string, KnownFlag>>;
}

/** Where commands work, as far as flags or the environment say. */
export interface Connection {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly sandbox?: boolean | undefined;
}

/** A flag that the running command was given, as words that a shell has yet to read. */
export interface GivenFlag {
  readonly name: string;
  readonly words: readonly string[];
}

/** The connection, the manifest and the running command: all that printed commands are completed from. */
export interface Here extends Connection {
  readonly commands: readonly KnownCommand[];
  /** How bk-stack is started here, where that is not `bk-stack`. */
  readonly program?: string | undefined;
  /** The region that is worked in, where it is known: the AWS CLI may have another by default. */
  readonly awsRegion?: string | undefined;
  /** The running command, and its flags. */
  readonly running?: { readonly id: string; readonly given: readonly GivenFlag[] } | undefined;
}

/** The help group of the flags that every command has. */
export const GLOBAL = 'GLOBAL';

/**
 * The text with its commands completed, so that each works where the running command does, in any shell. Those of bk-stack get
 * `--region`, `--profile` and `--sandbox`, and in place of `AS_GIVEN` the flags of the running command if they repeat it. Those of
 * the AWS CLI get region and profile, and in the sandbox its environment. What a command says itself stays.
 */
export function commandsHere(text: string, here: Here): string {
  let [done, from] = ['', 0];
  for (const [program, ...words] of commandsIn(text)) {
    if (program === undefined) continue;
    const completed = program.text === 'aws' ? awsCommand(words, here) : ownCommand(words, here);
    if (completed === undefined) continue;
    done += text.slice(from, program.start) + completed.line;
    from = completed.end;
  }
  return done + text.slice(from);
}

/** Data for `--json` with the commands of its texts completed. */
export function dataHere(data: unknown, here: Here): unknown {
  if (data === undefined) return data;
  const complete = (_: string, value: unknown) =>
    typeof value === 'string' ? commandsHere(value, here) : value;
  return JSON.parse(JSON.stringify(data, complete)) as unknown;
}

/** The region, profile and sandbox that a command line names, or the environment. */
export function connectionOf(
  argv: readonly string[],
  flags: KnownCommand['flags'] | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Connection {
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  const valueOf = (name: string) => {
    // `simulate --profile` is a profile of jobs.
    if (flags !== undefined && flags[name]?.helpGroup !== GLOBAL) return undefined;
    const flag = `--${name}`;
    const at = own.findLastIndex((arg) => arg === flag || arg.startsWith(`${flag}=`));
    return own[at] === flag ? own[at + 1] : own[at]?.slice(flag.length + 1);
  };
  return {
    region: valueOf('region'),
    profile: valueOf('profile'),
    sandbox: own.includes('--sandbox') || isOn(env['BK_STACK_SANDBOX']),
  };
}

export function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

/** A flag as the parser read it: for a boolean `input` is the flag itself, for others its value. */
export interface FlagToken {
  readonly type: string;
  readonly flag?: string;
  readonly input: string;
}

/** How the result is shown, and who is asked: not repeated, as whoever types a command decides that anew. */
const PRESENTATION = /^(?:json|no-color|no-input|debug|region|profile|sandbox)$/;

/** The flags that a command was given, to be repeated. A value that may be a secret by its name or its look is left out. */
export function givenFlags(tokens: readonly FlagToken[], flags: KnownCommand['flags']): GivenFlag[] {
  return tokens.flatMap(({ type, flag, input }) => {
    if (type !== 'flag' || flag === undefined || PRESENTATION.test(flag)) return [];
    const option = flags[flag]?.type === 'option';
    return [{ name: flag, words: option ? [`--${flag}`, shownValue(input)] : [input] }];
  });
}

function shownValue(value: string): string {
  const [, key, named = value] = /^([\w.-]+)=(.*)$/s.exec(value) ?? [];
  const secret =
    (key !== undefined && isSecretName(key)) ||
    [value, named].some((each) => new Redactor().redact(each) !== each);
  if (!secret) return value;
  return key === undefined ? '...' : `${key}=...`;
}

interface Completed {
  readonly line: string;
  /** Where what follows the command begins. */
  readonly end: number;
}

function ownCommand(words: readonly PrintedWord[], here: Here): Completed | undefined {
  const [command, depth] = named(words, here.commands);
  if (command === undefined) return undefined;
  const own = [...words.slice(0, depth), ...ownWords(words.slice(depth), command)];
  const texts = own.map(({ text }) => text);
  const present = texts.flatMap((text) => flagName(text, command) ?? []);
  const given =
    here.running?.id === command.id && texts.includes(AS_GIVEN)
      ? here.running.given.filter(
          (flag) =>
            !isSaid(flag, texts, present, command) &&
            !present.some((each) => areExclusive(flag.name, each, command)),
        )
      : [];
  const repeated = given.flatMap((flag) => flag.words.map(word));
  const all = [...present, ...given.map(({ name }) => name)];
  const feed = readsStdin(given) && words[own.length]?.text !== '<' ? ['<', 'FILE'] : [];
  return {
    line: [
      here.program ?? 'bk-stack',
      ...texts.flatMap((text) => (text === AS_GIVEN ? repeated : [text])),
      ...connectionFlags(here, (flag) => takes(command, flag, all)),
      ...feed,
    ].join(' '),
    end: own.at(-1)?.end ?? 0,
  };
}

/** Whether a command says itself what a given flag says. One that can be repeated is another with another value. */
function isSaid(
  { name, words: [, value] }: GivenFlag,
  texts: readonly string[],
  present: readonly string[],
  { flags }: KnownCommand,
): boolean {
  if (flags[name]?.multiple !== true || value === undefined) return present.includes(name);
  return texts.some((text, at) => text === `--${name}` && texts[at + 1] === word(value));
}

/** The command that the first words name, and how many they are: the longest name that fits. */
function named(
  words: readonly PrintedWord[],
  commands: readonly KnownCommand[],
): [command: KnownCommand | undefined, depth: number] {
  for (const depth of [2, 1]) {
    const id = words
      .slice(0, depth)
      .map(({ text }) => text)
      .join(':');
    const command = words.length < depth ? undefined : commands.find((known) => known.id === id);
    if (command !== undefined) return [command, depth];
  }
  return [undefined, 0];
}

/** The words up to a redirection, a pipe or `--`, and as many as the command takes: a sentence may go on behind it. */
function ownWords(words: readonly PrintedWord[], command: KnownCommand): PrintedWord[] {
  let room = command.strict === false ? Infinity : Object.keys(command.args).length;
  let valueComes = false;
  const end = words.findIndex(({ text }) => {
    if (/^(?:[<>|&#]|--$)/.test(text)) return true;
    const isValue = valueComes;
    const flag = isValue ? undefined : flagName(text, command);
    valueComes = flag !== undefined && command.flags[flag]?.type === 'option' && !text.includes('=');
    if (isValue || flag !== undefined || text === AS_GIVEN) return false;
    room -= 1;
    return room < 0;
  });
  return end < 0 ? [...words] : words.slice(0, end);
}

function flagName(text: string, { flags }: KnownCommand): string | undefined {
  const [, name, char] = /^(?:--([a-z][\w-]*)|-([a-zA-Z])$)/.exec(text) ?? [];
  if (name === undefined) return char && Object.keys(flags).find((each) => flags[each]?.char === char);
  return name in flags ? name : name.replace(/^no-/, '');
}

/** Whether a command takes a global flag that it does not have yet. `list --all-regions` takes no region. */
function takes(command: KnownCommand, flag: string, present: readonly string[]): boolean {
  return (
    !command.id.startsWith('sandbox:') &&
    command.flags[flag]?.helpGroup === GLOBAL &&
    !present.some((each) => each === flag || areExclusive(each, flag, command))
  );
}

/** Whether a command refuses two flags together; it says so of one of them, or of both. */
function areExclusive(one: string, other: string, { flags }: KnownCommand): boolean {
  const excludes = (each: string, another: string) => flags[each]?.exclusive?.includes(another) === true;
  return excludes(one, other) || excludes(other, one);
}

function readsStdin(given: readonly GivenFlag[]): boolean {
  return given.some(
    ({ name, words }) => name === 'token-stdin' || (name === 'config' && words.at(-1) === '-'),
  );
}

function connectionFlags(
  { region, profile, sandbox }: Connection,
  missing: (flag: string) => boolean,
): string[] {
  return [
    ...(region !== undefined && missing('region') ? ['--region', word(region)] : []),
    ...(profile !== undefined && missing('profile') ? ['--profile', word(profile)] : []),
    ...(sandbox === true && missing('sandbox') ? ['--sandbox'] : []),
  ];
}

/** The sandbox is an endpoint and keys of its own, which the profile of a command would win over. */
function awsCommand(words: readonly PrintedWord[], here: Here): Completed | undefined {
  // Behind the operation come its flags, and else a sentence goes on.
  const bare = words[2] !== undefined && !/^[-<>|/]/.test(words[2].text);
  const whole = bare ? words.slice(0, 2) : words;
  const end = whole.at(-1)?.end;
  if (end === undefined) return undefined;
  const operator = whole.findIndex(({ text }) => /^[<>|&#]/.test(text));
  const texts = whole.map(({ text }) => text);
  const [own, rest] = operator < 0 ? [texts, []] : [texts.slice(0, operator), texts.slice(operator)];
  const { sandbox, awsRegion: region, profile } = here;
  const flags = connectionFlags(
    { region, profile: sandbox === true ? undefined : profile },
    (flag) => !own.some((text) => text === `--${flag}` || text.startsWith(`--${flag}=`)),
  );
  const line = ['aws', ...own, ...flags, ...rest].join(' ');
  const env = `eval "$(${here.program ?? 'bk-stack'} sandbox env)"`;
  return { line: sandbox === true ? `(${env} && ${line})` : line, end };
}
