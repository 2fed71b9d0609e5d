export { createStack } from './create-stack.ts';
export type {
  DeploymentOptions,
  DeploymentRequest,
  DeploymentResult,
  StackParameter,
  TemplateSource,
} from './request.ts';
export { type DeploymentObserver, unobserved } from '../events/observer.ts';
export { openDisplay } from '../display/open-display.ts';
