import { readFile } from 'node:fs/promises';
import { parseTemplate, TemplateSyntaxError, type TemplateDocument } from '../../cfn/document.ts';
import { UsageError } from '../../errors.ts';
import { packageFile } from '../../base/package-file.ts';
import {
  parameterDefinitions,
  parameterGroups,
  type ParameterDefinition,
  type ParameterGroup,
  type Question,
  questionsOf,
} from './definition.ts';

/** A template with what can be given to it. It is the schema: nothing repeats what stands in it. */
export interface Template {
  /** How people call it: a path, an address, or bk-stack's own. */
  readonly name: string;
  readonly document: TemplateDocument;
  readonly definitions: readonly ParameterDefinition[];
  readonly groups: readonly ParameterGroup[];
  readonly questions: readonly Question[];
}

/** How bk-stack's own template is called. */
export const OWN_TEMPLATE = 'bk-stack.yml';

/** How long an address may take to answer, in milliseconds. */
const FETCH_WITHIN = 30_000;

/**
 * Reads a template: bk-stack's own, a file, or an http(s) address.
 * @throws UsageError when it cannot be read or is none, with line and column where there is one
 */
export async function readTemplate(source?: string): Promise<Template> {
  const text = await (source === undefined
    ? readFile(packageFile('template/bk-stack.yml'), 'utf8')
    : textAt(source));
  return templateFrom(text, source ?? OWN_TEMPLATE);
}

/**
 * A template from its text.
 * @throws UsageError with line and column where it is none
 */
export function templateFrom(text: string, name: string): Template {
  const document = parsed(text, name);
  const { body } = document;
  return {
    name,
    document,
    definitions: parameterDefinitions(body),
    groups: parameterGroups(body),
    questions: questionsOf(body),
  };
}

function parsed(text: string, name: string): TemplateDocument {
  try {
    return parseTemplate(text);
  } catch (cause) {
    if (!(cause instanceof TemplateSyntaxError)) throw cause;
    const { line, column } = cause.position;
    throw new UsageError(
      `The template ${name} cannot be read: line ${line}, column ${column}: ${cause.message}`,
      {
        cause,
      },
    );
  }
}

function textAt(source: string): Promise<string> {
  if (/^https?:\/\//i.test(source)) return fetched(source);
  return readFile(source, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`The template ${source} cannot be read: ${reason(cause)}`, {
      cause,
      hint: 'Pass --template a file or an https address, or leave it out for the template of bk-stack.',
    });
  });
}

async function fetched(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_WITHIN) });
    if (!response.ok) throw new Error(`it is answered with ${response.status}`);
    return await response.text();
  } catch (cause) {
    throw new UsageError(`The template at ${url} cannot be fetched: ${reason(cause)}`, { cause });
  }
}

function reason(cause: unknown): string {
  switch ((cause as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
      return 'you are not allowed to';
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
}
