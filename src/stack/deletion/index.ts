export { deleteStack, type DeletionResult, type KeptResource, retainable } from './delete-stack.ts';
export type { DeletionFacts } from './facts.ts';
export { type DeletionPlan, type DeletionRequest, planDeletion } from './plan.ts';
export { surveyForDeletion } from './survey.ts';
export { deleteParameters, stackParameters } from './token-parameters.ts';
