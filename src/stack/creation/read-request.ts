import { UsageError } from '../../errors.ts';
import {
  checkParameters,
  type GivenParameters,
  parseParamFlags,
  readConfig,
  readTemplate,
} from '../parameters/index.ts';
import { parseToken } from '../token/token.ts';
import type { CreationRequest } from './prepare.ts';
import { TOKEN_PARAMETER, TOKEN_PATH_PARAMETER } from './token-parameter.ts';
import { checkStackName } from './stack-name.ts';
import { parseTags } from '../naming/tags.ts';

/** What can be given on the command line. */
export interface CreationFlags {
  readonly name?: string | undefined;
  readonly config?: string | undefined;
  readonly param?: readonly string[] | undefined;
  readonly 'token-stdin': boolean;
  readonly tag?: readonly string[] | undefined;
  readonly template?: string | undefined;
  readonly 'role-arn'?: string | undefined;
  readonly 'termination-protection': boolean;
  readonly 'assets-bucket'?: string | undefined;
}

/** Where things come from that are not on the command line. */
export interface InputSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** All of stdin; asked for only when it is needed. */
  readonly stdin: () => Promise<string>;
  /** Whether a person would have to type on stdin. */
  readonly stdinIsTerminal: boolean;
  /** Takes warnings. */
  readonly say: (line: string) => void;
}

/** A request as far as it was given. */
export type PartialRequest = Omit<CreationRequest, 'stackName'> & {
  readonly stackName?: string;
  /** How people call the place that the token came from. */
  readonly tokenFrom?: string;
  /** Whether parameters were given as a whole, by a file: then the ones left out are meant to be. */
  readonly configured: boolean;
};

/**
 * Reads and checks what was given, by flags, files, stdin and the environment. Sends nothing to AWS.
 * @throws UsageError for what cannot be used; for parameters, with everything that is wrong with them.
 */
export async function readRequest(flags: CreationFlags, surroundings: InputSources): Promise<PartialRequest> {
  const { config, 'token-stdin': tokenStdin } = flags;
  refuseTerminal(flags, surroundings);
  const stackName = flags.name === undefined || flags.name === '' ? undefined : checkStackName(flags.name);
  const tags = parseTags(flags.tag ?? []);
  const params = parseParamFlags(flags.param ?? []);
  const file: GivenParameters =
    config === undefined ? new Map() : await readConfig(config, surroundings.stdin);
  const template = await readTemplate(flags.template);
  const parameters = checkParameters(template, { file, flags: params });
  const hasPath = Boolean(parameters.get(TOKEN_PATH_PARAMETER));
  if (hasPath && tokenStdin) {
    throw new UsageError(`--token-stdin and ${TOKEN_PATH_PARAMETER} both say what the agent token is`, {
      hint: `Leave out one of them: with ${TOKEN_PATH_PARAMETER} the token is read from there.`,
    });
  }
  if (tokenStdin && parameters.get(TOKEN_PARAMETER)) {
    throw new UsageError(`--token-stdin and ${TOKEN_PARAMETER} both give the agent token`, {
      hint: 'Leave out one of them. --token-stdin keeps it out of files and off command lines.',
    });
  }
  if (params.has(TOKEN_PARAMETER)) {
    surroundings.say(
      `${TOKEN_PARAMETER} on the command line can be seen by others on this machine: --token-stdin keeps it to yourself.`,
    );
  }
  const token = hasPath ? undefined : await tokenOf(tokenStdin, parameters, surroundings);
  return {
    ...(stackName !== undefined && { stackName }),
    template,
    parameters,
    ...(token !== undefined && { token: token.value, tokenFrom: token.from }),
    tags,
    ...(flags['role-arn'] !== undefined && { roleArn: flags['role-arn'] }),
    terminationProtection: flags['termination-protection'],
    ...(flags['assets-bucket'] !== undefined && { assetsBucket: flags['assets-bucket'] }),
    configured: config !== undefined,
  };
}

const EXAMPLE = 'bk-stack create my-stack --token-stdin < token.txt';

/** The token, from the most explicit of the places it can be in. */
async function tokenOf(
  fromStdin: boolean,
  parameters: ReadonlyMap<string, string>,
  { env, stdin }: InputSources,
): Promise<{ readonly value: string; readonly from: string } | undefined> {
  const places = [
    ['stdin', fromStdin ? await stdin() : undefined],
    [TOKEN_PARAMETER, parameters.get(TOKEN_PARAMETER) || undefined],
    ['BUILDKITE_AGENT_TOKEN', env['BUILDKITE_AGENT_TOKEN'] || undefined],
  ] as const;
  const [from, text] = places.find(([, found]) => found !== undefined) ?? [];
  return from === undefined || text === undefined
    ? undefined
    : { value: parseToken(text, from, EXAMPLE), from };
}

function refuseTerminal(
  { config, 'token-stdin': tokenStdin }: CreationFlags,
  { stdinIsTerminal }: InputSources,
): void {
  if (config === '-' && tokenStdin) {
    throw new UsageError('--config - and --token-stdin both read stdin, which can be read once', {
      hint: 'Put one of them into a file, or the token into BUILDKITE_AGENT_TOKEN.',
    });
  }
  if (!stdinIsTerminal || (config !== '-' && !tokenStdin)) return;
  throw new UsageError(`${tokenStdin ? '--token-stdin' : '--config -'} reads stdin, and that is a terminal`, {
    hint: tokenStdin
      ? `Feed it a file (${EXAMPLE}), or leave it out to be asked.`
      : 'Feed it a file (bk-stack create my-stack --config - < stack.yml), or name the file.',
  });
}
