import { parseTemplate } from '../../src/cfn/document.ts';
import { parameterDefinitions } from '../../src/stack/parameters/definition.ts';
import type { Template } from '../../src/stack/parameters/index.ts';

/** A template of this text, as `readTemplate` reads it from a file. */
export function templateOf(text: string): Template {
  const document = parseTemplate(text);
  return {
    name: 'template.yml',
    document,
    definitions: parameterDefinitions(document.body),
    groups: [],
    questions: [],
  };
}
