export { describeStack, type StackStatus } from './describe-stack.ts';
export { watchStack, type WatchResult } from './watch-stack.ts';
