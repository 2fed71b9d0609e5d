export { identityGuard } from './guard.ts';
