import { formatError, JOIN_NEEDS, SPLIT_NEEDS, templateError, validationError } from '../../syntax/errors.ts';
import {
  attributeParts,
  callIn,
  isMap,
  scalarText,
  shownText,
  subArguments,
  subParts,
  type Call,
} from '../../syntax/intrinsics.ts';
import type { TemplateBody, TemplateValue } from '../../syntax/model.ts';
import { cidrBlocks } from './cidr.ts';
import type { Evaluation, PseudoParameters } from './evaluation.ts';
import { KNOWN_AFTER_APPLY } from '../../syntax/values.ts';

/**
 * A value with its functions resolved; undefined for AWS::NoValue, which also leaves its place in a map or a list.
 * Dynamic references (`{{resolve:...}}`) stay as text, as CloudFormation keeps and compares them: they are for
 * `resolveDynamicReferences`.
 * @throws AwsError ValidationError "Template error: ..."
 */
export function resolveValue(value: TemplateValue, evaluation: Evaluation): TemplateValue | undefined {
  if (Array.isArray(value)) {
    const items: TemplateValue[] = [];
    for (const item of value) {
      const resolved = resolveValue(item, evaluation);
      if (resolved !== undefined) items.push(resolved);
    }
    return items;
  }
  if (!isMap(value)) return value;
  const call = callIn(value);
  return call === undefined ? resolveMap(value, evaluation) : callFunction(call, evaluation);
}

function resolveMap(value: TemplateBody, evaluation: Evaluation): TemplateBody {
  const entries: [string, TemplateValue][] = [];
  for (const key in value) {
    const resolved = resolveValue(value[key] ?? null, evaluation);
    if (resolved !== undefined) entries.push([key, resolved]);
  }
  return Object.fromEntries(entries);
}

