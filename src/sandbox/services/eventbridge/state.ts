import type { Target } from '@aws-sdk/client-eventbridge';
import { AwsError } from '../../kernel/errors.ts';
import { arn } from '../../kernel/location.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, type Table } from '../../kernel/table.ts';
import type { Instant } from '../../kernel/time.ts';
import { defineSlice } from '../../kernel/slice.ts';

export interface RuleRecord {
  readonly name: string;
  description?: string;
  schedule?: string;
  pattern?: string;
  roleArn?: string;
  enabled: boolean;
  targets: Target[];
  /** When its schedule is due next; absent for a rule without one, or that is off. */
  nextAt?: Instant;
}

interface EventBridgeState {
  /** Of the default bus, which is the only one here. */
  readonly rules: Table<RuleRecord>;
}

export const eventBridgeState = defineSlice<EventBridgeState>('eventbridge', () => ({ rules: {} }));

export function ruleArn(scope: Scope, name: string): string {
  return arn(scope, 'events', `rule/${name}`);
}

/** @throws AwsError ResourceNotFoundException */
export function ruleNamed(scope: Scope, name: string): RuleRecord {
  const found = own(eventBridgeState(scope).rules, name);
  if (found !== undefined) return found;
  throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus default.`);
}
