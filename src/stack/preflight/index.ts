export { checkToken, type TokenSource } from './agent-token.ts';
export { type Caller, type PreflightCalls, preflightCalls } from './calls.ts';
export type { Finding } from './check.ts';
export { type Leftover, leftoverProblem } from './name.ts';
export { preflight, type PreflightFindings, type PreflightSubject } from './preflight.ts';
