import { validationError } from '../../syntax/errors.ts';
import type { Evaluation, PseudoParameters } from '../evaluation/evaluation.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import { resolveValue } from '../evaluation/resolve.ts';
import { callIn, isMap, LANGUAGE_EXTENSIONS } from '../../syntax/intrinsics.ts';
import type { Template, TemplateBody, TemplateValue } from '../../syntax/model.ts';
import type { ResolvedParameter } from '../parameters/resolve.ts';
import { templateFrom } from '../reading/read.ts';
import { embeddedTransform } from '../reading/embedded-transform.ts';
import { unrolled } from './loops.ts';

/**
 * The template after its transforms, to be used from here on: the one given where it declares none. Its `body` is what
 * GetTemplate calls the processed template.
 * @throws AwsError ValidationError for a transform that is not there, which is any but AWS::LanguageExtensions
 */
export function processTemplate(
  template: Template,
  parameters: readonly ResolvedParameter[],
  pseudo: PseudoParameters,
): Template {
  const other =
    template.transforms.find((name) => name !== LANGUAGE_EXTENSIONS) ?? embeddedTransform(template.body);
  if (other !== undefined) throw validationError(`No transform named ${other} found.`);
  if (template.transforms.length === 0) return template;
  const { Transform: _applied, ...processed } = writtenOut(template, parameters, pseudo);
  return templateFrom(processed, template, { extended: true });
}

const TRANSFORMED = new Set(['Conditions', 'Resources', 'Outputs']);

function writtenOut(
  template: Template,
  parameters: readonly ResolvedParameter[],
  pseudo: PseudoParameters,
): TemplateBody {
  const evaluation = evaluate({
    template: { ...template, conditions: new Map(), resources: new Map() },
    parameters,
    pseudo,
    // What a transform resolves may name parameters and mappings only.
    references: {
      ref: (name) => name,
      attribute: (name) => name,
      importValue: () => undefined,
      availabilityZones: () => [],
    },
  });
  return Object.fromEntries(
    Object.entries(template.body).map(([name, section]) => [
      name,
      TRANSFORMED.has(name) ? settled(unrolled(section, evaluation), evaluation) : section,
    ]),
  );
}

const POLICIES = new Set(['DeletionPolicy', 'UpdateReplacePolicy']);

/** Functions where CloudFormation itself takes only a name: in Ref, in the resource of Fn::GetAtt, and in the policies. */
function settled(value: TemplateValue, evaluation: Evaluation): TemplateValue {
  if (Array.isArray(value)) return value.map((item) => settled(item, evaluation));
  if (!isMap(value)) return value;
  const call = callIn(value);
  if (call?.name === 'Ref' && isMap(call.argument)) {
    return { Ref: resolveValue(call.argument, evaluation) ?? '' };
  }
  if (call?.name === 'Fn::GetAtt' && Array.isArray(call.argument) && isMap(call.argument[0])) {
    const [resource, ...attribute] = call.argument;
    return { 'Fn::GetAtt': [resolveValue(resource, evaluation) ?? '', ...attribute] };
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      POLICIES.has(key) && isMap(item) ? (resolveValue(item, evaluation) ?? '') : settled(item, evaluation),
    ]),
  );
}
