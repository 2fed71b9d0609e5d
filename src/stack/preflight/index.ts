export { checkToken, type TokenSource } from './checks/agent-token.ts';
export { type Caller, type PreflightCalls, preflightCalls, typeArchitectures } from './calls.ts';
export type { Finding } from './checks/check.ts';
export { mixedArchitectures, type TypeArchitectures } from './checks/instance-types.ts';
export { type RemovableStack, nameTakenProblem } from './checks/name.ts';
export { preflight, type PreflightFindings, type PreflightSubject } from './preflight.ts';
export { preflightUpdate, type UpdateFindings, type UpdateSubject } from './update.ts';
