import { parseTemplate, TemplateSyntaxError, type TemplateDocument } from '../../../../cfn/document.ts';
import { formatError, templateError, validationError } from '../../syntax/errors.ts';
import { isMap, LANGUAGE_EXTENSIONS } from '../../syntax/intrinsics.ts';
import { checkDescription, checkSize } from '../../syntax/limits.ts';
import type { Template, TemplateBody } from '../../syntax/model.ts';
import {
  readConditions,
  readMappings,
  readOutputs,
  readParameters,
  readRules,
  text as textMember,
} from './declarations.ts';
import { readResources } from './resources.ts';
import { checkSemantics } from './semantics.ts';
import { embeddedTransform } from './embedded-transform.ts';
import { hasLoops, withoutLoops } from './loops.ts';

export interface ReadOptions {
  /**
   * How the text came, which decides how long it may be: 51,200 bytes within a request, 1 MB by URL. A text kept from an
   * earlier request may have come either way: 'url'. Default: 'body'
   */
  readonly source?: 'body' | 'url';
}

const SECTIONS = new Set([
  'AWSTemplateFormatVersion',
  'Conditions',
  'Description',
  'Hooks',
  'Mappings',
  'Metadata',
  'Outputs',
  'Parameters',
  'Resources',
  'Rules',
  'Transform',
]);

const remembered = new Map<string, Template>();
const MOST_REMEMBERED = 16;

/**
 * Reads and checks a template as CreateStack and ValidateTemplate do before anything else. What a macro or another
 * transform would change is left unchecked: see `processTemplate`. The last few texts are remembered.
 * @throws AwsError ValidationError
 */
export function readTemplate(text: string, options: ReadOptions = {}): Template {
  checkSize(text, options.source ?? 'body');
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const document = parse(text);
  const template = templateFrom(document.body, document);
  const [oldest] = remembered.keys();
  if (remembered.size >= MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  remembered.set(text, template);
  return template;
}

function parse(text: string): TemplateDocument {
  let document: TemplateDocument;
  try {
    document = parseTemplate(text);
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error;
    const { line, column } = error.position;
    const format = text.trimStart().startsWith('{') ? 'JSON' : 'YAML';
    throw formatError(
      error.isStructure
        ? 'unsupported structure.'
        : `${format} not well-formed. (line ${line}, column ${column})`,
    );
  }
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html: no aliases
  if (document.aliasAt !== undefined) {
    throw templateError('YAML aliases are not allowed in CloudFormation templates');
  }
  return document;
}

/**
 * A template from its data.
 * @param source what it was read from
 * @param options.extended that AWS::LanguageExtensions has been applied, whose functions are known then. Default: no
 * @throws AwsError ValidationError
 */
export function templateFrom(
  body: TemplateBody,
  { text, format }: Pick<TemplateDocument, 'text' | 'format'>,
  { extended = false }: { extended?: boolean } = {},
): Template {
  const transforms = readTransforms(body);
  // A macro may give sections and members of its own a meaning, as SAM does with Globals.
  const macros = transforms.some((name) => name !== LANGUAGE_EXTENSIONS);
  checkSections(body, macros);
  const plain = hasLoops(body) ? withoutLoops(body) : body;
  const template: Template = {
    text,
    format,
    body,
    version: textMember(body, 'AWSTemplateFormatVersion'),
    description: textMember(body, 'Description'),
    metadata: isMap(body.Metadata) ? body.Metadata : {},
    parameters: readParameters(body),
    mappings: readMappings(body),
    conditions: readConditions(plain),
    rules: readRules(body),
    resources: plain === body ? readResources(body, macros) : readLoopedResources(plain, macros),
    outputs: readOutputs(plain),
    transforms: extended ? [LANGUAGE_EXTENSIONS] : transforms,
  };
  if (transforms.length === 0 && embeddedTransform(body) === undefined) checkSemantics(template);
  return template;
}

/** With loops, all of the resources may be inside of them. */
function readLoopedResources(plain: TemplateBody, macros: boolean): Template['resources'] {
  return isMap(plain.Resources) && Object.keys(plain.Resources).length === 0
    ? new Map()
    : readResources(plain, macros);
}

function checkSections(body: TemplateBody, macros: boolean): void {
  const unknown = Object.keys(body).filter((key) => !macros && !SECTIONS.has(key));
  if (unknown.length > 0) {
    throw validationError(`Invalid template property or properties [${unknown.join(', ')}]`);
  }
  const empty = Object.keys(body).find((key) => body[key] === null);
  if (empty !== undefined) throw validationError(`[/${empty}] 'null' values are not allowed in templates`);
  const version = textMember(body, 'AWSTemplateFormatVersion');
  if (version !== undefined && version !== '2010-09-09') {
    throw formatError('unsupported value for AWSTemplateFormatVersion.');
  }
  checkDescription(textMember(body, 'Description') ?? '');
}

function readTransforms(body: TemplateBody): string[] {
  const declared = body.Transform ?? [];
  return (Array.isArray(declared) ? declared : [declared]).map((transform) => {
    const name = isMap(transform) ? transform.Name : transform;
    if (typeof name !== 'string') {
      throw validationError('Key Name of transform definition must be a string.');
    }
    return name;
  });
}
