export { describeStack, type StackStatus } from './describe-stack.ts';
export { findStack, requireStack } from './find-stack.ts';
export { listStacks, type StackList } from './list-stacks.ts';
export { type StackSummary, summaryOf } from './summary.ts';
export { watchStack, type WatchResult } from './watch-stack.ts';
