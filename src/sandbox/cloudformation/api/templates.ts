import type {
  GetStackPolicyInput,
  GetStackPolicyOutput,
  GetTemplateInput,
  GetTemplateOutput,
  GetTemplateSummaryInput,
  GetTemplateSummaryOutput,
  SetStackPolicyInput,
  ValidateTemplateInput,
  ValidateTemplateOutput,
} from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { templateText } from '../deployment/prepare.ts';
import { processedTemplate } from '../evaluation/evaluation.ts';
import { findLiveStack, findStack } from '../stacks/state.ts';
import { readTemplate, templateSummary, validateTemplateOutput, type Template } from '../template/index.ts';
import { stackPolicyOf } from './stacks/create.ts';
import { findChangeSet } from './find-change-set.ts';
import { required } from './input.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ValidateTemplate.html */
export async function validateTemplate(
  input: ValidateTemplateInput,
  scope: Scope,
): Promise<ValidateTemplateOutput> {
  return validateTemplateOutput(await requestedTemplate(scope, input));
}

async function requestedTemplate(
  scope: Scope,
  { TemplateBody, TemplateURL }: ValidateTemplateInput,
): Promise<Template> {
  const { text, source } = await templateText(scope, { TemplateBody, TemplateURL });
  return readTemplate(text, { source });
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplateSummary.html */
export async function getTemplateSummary(
  input: GetTemplateSummaryInput,
  scope: Scope,
): Promise<GetTemplateSummaryOutput> {
  if (input.StackSetName !== undefined) {
    throw new AwsError('StackSetNotFoundException', `StackSet ${input.StackSetName} not found`, 404);
  }
  if (input.StackName === undefined) return templateSummary(await requestedTemplate(scope, input));
  const { deployment, stackName } = findLiveStack(scope, input.StackName);
  if (deployment === undefined) throw new AwsError('ValidationError', `Stack [${stackName}] does not exist`);
  return templateSummary(readTemplate(deployment.templateBody, { source: 'url' }));
}

/**
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html
 */
export function getTemplate(input: GetTemplateInput, scope: Scope): GetTemplateOutput {
  const set = input.ChangeSetName === undefined ? undefined : findChangeSet(scope, input);
  const stack = findStack(scope, set?.stackId ?? required('stackName', input.StackName));
  const deployment = set?.deployment ?? stack.deployment;
  // A stack under review has none yet. https://github.com/cdklabs/awscdk-v1-stack-finder/issues/273
  if (deployment === undefined) return { StagesAvailable: [] };
  const original = readTemplate(deployment.templateBody, { source: 'url' });
  const processed = processedTemplate(scope, stack, deployment);
  return {
    TemplateBody:
      input.TemplateStage === 'Processed' && processed !== original
        ? JSON.stringify(processed.body)
        : deployment.templateBody,
    StagesAvailable: ['Original', 'Processed'],
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetStackPolicy.html */
export function getStackPolicy(input: GetStackPolicyInput, scope: Scope): GetStackPolicyOutput {
  const { stackPolicy } = findStack(scope, required('stackName', input.StackName));
  return stackPolicy === undefined ? {} : { StackPolicyBody: stackPolicy };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SetStackPolicy.html */
export async function setStackPolicy(
  input: SetStackPolicyInput,
  scope: Scope,
): Promise<Record<string, never>> {
  const stack = findLiveStack(scope, required('stackName', input.StackName));
  stack.stackPolicy = required('stackPolicyBody', await stackPolicyOf(scope, input));
  return {};
}
