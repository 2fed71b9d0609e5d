/** The pure half of CloudFormation: reading a template and its parameters, and evaluating it. Nothing here acts. */
export type {
  DeletionPolicy,
  OutputDefinition,
  ParameterDefinition,
  ResourceDefinition,
  RuleDefinition,
  Template,
  TemplateBody,
  TemplateValue,
} from '../syntax/model.ts';
export { isMap, scalarText } from '../syntax/intrinsics.ts';
export { readTemplate, type ReadOptions } from './reading/read.ts';
export { isCustom } from './reading/semantics.ts';
export { processTemplate } from './transforms/process.ts';
export { describeParameters, declareParameters, MASK } from './parameters/describe.ts';
export {
  missingParameterValues,
  resolveParameters,
  type ParameterLookups,
  type ParameterOptions,
  type ResolvedParameter,
  type SuppliedParameter,
} from './parameters/resolve.ts';
export { checkRules, type RuleLookups } from './rules.ts';
export { type Evaluation, type EvaluationInput, type PseudoParameters, type References } from './evaluation/evaluation.ts';
export { evaluate } from './evaluation/evaluate.ts';
export { resolveValue } from './evaluation/resolve.ts';
export {
  checkOutputReferences,
  importedNames,
  resolveOutputs,
  resolveProperties,
  type ResolvedOutput,
} from './evaluation/resource.ts';
export { KNOWN_AFTER_APPLY, sameValue } from '../syntax/values.ts';
export {
  hasDynamicReference,
  resolveDynamicReferences,
  type DynamicReference,
} from './dynamic-references.ts';
export { referencesIn, type Reference } from './references.ts';
export { dependencies, reversed, type Dependencies } from './graph.ts';
export { checkCapabilities, requiredCapabilities, type RequiredCapabilities } from './capabilities.ts';
export { templateSummary, validateTemplateOutput } from './summary.ts';
