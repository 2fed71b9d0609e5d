import type { TemplateBody, TemplateValue } from '../../../cfn/value.ts';

export type { TemplateBody, TemplateValue };

/** A template as CloudFormation understands it: checked, and with every section under its own name. */
export interface Template {
  readonly text: string;
  readonly format: 'JSON' | 'YAML';
  /** The whole document as plain data, short forms written out. */
  readonly body: TemplateBody;
  /** AWSTemplateFormatVersion. */
  readonly version?: string | undefined;
  readonly description?: string | undefined;
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
  readonly default?: string | undefined;
  readonly noEcho: boolean;
  readonly description?: string | undefined;
  readonly constraintDescription?: string | undefined;
  readonly allowedValues?: readonly string[] | undefined;
  readonly allowedPattern?: string | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly minValue?: number | undefined;
  readonly maxValue?: number | undefined;
}

export interface RuleDefinition {
  readonly name: string;
  readonly condition?: TemplateValue | undefined;
  readonly assertions: readonly {
    readonly assert: TemplateValue;
    readonly description?: string | undefined;
  }[];
}

export type DeletionPolicy = 'Delete' | 'Retain' | 'Snapshot' | 'RetainExceptOnCreate';

/** A resource as declared, nothing in it resolved. */
export interface ResourceDefinition {
  readonly logicalId: string;
  readonly type: string;
  /** Of a custom resource. */
  readonly version?: string | undefined;
  readonly properties: TemplateBody;
  readonly dependsOn: readonly string[];
  readonly condition?: string | undefined;
  readonly creationPolicy?: TemplateBody | undefined;
  readonly updatePolicy?: TemplateBody | undefined;
  /** As written; with AWS::LanguageExtensions it may be a function: resolve it. CloudFormation's own default depends on the type. */
  readonly deletionPolicy?: TemplateValue | undefined;
  readonly updateReplacePolicy?: TemplateValue | undefined;
  readonly metadata: TemplateBody;
}

export interface OutputDefinition {
  readonly name: string;
  readonly description?: string | undefined;
  readonly value: TemplateValue;
  readonly exportName?: TemplateValue | undefined;
  readonly condition?: string | undefined;
}
