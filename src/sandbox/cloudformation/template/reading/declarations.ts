import { formatError, templateError, validationError } from '../../syntax/errors.ts';
import { isMap, scalarText } from '../../syntax/intrinsics.ts';
import { checkCount, checkLogicalId } from '../../syntax/limits.ts';
import type {
  OutputDefinition,
  ParameterDefinition,
  RuleDefinition,
  TemplateBody,
  TemplateValue,
} from '../../syntax/model.ts';
import { parameterShape } from '../parameters/types.ts';

/** The entries of a section that is a map of maps. */
export function entriesOf(body: TemplateBody, section: string): [string, TemplateValue][] {
  const value = body[section];
  if (value === undefined) return [];
  if (!isMap(value)) throw formatError(`Every ${section} object must be a map`);
  return Object.entries(value);
}

const PARAMETER_KEYS = new Set([
  'AllowedPattern',
  'AllowedValues',
  'ConstraintDescription',
  'Default',
  'Description',
  'MaxLength',
  'MaxValue',
  'MinLength',
  'MinValue',
  'NoEcho',
  'Type',
]);

export function readParameters(body: TemplateBody): Map<string, ParameterDefinition> {
  const entries = entriesOf(body, 'Parameters');
  checkCount('parameters', entries.length);
  return new Map(entries.map(([name, value]) => [name, readParameter(name, value)]));
}

function readParameter(name: string, value: TemplateValue): ParameterDefinition {
  checkLogicalId('Parameter', name);
  if (!isMap(value)) throw formatError('Any Parameters member must be a JSON object.');
  refuseOtherKeys(value, PARAMETER_KEYS, 'parameter');
  const type = text(value, 'Type');
  if (type === undefined) throw formatError('Every Parameters object must contain a Type member.');
  const shape = parameterShape(type);
  if (shape === undefined) throw formatError(`Unrecognized parameter type: ${type}`);
  const parameter = {
    name,
    type,
    default: text(value, 'Default'),
    noEcho: text(value, 'NoEcho')?.toLowerCase() === 'true',
    description: text(value, 'Description'),
    constraintDescription: text(value, 'ConstraintDescription'),
    allowedValues: allowedValues(value),
    allowedPattern: text(value, 'AllowedPattern'),
    minLength: number(value, 'MinLength'),
    maxLength: number(value, 'MaxLength'),
    minValue: number(value, 'MinValue'),
    maxValue: number(value, 'MaxValue'),
  };
  if ((parameter.minValue ?? parameter.maxValue) !== undefined && shape.element !== 'Number') {
    const key = parameter.minValue === undefined ? 'MaxValue' : 'MinValue';
    throw templateError(`Parameter '${name}' ${key} must be on a parameter of type Number`);
  }
  if ((parameter.minLength ?? parameter.maxLength) !== undefined && shape.element === 'Number') {
    const key = parameter.minLength === undefined ? 'MaxLength' : 'MinLength';
    throw templateError(`Parameter '${name}' ${key} must be on a parameter of type String`);
  }
  return parameter;
}

function allowedValues(parameter: TemplateBody): string[] | undefined {
  const values = parameter.AllowedValues;
  if (values === undefined) return undefined;
  const texts = Array.isArray(values) ? values.map(scalarText) : [undefined];
  return texts.map((value) => {
    if (value === undefined) throw formatError('Every AllowedValues value must be a string.');
    return value;
  });
}

const OUTPUT_KEYS = new Set(['Condition', 'Description', 'Export', 'Value']);

export function readOutputs(body: TemplateBody): Map<string, OutputDefinition> {
  const entries = entriesOf(body, 'Outputs');
  checkCount('outputs', entries.length);
  return new Map(entries.map(([name, value]) => [name, readOutput(name, value)]));
}

