import type {
  DeleteRuleRequest,
  DescribeRuleRequest,
  DescribeRuleResponse,
  ListRulesRequest,
  ListRulesResponse,
  ListTargetsByRuleRequest,
  ListTargetsByRuleResponse,
  PutRuleRequest,
  PutRuleResponse,
  PutTargetsRequest,
  PutTargetsResponse,
  RemoveTargetsRequest,
  RemoveTargetsResponse,
  Rule,
} from '@aws-sdk/client-eventbridge';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, put, remove, sorted } from '../../kernel/table.ts';
import { checkText, required } from '../common/validation.ts';
import { periodOf, plan } from './schedule.ts';
import { eventBridgeState, ruleArn, ruleNamed, type RuleRecord } from './state.ts';

const CODE = 'ValidationException';
/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MOST_TARGETS = 5;

/** What a rule is told to be. @throws AwsError ValidationException */
export function putRule(scope: Scope, input: PutRuleRequest): RuleRecord {
  const name = checkText(
    required(input.Name, 'name', CODE),
    'name',
    { most: 64, pattern: '[.\\-_A-Za-z0-9]+' },
    CODE,
  );
  const { Description, ScheduleExpression, EventPattern, RoleArn } = input;
  if (ScheduleExpression === undefined && EventPattern === undefined) {
    throw new AwsError(CODE, "Parameter(s) 'EventPattern' or 'ScheduleExpression' must be specified.");
  }
  if (ScheduleExpression !== undefined) periodOf(ScheduleExpression);
  const { rules } = eventBridgeState(scope);
  const rule: RuleRecord = {
    name,
    enabled: input.State !== 'DISABLED',
    targets: own(rules, name)?.targets ?? [],
    ...(Description !== undefined && { description: Description }),
    ...(ScheduleExpression !== undefined && { schedule: ScheduleExpression }),
    ...(EventPattern !== undefined && { pattern: EventPattern }),
    ...(RoleArn !== undefined && { roleArn: RoleArn }),
  };
  put(rules, name, rule);
  plan(scope, rule);
  return rule;
}

/** @throws AwsError LimitExceededException */
export function putTargets(rule: RuleRecord, targets: PutTargetsRequest['Targets'] = []): void {
  const ids = new Set(targets.map(({ Id }) => Id));
  const next = [...rule.targets.filter(({ Id }) => !ids.has(Id)), ...targets];
  if (next.length > MOST_TARGETS) {
    throw new AwsError(
      'LimitExceededException',
      'The requested resource exceeds the maximum number allowed.',
    );
  }
  rule.targets = next;
}

export function dropRule(scope: Scope, name: string): void {
  remove(eventBridgeState(scope).rules, name);
}

function described(scope: Scope, rule: RuleRecord): Rule {
  return {
    Name: rule.name,
    Arn: ruleArn(scope, rule.name),
    State: rule.enabled ? 'ENABLED' : 'DISABLED',
    Description: rule.description,
    ScheduleExpression: rule.schedule,
    EventPattern: rule.pattern,
    RoleArn: rule.roleArn,
    EventBusName: 'default',
  };
}

function named(scope: Scope, name: string | undefined): RuleRecord {
  return ruleNamed(scope, required(name, 'name', CODE));
}

/** @throws AwsError ValidationException while it has targets */
function deleteRule({ Name }: DeleteRuleRequest, scope: Scope): object {
  const found = own(eventBridgeState(scope).rules, required(Name, 'name', CODE));
  if (found === undefined) return {};
  if (found.targets.length > 0) throw new AwsError(CODE, "Rule can't be deleted since it has targets.");
  dropRule(scope, found.name);
  return {};
}

const switchTo =
  (enabled: boolean) =>
  ({ Name }: { Name?: string }, scope: Scope): object => {
    const rule = named(scope, Name);
    rule.enabled = enabled;
    plan(scope, rule);
    return {};
  };

export const ruleOperations = {
  PutRule: (input: PutRuleRequest, scope: Scope): PutRuleResponse => ({
    RuleArn: ruleArn(scope, putRule(scope, input).name),
  }),
  DescribeRule: ({ Name }: DescribeRuleRequest, scope: Scope): DescribeRuleResponse =>
    described(scope, named(scope, Name)),
  ListRules: ({ NamePrefix = '' }: ListRulesRequest, scope: Scope): ListRulesResponse => ({
    Rules: sorted(eventBridgeState(scope).rules)
      .filter(({ name }) => name.startsWith(NamePrefix))
      .map((rule) => described(scope, rule)),
  }),
  DeleteRule: deleteRule,
  EnableRule: switchTo(true),
  DisableRule: switchTo(false),
  PutTargets({ Rule: name, Targets }: PutTargetsRequest, scope: Scope): PutTargetsResponse {
    putTargets(named(scope, name), Targets);
    return { FailedEntryCount: 0, FailedEntries: [] };
  },
  RemoveTargets({ Rule: name, Ids = [] }: RemoveTargetsRequest, scope: Scope): RemoveTargetsResponse {
    const rule = named(scope, name);
    rule.targets = rule.targets.filter(({ Id = '' }) => !Ids.includes(Id));
    return { FailedEntryCount: 0, FailedEntries: [] };
  },
  ListTargetsByRule: ({ Rule: name }: ListTargetsByRuleRequest, scope: Scope): ListTargetsByRuleResponse => ({
    Targets: named(scope, name).targets,
  }),
};
