import type { ParameterDefinition, Template, TemplateValue } from '../../syntax/model.ts';
import type { ResolvedParameter } from '../parameters/resolve.ts';

/** What AWS::AccountId and its like stand for in one stack. */
export interface PseudoParameters {
  readonly accountId: string;
  readonly notificationArns: readonly string[];
  readonly partition: string;
  readonly region: string;
  readonly stackId: string;
  readonly stackName: string;
}

/** What evaluation asks of the stack and of the world. For what is not made yet, answer KNOWN_AFTER_APPLY. */
export interface References {
  /** What `Ref` of a resource gives. */
  ref(logicalId: string): TemplateValue;
  /** What `Fn::GetAtt` gives, nested attributes under dotted names. Throws an AwsError for one that is not there. */
  attribute(logicalId: string, attribute: string): TemplateValue;
  /** The value of an export of this region; undefined where there is none. */
  importValue(name: string): string | undefined;
  /** What `Fn::GetStackOutput` gives: an output of another stack; undefined where there is none. */
  stackOutput?(stackName: string, outputName: string, region: string): string | undefined;
  /** The zones that `Fn::GetAZs` gives for a region. */
  availabilityZones(region: string): readonly string[];
}

export interface EvaluationInput {
  readonly template: Template;
  readonly parameters: readonly ResolvedParameter[];
  readonly pseudo: PseudoParameters;
  readonly references: References;
}

/** A template with values: its conditions decided, and anything in it resolvable. Cheap to make, once a step. */
export interface Evaluation {
  readonly template: Template;
  readonly parameters: ReadonlyMap<ParameterDefinition['name'], ResolvedParameter>;
  readonly pseudo: PseudoParameters;
  readonly references: References;
  readonly conditions: ReadonlyMap<string, boolean>;
  /** Whether what stands under this condition exists; true for none. */
  readonly holds: (condition: string | undefined) => boolean;
}
