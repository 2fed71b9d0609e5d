import type { PutRuleRequest, Target } from '@aws-sdk/client-eventbridge';
import { generatedName } from '../../providers/generated-name.ts';
import type { Properties, ResourceProvider } from '../../providers/provider.ts';
import type { Scope } from '../../kernel/world.ts';
import { members, text } from '../../providers/properties.ts';
import { dropRule, putRule, putTargets } from './rules.ts';
import { ruleArn } from './state.ts';

const LONGEST_NAME = 64;

function settle(scope: Scope, name: string, properties: Properties): void {
  const pattern = properties['EventPattern'];
  const rule = putRule(scope, {
    Name: name,
    Description: text(properties, 'Description'),
    ScheduleExpression: text(properties, 'ScheduleExpression'),
    EventPattern: pattern === undefined ? undefined : JSON.stringify(pattern),
    RoleArn: text(properties, 'RoleArn'),
    State: text(properties, 'State') as PutRuleRequest['State'],
  });
  rule.targets = [];
  putTargets(rule, members(properties, 'Targets') as unknown as Target[]);
}

const rule: ResourceProvider = {
  type: 'AWS::Events::Rule',
  seconds: { create: 3, update: 3, delete: 3 },
  create(properties, context) {
    const name = text(properties, 'Name') ?? generatedName(context, LONGEST_NAME);
    settle(context, name, properties);
    return name;
  },
  update(name, next, _previous, context) {
    settle(context, name, next);
  },
  delete(name, _properties, context) {
    dropRule(context, name);
  },
  attributes: (name, _properties, context) => ({ Arn: ruleArn(context, name) }),
};

export const eventBridgeResources = [rule];
