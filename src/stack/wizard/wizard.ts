import { nearestNames } from '../../terminal/nearest.ts';
import type { Theme } from '../../terminal/theme.ts';
import type { Template } from '../parameters/index.ts';
import { askAdvanced } from './advanced.ts';
import type { Check, Prompter } from './prompter.ts';
import { ask, type Place } from './questions.ts';
import type { WizardSource } from './source.ts';
import { summaryText } from './summary.ts';
import { Values } from './values.ts';

/** What there is before the first question. */
export interface WizardContext {
  readonly prompter: Prompter;
  readonly theme: Theme;
  readonly template: Template;
  /** What was given on the command line, and is not asked for. */
  readonly given: {
    readonly stackName?: string | undefined;
    readonly region?: string | undefined;
    readonly parameters: ReadonlyMap<string, string>;
    /** Parameters were given as a whole: only what is missing is asked for. */
    readonly configured: boolean;
  };
  /** The region without another word. */
  readonly region: string;
  /** Whether a token has to be asked for, and where it comes from if not. */
  readonly token:
    { readonly kind: 'ask' } | { readonly kind: 'known'; readonly from: string } | { readonly kind: 'none' };
  /** Parameters that are never asked for, as the token's own. */
  readonly withheld: readonly string[];
  readonly sourceOf: (region: string) => WizardSource;
  /** What is wrong with a stack's name, whether or not it is free. */
  readonly nameFault: (name: string) => string | undefined;
  /** What is wrong with a token, as far as the Agent API tells. */
  readonly tokenFault: (token: string) => Promise<string | undefined>;
}

export interface WizardAnswers {
  readonly stackName: string;
  readonly region: string;
  readonly token?: string;
  /** Given or answered, where they differ from the template's defaults. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** States in which a stack only keeps its name: pre-flight offers to remove it. */
const LEFTOVER = /^(REVIEW_IN_PROGRESS|CREATE_FAILED|ROLLBACK_COMPLETE|ROLLBACK_FAILED|DELETE_FAILED)$/;

/**
 * Asks for what was not given, what matters first, then shows it all and asks once. Makes nothing.
 * @returns undefined when the person does not want it
 */
export async function askForStack(context: WizardContext): Promise<WizardAnswers | undefined> {
  const { prompter, template, given, token: needed, theme } = context;
  const region = given.region ?? (await askRegion(context));
  const source = context.sourceOf(region);
  const stackName = given.stackName ?? (await askName(context, source, region));
  const token =
    needed.kind === 'ask'
      ? (await prompter.secret({ message: 'Agent token (not shown):', check: tokenCheck(context) })).trim()
      : undefined;
  const values = new Values(template, given.parameters);
  const place: Place = { prompter, source, region, values };
  if (!given.configured) {
    for (const question of template.questions) {
      if (!given.parameters.has(question.parameter)) await ask(question, place);
    }
    await askAdvanced(template, settledParameters(context), place);
  }
  const from = { ask: 'as typed', known: needed.kind === 'known' ? needed.from : '', none: undefined };
  prompter.say(
    `\n${summaryText({ stackName, region, template, values, token: from[needed.kind] }, theme)}\n`,
  );
  if (!(await prompter.yes({ message: `Create ${stackName}?`, preset: true }))) return undefined;
  return { stackName, region, parameters: values.answers, ...(token !== undefined && { token }) };
}

async function askRegion({ prompter, sourceOf, region }: WizardContext): Promise<string> {
  const regions = await sourceOf(region).regions();
  return prompter.text({
    message: 'Region:',
    preset: region,
    check: (answer) => {
      if (regions.includes(answer)) return undefined;
      const near = nearestNames(answer, regions);
      const meant = near.length === 0 ? `one of ${regions.join(', ')}` : near.join(' or ');
      return `That is no region that this account can use; did you mean ${meant}?`;
    },
  });
}

function askName(
  { prompter, nameFault }: WizardContext,
  source: WizardSource,
  region: string,
): Promise<string> {
  return prompter.text({
    message: 'Name of the stack:',
    preset: 'buildkite',
    check: async (answer) => {
      const fault = nameFault(answer);
      if (fault !== undefined) return fault;
      const status = await source.stackStatus(answer);
      if (status === undefined || LEFTOVER.test(status)) return undefined;
      return `There is a stack named ${answer} in ${region} already (${status}); choose another name`;
    },
  });
}

function tokenCheck({ tokenFault }: WizardContext): Check {
  return (answer) =>
    answer.trim() === ''
      ? 'The agents need one: Buildkite shows it under Agents, your cluster, Agent Tokens'
      : tokenFault(answer.trim());
}

/** What the advanced part does not ask for again. */
function settledParameters({ template, given, withheld }: WizardContext): Set<string> {
  return new Set([
    ...withheld,
    ...given.parameters.keys(),
    ...template.questions.flatMap(({ parameter, sets }) => [parameter, ...sets]),
  ]);
}
