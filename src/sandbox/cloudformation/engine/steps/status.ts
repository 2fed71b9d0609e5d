import type { ResourceStatus } from '@aws-sdk/client-cloudformation';
import type { Step } from '../../stacks/operation.ts';

const VERBS = { create: 'CREATE', update: 'UPDATE', replace: 'UPDATE', delete: 'DELETE' } as const;

export function statusOf(
  { action = 'create' }: Pick<Step, 'action'>,
  end: 'IN_PROGRESS' | 'COMPLETE' | 'FAILED',
): ResourceStatus {
  return `${VERBS[action]}_${end}`;
}
