import { stripVTControlCharacters } from 'node:util';
import { parseTemplate } from '../../cfn/document.ts';
import type { StackEvent } from '../../stack/events/event.ts';
import { cloudFormationEvents } from '../../stack/events/source.ts';
import { shownParameters } from '../../stack/status/params.ts';
import { paramsMarkdown } from '../../stack/status/params-text.ts';
import { statusText } from '../../stack/status/status-text.ts';
import { outTheme } from '../../terminal/theme.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';
import type { BundleSubject } from './subject.ts';
import { dataPart, type Part, textPart } from './part.ts';

/** Of one stack's history, the newest; a creation has some 200. */
const MAX_EVENTS = 1000;

/** What CloudFormation knows. */
export function stackParts(subject: BundleSubject): Part[] {
  const { facts, status } = subject;
  return [
    textPart('params.md', 'the parameters as a table for a ticket', async () => ({
      text: `${paramsMarkdown(await shownParameters(facts))}\n`,
    })),
    dataPart('parameters.json', 'the parameters, with their defaults', async () => ({
      data: await shownParameters(facts),
    })),
    textPart('status.txt', 'what is wrong, and how the stack is now', async () => ({
      text: `${stripVTControlCharacters(statusText(await status(), outTheme))}\n`,
    })),
    dataPart('status.json', 'the same as data', async () => ({ data: await status() })),
    dataPart('stack.json', 'the stack as CloudFormation describes it: state, outputs, tags', () =>
      Promise.resolve({ data: facts.stack }),
    ),
    textPart('template.yml', 'the template that the stack was made from', async () => {
      const text = await facts.template();
      // What may not be echoed is known by reading it: one that cannot be read is not handed on.
      parseTemplate(text);
      return { text };
    }),
    dataPart('resources.json', 'the resources of the stack and of those nested in it', async () => ({
      data: await facts.resourceHistory(),
    })),
    dataPart('events.json', "the stack's history, newest first", () => events(facts)),
  ];
}

async function events(facts: StackFacts): Promise<{ data: unknown; note?: string }> {
  const source = cloudFormationEvents(facts.aws);
  // Without its nested stacks, where those are not known.
  const nested = await facts.physicalIds('AWS::CloudFormation::Stack').catch(() => []);
  const all: StackEvent[] = [];
  let cut = false;
  for (const id of [facts.stackId, ...nested]) {
    const own: StackEvent[] = [];
    let token: string | undefined;
    do {
      const page = await source(id, token);
      own.push(...page.events);
      token = page.nextToken;
    } while (token !== undefined && own.length < MAX_EVENTS);
    cut ||= token !== undefined;
    for (const event of own) all.push(event);
  }
  return {
    data: all.sort((a, b) => b.at.getTime() - a.at.getTime()),
    ...(cut && { note: `Only about ${MAX_EVENTS} events of each stack; older ones are left out.` }),
  };
}
