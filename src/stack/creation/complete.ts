import type { AwsContext } from '../../aws/context.ts';
import { DeclinedError, UsageError } from '../../errors.ts';
import type { Theme } from '../../terminal/theme.ts';
import { checkToken, preflightCalls } from '../preflight/index.ts';
import type { askForStack, WizardContext } from '../wizard/index.ts';
import type { PartialRequest } from './read-request.ts';
import type { CreationRequest } from './prepare.ts';
import { stackNameFault } from './stack-name.ts';
import { ENDPOINT_PARAMETER, endpointOf, TOKEN_PARAMETER, TOKEN_PATH_PARAMETER } from './token-parameter.ts';

/** A request that leaves nothing open, and the region it is for. */
export interface CompleteRequest {
  readonly aws: AwsContext;
  readonly request: CreationRequest;
}

export interface CompletionOptions {
  /** Whether a person is there to be asked. */
  readonly asking: boolean;
  /** The region, where it was named. */
  readonly region?: string | undefined;
  readonly signal: AbortSignal;
  readonly theme: Theme;
}

/** Asks a person for what is open; undefined for a no. */
export type Wizard = (context: WizardContext) => ReturnType<typeof askForStack>;

const askByWizard: Wizard = async (context) => (await import('../wizard/index.ts')).askForStack(context);

/**
 * Fills in what was not given: by asking a person who is there, or else by the template's defaults.
 * @throws DeclinedError when the person does not want it after all.
 */
export async function completeRequest(
  aws: AwsContext,
  given: PartialRequest,
  options: CompletionOptions,
  ask: Wizard = askByWizard,
): Promise<CompleteRequest> {
  const { stackName } = given;
  if (stackName !== undefined && (!options.asking || leavesNothingOpen(given))) {
    return { aws, request: { ...given, stackName } };
  }
  if (!options.asking) throw new UsageError('No stack is named');
  const answers = await ask(await wizardContext(aws, given, options));
  if (answers === undefined) throw new DeclinedError('Nothing has been made.');
  const { region, ...answered } = answers;
  return {
    aws: region === aws.region ? aws : aws.inRegion(region),
    request: { ...given, ...answered },
  };
}

/** With a file of parameters and a token a person has said it all. */
function leavesNothingOpen(given: PartialRequest): boolean {
  return given.configured && tokenNeed(given).kind !== 'ask';
}

/** Whether a token has to be asked for. */
function tokenNeed({ template, parameters, token, tokenFrom }: PartialRequest): WizardContext['token'] {
  const names = new Set(template.definitions.map(({ name }) => name));
  if (!names.has(TOKEN_PARAMETER) && !names.has(TOKEN_PATH_PARAMETER)) return { kind: 'none' };
  const path = parameters.get(TOKEN_PATH_PARAMETER);
  if (path) return { kind: 'known', from: path };
  return token === undefined
    ? { kind: 'ask' }
    : { kind: 'known', from: `from ${tokenFrom ?? 'the command line'}` };
}

async function wizardContext(
  aws: AwsContext,
  given: PartialRequest,
  { region, signal, theme }: CompletionOptions,
): Promise<WizardContext> {
  const { inquirerPrompter, wizardSource } = await import('../wizard/index.ts');
  const { stackName, template, parameters, configured } = given;
  const presets = template.definitions.map(({ name, preset = '' }) => [name, preset] as const);
  // In the sandbox its own Agent API is meant, unless another was named.
  const known = aws.agentEndpoint === undefined ? new Map([...presets, ...parameters]) : parameters;
  const endpoint = endpointOf(known, aws);
  return {
    prompter: inquirerPrompter,
    theme,
    template,
    given: { stackName, region, parameters, configured },
    region: aws.region,
    token: tokenNeed(given),
    withheld: [
      TOKEN_PARAMETER,
      TOKEN_PATH_PARAMETER,
      ...(aws.agentEndpoint === undefined ? [] : [ENDPOINT_PARAMETER]),
    ],
    sourceOf: (place) => wizardSource(place === aws.region ? aws : aws.inRegion(place), signal),
    nameFault: stackNameFault,
    tokenFault: async (token) => {
      const source = { kind: 'value', token } as const;
      const { problems } = await checkToken(preflightCalls(aws, signal), source, endpoint, aws.region);
      return problems[0]?.message;
    },
  };
}
