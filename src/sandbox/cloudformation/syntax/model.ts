import type { TemplateBody, TemplateValue } from '../../../cfn/value.ts';

export type { TemplateBody, TemplateValue };

/** A template as CloudFormation understands it: checked, and with every section under its own name. */
export interface Template {
  readonly text: string;
  readonly format: 'JSON' | 'YAML';
  /** The whole document as plain data, short forms written out. */
  readonly body: TemplateBody;
  /** AWSTemplateFormatVersion. */
  readonly version?: string;
  readonly description?: string;
  readonly metadata: TemplateBody;
  readonly parameters: ReadonlyMap<string, ParameterDefinition>;
  readonly mappings: ReadonlyMap<string, TemplateBody>;
  readonly conditions: ReadonlyMap<string, TemplateValue>;
  readonly rules: ReadonlyMap<string, RuleDefinition>;
  readonly resources: ReadonlyMap<string, ResourceDefinition>;
  readonly outputs: ReadonlyMap<string, OutputDefinition>;
  /** The transforms the document as a whole declares: `AWS::LanguageExtensions`. */
  readonly transforms: readonly string[];
}

/** A parameter as declared. Numbers of the constraints are numbers here even when written as strings. */
export interface ParameterDefinition {
  readonly name: string;
  /** `String`, `Number`, `List<Number>`, `CommaDelimitedList`, `AWS::EC2::VPC::Id`, `AWS::SSM::Parameter::Value<...>`, ... */
  readonly type: string;
  readonly default?: string;
  readonly noEcho: boolean;
  readonly description?: string;
  readonly constraintDescription?: string;
  readonly allowedValues?: readonly string[];
  readonly allowedPattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
}

export interface RuleDefinition {
  readonly name: string;
  readonly condition?: TemplateValue;
  readonly assertions: readonly { readonly assert: TemplateValue; readonly description?: string }[];
}

export type DeletionPolicy = 'Delete' | 'Retain' | 'Snapshot' | 'RetainExceptOnCreate';

/** A resource as declared, nothing in it resolved. */
export interface ResourceDefinition {
  readonly logicalId: string;
  readonly type: string;
  /** Of a custom resource. */
  readonly version?: string;
  readonly properties: TemplateBody;
  readonly dependsOn: readonly string[];
  readonly condition?: string;
  readonly creationPolicy?: TemplateBody;
  readonly updatePolicy?: TemplateBody;
  /** As written; with AWS::LanguageExtensions it may be a function: resolve it. CloudFormation's own default depends on the type. */
  readonly deletionPolicy?: TemplateValue;
  readonly updateReplacePolicy?: TemplateValue;
  readonly metadata: TemplateBody;
}

export interface OutputDefinition {
  readonly name: string;
  readonly description?: string;
  readonly value: TemplateValue;
  readonly exportName?: TemplateValue;
  readonly condition?: string;
}