type Resolved = TemplateValue | undefined;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html */
const PSEUDO: Readonly<Record<string, (pseudo: PseudoParameters) => Resolved>> = {
  'AWS::AccountId': ({ accountId }) => accountId,
  'AWS::NoValue': () => undefined,
  'AWS::NotificationARNs': ({ notificationArns }) => [...notificationArns],
  'AWS::Partition': ({ partition }) => partition,
  'AWS::Region': ({ region }) => region,
  'AWS::StackId': ({ stackId }) => stackId,
  'AWS::StackName': ({ stackName }) => stackName,
  'AWS::URLSuffix': ({ partition }) => (partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'),
};

/** Resolves one function call. @throws AwsError ValidationError */
function callFunction({ name, argument }: Call, evaluation: Evaluation): Resolved {
  const implementation = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (implementation === undefined) throw templateError(`Encountered unsupported function: ${name}`);
  return implementation(argument, evaluation);
}

const FUNCTIONS: Readonly<Record<string, (argument: TemplateValue, evaluation: Evaluation) => Resolved>> = {
  Ref: (argument, evaluation) => reference(shownText(argument), evaluation),
  'Fn::Base64': base64,
  'Fn::Cidr': cidr,
  'Fn::FindInMap': findInMap,
  'Fn::GetAZs': availabilityZones,
  'Fn::GetAtt': attributeOf,
  'Fn::GetStackOutput': stackOutput,
  'Fn::If': choose,
  'Fn::ImportValue': importValue,
  'Fn::Join': join,
  'Fn::Length': length,
  'Fn::Select': select,
  'Fn::Split': split,
  'Fn::Sub': substitute,
  'Fn::ToJsonString': toJsonString,
};

function reference(name: string, evaluation: Evaluation): Resolved {
  const pseudo = Object.hasOwn(PSEUDO, name) ? PSEUDO[name] : undefined;
  if (pseudo !== undefined) return pseudo(evaluation.pseudo);
  const parameter = evaluation.parameters.get(name)?.reference;
  if (parameter !== undefined) return typeof parameter === 'string' ? parameter : [...parameter];
  refuseAbsent(name, evaluation);
  return evaluation.references.ref(name);
}

/** A resource that the template has not, or whose condition does not hold. */
function refuseAbsent(logicalId: string, { template, holds }: Evaluation): void {
  const resource = template.resources.get(logicalId);
  if (resource === undefined || !holds(resource.condition)) {
    throw formatError(
      `Unresolved resource dependencies [${logicalId}] in the Resources block of the template`,
    );
  }
}

function attributeOf(argument: TemplateValue, evaluation: Evaluation): Resolved {
  const parts = attributeParts(argument);
  const attribute = parts && scalarText(resolveValue(parts.attribute, evaluation));
  if (parts === undefined || attribute === undefined) {
    throw templateError(
      'every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
    );
  }
  refuseAbsent(parts.resource, evaluation);
  return evaluation.references.attribute(parts.resource, attribute);
}

function choose(argument: TemplateValue, evaluation: Evaluation): Resolved {
  const [condition, whenTrue = null, whenFalse = null] = Array.isArray(argument) ? argument : [];
  const holds = typeof condition === 'string' ? evaluation.conditions.get(condition) : undefined;
  if (holds === undefined) {
    throw templateError(`unresolved condition dependency ${shownText(condition)} in Fn::If`);
  }
  return resolveValue(holds ? whenTrue : whenFalse, evaluation);
}

function substitute(argument: TemplateValue, evaluation: Evaluation): Resolved {
  const { text, variables } = subArguments(argument) ?? { text: '', variables: {} };
  let result = '';
  for (const part of subParts(text)) {
    const piece = 'text' in part ? part.text : variableText(part.variable, variables, evaluation);
    if (piece === KNOWN_AFTER_APPLY) return KNOWN_AFTER_APPLY;
    result += piece;
  }
  return result;
}

function variableText(name: string, variables: TemplateBody, evaluation: Evaluation): string {
  if (Object.hasOwn(variables, name)) {
    const text = scalarText(resolveValue(variables[name] ?? null, evaluation));
    if (text !== undefined) return text;
    throw templateError(
      'every value of the context object of every Fn::Sub object must be a string or a function that returns a string',
    );
  }
  // Nothing, in a text, is an empty one.
  if (name === 'AWS::NoValue') return '';
  const dot = name.indexOf('.');
  const text = scalarText(
    dot < 0
      ? reference(name, evaluation)
      : attributeOf([name.slice(0, dot), name.slice(dot + 1)], evaluation),
  );
  if (text === undefined) {
    throw templateError(`variable ${name} in Fn::Sub expression does not resolve to a string`);
  }
  return text;
}

function join(argument: TemplateValue, evaluation: Evaluation): Resolved {
  const [delimiter, list] = Array.isArray(argument) ? argument : [];
  const items = resolveValue(list ?? null, evaluation);
  if (items === KNOWN_AFTER_APPLY) return KNOWN_AFTER_APPLY;
  if (typeof delimiter !== 'string' || !Array.isArray(items)) throw templateError(JOIN_NEEDS);
  const texts = items.map((item) => {
    const text = scalarText(item);
    if (text === undefined) throw templateError(JOIN_NEEDS);
    return text;
  });
  return texts.includes(KNOWN_AFTER_APPLY) ? KNOWN_AFTER_APPLY : texts.join(delimiter);
}

function split(argument: TemplateValue, evaluation: Evaluation): Resolved {
  const [delimiter, source] = Array.isArray(argument) ? argument : [];
  const text = scalarText(resolveValue(source ?? null, evaluation));
  if (typeof delimiter !== 'string' || delimiter === '' || text === undefined)
    throw templateError(SPLIT_NEEDS);
  return text === KNOWN_AFTER_APPLY ? KNOWN_AFTER_APPLY : text.split(delimiter);
}

function select(argument: TemplateValue, evaluation: Evaluation): Resolved {
  const [position, list] = Array.isArray(argument) ? argument : [];
  const at = scalarText(resolveValue(position ?? null, evaluation));
  if (at === KNOWN_AFTER_APPLY) return at;
  const index = at === undefined || at.trim() === '' ? Number.NaN : Number(at);
  if (!Number.isInteger(index)) {
    throw templateError('Fn::Select requires a list argument with a valid index value as its first element');
  }
  const items = resolveValue(list ?? null, evaluation);
  if (items === KNOWN_AFTER_APPLY) return KNOWN_AFTER_APPLY;
  if (!Array.isArray(items)) {
    throw templateError('Fn::Select requires a list argument with two elements: an integer index and a list');
  }
  const item = items[index];
  if (item === undefined) {
    throw templateError(`Fn::Select cannot select nonexistent value at index ${index}`);
  }
  return item;
}

function findInMap(argument: TemplateValue, evaluation: Evaluation): Resolved {
  const [map = null, top = null, second = null, options] = Array.isArray(argument) ? argument : [];
  const [name, key, attribute] = [map, top, second].map((part) => scalarText(resolveValue(part, evaluation)));
  if (name === undefined || key === undefined || attribute === undefined) {
    throw templateError(
      'every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value',
    );
  }
  const attributes = own(evaluation.template.mappings.get(name), key);
  const value = isMap(attributes) ? own(attributes, attribute) : undefined;
  if (value !== undefined) return value;
  if (isMap(options) && options.DefaultValue !== undefined)
    return resolveValue(options.DefaultValue, evaluation);
  if (!evaluation.template.mappings.has(name)) {
    throw templateError(`Mapping named '${name}' is not present in the 'Mappings' section of template.`);
  }
  throw templateError(`Unable to get mapping for ${name}::${key}::${attribute}`);
}

function own(map: TemplateBody | undefined, key: string): Resolved {
  return map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
}

function availabilityZones(argument: TemplateValue, evaluation: Evaluation): Resolved {
  const region = stringArgument('Fn::GetAZs', argument, evaluation);
  return [...evaluation.references.availabilityZones(region === '' ? evaluation.pseudo.region : region)];
}

function base64(argument: TemplateValue, evaluation: Evaluation): Resolved {
  const text = stringArgument('Fn::Base64', argument, evaluation);
  return text === KNOWN_AFTER_APPLY ? text : Buffer.from(text).toString('base64');
}

function stringArgument(name: string, argument: TemplateValue, evaluation: Evaluation): string {
  const text = scalarText(resolveValue(argument, evaluation));
  if (text === undefined) throw templateError(`every ${name} object must have a String-typed value.`);
  return text;
}

function cidr(argument: TemplateValue, evaluation: Evaluation): Resolved {
  const resolved = resolveValue(argument, evaluation);
  const [ipBlock, count, cidrBits] = (Array.isArray(resolved) ? resolved : []).map(scalarText);
  if (resolved === KNOWN_AFTER_APPLY || [ipBlock, count, cidrBits].includes(KNOWN_AFTER_APPLY)) {
    return KNOWN_AFTER_APPLY;
  }
  return cidrBlocks(ipBlock ?? '', Number(count), cidrBits === undefined ? undefined : Number(cidrBits));
}

function importValue(argument: TemplateValue, evaluation: Evaluation): Resolved {
  const name = scalarText(resolveValue(argument, evaluation));
  if (name === undefined) {
    throw templateError(
      'the attribute in Fn::ImportValue must be a string or a function that returns a string',
    );
  }
  if (name === KNOWN_AFTER_APPLY) return name;
  const value = evaluation.references.importValue(name);
  if (value === undefined) throw validationError(`No export named ${name} found.`);
  return value;
}

function stackOutput(argument: TemplateValue, evaluation: Evaluation): Resolved {
  const resolved = resolveValue(argument, evaluation);
  const { StackName, OutputName, Region } = isMap(resolved) ? resolved : {};
  const [stack, output, region] = [StackName, OutputName, Region].map(scalarText);
  if (stack === undefined || output === undefined) {
    throw templateError('every Fn::GetStackOutput object requires a StackName and an OutputName.');
  }
  if ([stack, output, region].includes(KNOWN_AFTER_APPLY)) return KNOWN_AFTER_APPLY;
  const value = evaluation.references.stackOutput?.(stack, output, region ?? evaluation.pseudo.region);
  if (value === undefined) throw validationError(`No output named ${output} found in stack ${stack}.`);
  return value;
}

function length(argument: TemplateValue, evaluation: Evaluation): Resolved {
  const value = resolveValue(argument, evaluation);
  if (value === KNOWN_AFTER_APPLY) return value;
  if (!Array.isArray(value)) {
    throw templateError('every Fn::Length object requires a list, or a function that returns a list.');
  }
  return value.length;
}

function toJsonString(argument: TemplateValue, evaluation: Evaluation): Resolved {
  const value = resolveValue(argument, evaluation);
  const json = JSON.stringify(value ?? {});
  return json.includes(KNOWN_AFTER_APPLY) ? KNOWN_AFTER_APPLY : json;
}
