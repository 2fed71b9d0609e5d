import { attributeNames, isKnownType } from '../../specification/index.ts';
import { formatError, templateError, unresolvedDependencies, validationError } from '../../syntax/errors.ts';
import { conditionCallIn, isMap, LANGUAGE_EXTENSIONS, shownText } from '../../syntax/intrinsics.ts';
import type { ResourceDefinition, Template, TemplateValue } from '../../syntax/model.ts';
import { BOTH_BRANCHES, visitReferences } from '../references.ts';
import { checkFunctions } from './functions.ts';
import { checkCycles } from './cycles.ts';

/**
 * Checks what a template refers to: resource types, parameters, resources, attributes, conditions, and cycles among them.
 * References count in both branches of an Fn::If, as in AWS.
 * @throws AwsError ValidationError
 */
export function checkSemantics(template: Template): void {
  checkTypes(template);
  const common = [...template.resources.keys()].filter((name) => template.parameters.has(name));
  if (common.length > 0) {
    throw templateError(
      `all resources and parameters must have unique names. Common name(s):[${common.join(', ')}]`,
    );
  }
  checkConditions(template);
  for (const resource of template.resources.values()) checkResource(resource, template);
  checkOutputs(template);
  checkCycles(template);
}

function checkTypes(template: Template): void {
  const unknown = new Set(
    [...template.resources.values()]
      .map(({ type }) => type)
      .filter((type) => !isCustom(type) && !isKnownType(type)),
  );
  if (unknown.size > 0) throw formatError(`Unrecognized resource types: [${[...unknown].join(', ')}]`);
}

/** A resource type that a Lambda function or a topic of the user's own implements. */
export function isCustom(type: string): boolean {
  return type === 'AWS::CloudFormation::CustomResource' || /^Custom::[\w@-]+$/.test(type);
}

function checkConditions(template: Template): void {
  const resources = new Set<string>();
  for (const condition of template.conditions.values()) {
    checkFunctions(condition, template, isExtended(template));
    checkConditionCall(condition, template);
    visitReferences(condition, BOTH_BRANCHES, ({ name }) => {
      if (!template.parameters.has(name)) resources.add(name);
    });
  }
  if (resources.size > 0) {
    throw formatError(
      `Unresolved dependencies [${[...resources].join(', ')}]. Cannot reference resources in the Conditions block of the template`,
    );
  }
}

const LOGICAL_FUNCTIONS = new Set(['Fn::And', 'Fn::Or', 'Fn::Not']);

function checkConditionCall(value: TemplateValue, template: Template): void {
  const call = conditionCallIn(value);
  if (call === undefined) return;
  if (call.name === 'Fn::ImportValue') throw templateError('Cannot use Fn::ImportValue in Conditions.');
  if (call.name === 'Condition') {
    const { argument } = call;
    if (typeof argument !== 'string' || !template.conditions.has(argument)) {
      throw formatError(
        `Unresolved condition dependency ${shownText(argument)} in the Conditions block of the template`,
      );
    }
  }
  if (LOGICAL_FUNCTIONS.has(call.name) && Array.isArray(call.argument)) {
    for (const operand of call.argument) checkConditionCall(operand, template);
  }
}

function checkResource(resource: ResourceDefinition, template: Template): void {
  checkCondition(resource.condition, template, 'Resources');
  const unresolved = new Set(resource.dependsOn.filter((name) => !template.resources.has(name)));
  for (const part of evaluatedParts(resource)) {
    checkNull(part.value, `/Resources/${resource.logicalId}/${part.name}`);
    checkFunctions(part.value, template, isExtended(template));
    collectUnresolved(part.value, template, unresolved);
  }
  if (unresolved.size > 0) throw unresolvedDependencies(unresolved, 'Resources');
}

/** The parts of a resource in which functions are resolved. */
export function evaluatedParts(resource: ResourceDefinition): { name: string; value: TemplateValue }[] {
  return [
    { name: 'Properties', value: resource.properties },
    { name: 'Metadata', value: resource.metadata },
    { name: 'CreationPolicy', value: resource.creationPolicy ?? {} },
    { name: 'UpdatePolicy', value: resource.updatePolicy ?? {} },
    { name: 'DeletionPolicy', value: resource.deletionPolicy ?? '' },
    { name: 'UpdateReplacePolicy', value: resource.updateReplacePolicy ?? '' },
  ];
}

function checkOutputs(template: Template): void {
  for (const output of template.outputs.values()) {
    checkCondition(output.condition, template, 'Outputs');
    const unresolved = new Set<string>();
    for (const value of [output.value, output.exportName ?? '']) {
      checkNull(value, `/Outputs/${output.name}/Value`);
      checkFunctions(value, template, isExtended(template));
      collectUnresolved(value, template, unresolved);
    }
    if (unresolved.size > 0) throw unresolvedDependencies(unresolved, 'Outputs');
  }
}

function checkCondition(condition: string | undefined, template: Template, block: string): void {
  if (condition !== undefined && !template.conditions.has(condition)) {
    throw formatError(`Unresolved condition dependency ${condition} in the ${block} block of the template`);
  }
}

function collectUnresolved(value: TemplateValue, template: Template, unresolved: Set<string>): void {
  visitReferences(value, BOTH_BRANCHES, (reference) => {
    const { name } = reference;
    const resource = template.resources.get(name);
    if (reference.kind === 'Ref') {
      if (resource === undefined && !template.parameters.has(name)) unresolved.add(name);
      return;
    }
    const { attribute, by } = reference;
    const known =
      attribute === undefined || (resource !== undefined && hasAttribute(resource.type, attribute));
    if (resource !== undefined && known) return;
    if (by === 'Fn::Sub') {
      throw templateError(
        `instance of Fn::Sub references invalid resource attribute ${name}.${attribute ?? ''}`,
      );
    }
    throw templateError(
      resource === undefined
        ? `instance of Fn::GetAtt references undefined resource ${name}`
        : `resource ${name} does not support attribute type ${attribute ?? ''} in Fn::GetAtt`,
    );
  });
}

/** Types whose attributes are named by whoever writes the resource. */
const OPEN_TYPES = new Set([
  'AWS::CloudFormation::Stack',
  'AWS::ServiceCatalog::CloudFormationProvisionedProduct',
  'AWS::CloudFormation::Macro',
]);

function hasAttribute(type: string, attribute: string): boolean {
  if (isCustom(type) || OPEN_TYPES.has(type) || !isKnownType(type)) return true;
  const names = attributeNames(type);
  return names.some((name) => name === attribute || attribute.startsWith(`${name}.`));
}

function checkNull(value: TemplateValue, path: string): void {
  if (value === null) throw validationError(`[${path}] 'null' values are not allowed in templates`);
  if (Array.isArray(value))
    value.forEach((item, index) => {
      checkNull(item, `${path}/${index}`);
    });
  else if (isMap(value)) for (const key in value) checkNull(value[key] ?? null, `${path}/${key}`);
}

export function isExtended(template: Pick<Template, 'transforms'>): boolean {
  return template.transforms.includes(LANGUAGE_EXTENSIONS);
}
