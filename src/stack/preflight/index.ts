export { checkToken, type TokenSource } from './agent-token.ts';
export { type Caller, type PreflightCalls, preflightCalls, typeArchitectures } from './calls.ts';
export type { Finding } from './check.ts';
export { mixedArchitectures, type TypeArchitectures } from './instance-types.ts';
export { type RemovableStack, nameTakenProblem } from './name.ts';
export { preflight, type PreflightFindings, type PreflightSubject } from './preflight.ts';
export { preflightUpdate, type UpdateFindings, type UpdateSubject } from './update.ts';