function readOutput(name: string, output: TemplateValue): OutputDefinition {
  checkLogicalId('Output', name);
  if (!isMap(output)) throw formatError(`Output ${name} is malformed.`);
  refuseOtherKeys(output, OUTPUT_KEYS, 'output');
  const value = output.Value;
  if (value === undefined) throw formatError('Every Outputs member must contain a Value object');
  const exported = output.Export;
  if (exported !== undefined && (!isMap(exported) || exported.Name === undefined)) {
    throw formatError(
      `Output ${name} is malformed. The Name field of every Export member must be specified.`,
    );
  }
  return {
    name,
    value,
    description: text(output, 'Description'),
    exportName: isMap(exported) ? exported.Name : undefined,
    condition: conditionName(output),
  };
}

export function readMappings(body: TemplateBody): Map<string, TemplateBody> {
  const entries = entriesOf(body, 'Mappings');
  checkCount('mappings', entries.length);
  return new Map(
    entries.map(([name, mapping]) => {
      checkLogicalId('Mapping', name);
      if (!isMap(mapping)) throw formatError(`Every Mappings member ${name} must be a map`);
      for (const [key, attributes] of Object.entries(mapping)) {
        if (!isMap(attributes)) throw formatError(`Every Mappings member ${key} must be a map`);
        for (const value of Object.values(attributes)) {
          if (isMap(value)) throw formatError('Every Mappings attribute must be a String or a List.');
        }
      }
      return [name, mapping];
    }),
  );
}

export function readConditions(body: TemplateBody): Map<string, TemplateValue> {
  return new Map(
    entriesOf(body, 'Conditions').map(([name, condition]) => {
      if (!isMap(condition)) {
        throw formatError('Conditions can only be boolean operations on parameters and other conditions');
      }
      return [name, condition];
    }),
  );
}

const RULE_KEYS = new Set(['Assertions', 'RuleCondition']);

export function readRules(body: TemplateBody): Map<string, RuleDefinition> {
  return new Map(entriesOf(body, 'Rules').map(([name, rule]) => [name, readRule(name, rule)]));
}

function readRule(name: string, rule: TemplateValue): RuleDefinition {
  if (!isMap(rule)) throw formatError('Any Rules member must be a JSON object.');
  refuseOtherKeys(rule, RULE_KEYS, 'rule');
  if (!Array.isArray(rule.Assertions) || rule.Assertions.length === 0) {
    throw formatError(`Rule ${name} must contain a list of Assertions.`);
  }
  return {
    name,
    condition: rule.RuleCondition,
    assertions: rule.Assertions.map((assertion) => {
      if (!isMap(assertion) || assertion.Assert === undefined) {
        throw formatError(`Every Assertions member of rule ${name} must contain an Assert object.`);
      }
      return { assert: assertion.Assert, description: text(assertion, 'AssertDescription') };
    }),
  };
}

/** A member that must be text; numbers and booleans count as the text they are written as. */
export function text(parent: TemplateBody, key: string): string | undefined {
  const value = parent[key];
  if (value === undefined) return undefined;
  const scalar = scalarText(value);
  if (scalar === undefined) throw formatError(`Every ${key} member must be a string.`);
  return scalar;
}

function number(parent: TemplateBody, key: string): number | undefined {
  const written = text(parent, key);
  if (written === undefined) return undefined;
  const value = Number(written);
  if (written.trim() === '' || Number.isNaN(value))
    throw formatError(`Every ${key} member must be a number.`);
  return value;
}

/** The name of the condition that a resource or an output stands under. */
export function conditionName(parent: TemplateBody): string | undefined {
  if (parent.Condition !== undefined && typeof parent.Condition !== 'string') {
    throw formatError('Every Condition member must be a string.');
  }
  return parent.Condition;
}

export function refuseOtherKeys(value: TemplateBody, known: ReadonlySet<string>, what: string): void {
  const other = Object.keys(value).find((key) => !known.has(key));
  if (other !== undefined) throw validationError(`Invalid template ${what} property '${other}'`);
}
