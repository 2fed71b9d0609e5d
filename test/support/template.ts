import { expect } from 'chai';
import {
  evaluate,
  processTemplate,
  readTemplate,
  resolveParameters,
  resolveValue,
  type Evaluation,
  type ParameterLookups,
  type PseudoParameters,
  type References,
  type ResolvedParameter,
  type SuppliedParameter,
  type Template,
  type TemplateValue,
} from '../../src/sandbox/cloudformation/template/index.ts';
import { AwsError } from '../../src/sandbox/kernel/errors.ts';

export const PSEUDO: PseudoParameters = {
  accountId: '111122223333',
  notificationArns: ['arn:aws:sns:eu-west-1:111122223333:events'],
  partition: 'aws',
  region: 'eu-west-1',
  stackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/demo/0a1b',
  stackName: 'demo',
};

/** A stack in which each resource's id is its logical id in lower case, and each attribute says whose it is. */
export const MADE: References = {
  ref: (logicalId) => logicalId.toLowerCase(),
  attribute: (logicalId, attribute) => `${attribute} of ${logicalId}`,
  importValue: (name) => (name === 'shared-vpc' ? 'vpc-5' : undefined),
  availabilityZones: (region) => ['a', 'b', 'c'].map((zone) => region + zone),
};

export function supplied(values: Readonly<Record<string, string>>): SuppliedParameter[] {
  return Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));
}

/** A Parameter Store with these texts in it. */
export function store(values: Readonly<Record<string, string>> = {}): Pick<ParameterLookups, 'ssmParameter'> {
  return {
    ssmParameter: (name) =>
      Promise.resolve(values[name] === undefined ? undefined : { type: 'String', value: values[name] }),
  };
}

export function parametersOf(
  template: Template,
  values: Readonly<Record<string, string>> = {},
): Promise<ResolvedParameter[]> {
  return resolveParameters(template, supplied(values), { lookups: store() });
}

/** The template evaluated in a stack whose resources are all made. */
export async function evaluated(
  text: string,
  values: Readonly<Record<string, string>> = {},
  references: References = MADE,
): Promise<Evaluation> {
  const read = readTemplate(text);
  const parameters = await parametersOf(read, values);
  const template = processTemplate(read, parameters, PSEUDO);
  return evaluate({ template, parameters, pseudo: PSEUDO, references });
}

/** A template whose only interesting property is `value`, in YAML's flow style. */
export function templateWith(value: string, sections = ''): string {
  return `${sections}
Resources:
  Topic: { Type: AWS::SNS::Topic }
  Subject:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: ${value}
`;
}

/** What `value` resolves to in such a template. */
export async function resolvedIn(
  value: string,
  sections = '',
  values: Readonly<Record<string, string>> = {},
  references: References = MADE,
): Promise<TemplateValue | undefined> {
  const evaluation = await evaluated(templateWith(value, sections), values, references);
  const written = evaluation.template.resources.get('Subject')?.properties.DisplayName ?? null;
  return resolveValue(written, evaluation);
}

/** The message of the ValidationError that `action` fails with. */
export async function refusal(action: () => unknown, code = 'ValidationError'): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    expect(error.code).to.equal(code);
    return error.message;
  }
  throw new Error('it was not refused');
}
