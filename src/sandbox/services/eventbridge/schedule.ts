import { AwsError } from '../../kernel/errors.ts';
import type { Scope, Task } from '../../kernel/world.ts';
import { own } from '../../kernel/table.ts';
import { eventBridgeState, ruleArn, type RuleRecord } from './state.ts';

/** The task that starts a rule's targets when its schedule is due; its key is `<region>/<rule>`. */
export const SCHEDULE_TASK = 'eventbridge.schedule';

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * How often a rate expression is due, in milliseconds.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 * @throws AwsError ValidationException; NotImplemented for cron, which the sandbox does not run
 */
export function periodOf(schedule: string): number {
  if (/^cron\(.*\)$/.test(schedule)) {
    throw new AwsError('NotImplemented', `The sandbox runs rate expressions only, and not ${schedule}.`, 501);
  }
  const [, count = '', unit = '', plural = ''] = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(schedule) ?? [];
  const number = Number(count);
  if (number < 1 || (number === 1) !== (plural === '')) {
    throw new AwsError('ValidationException', 'Parameter ScheduleExpression is not valid.');
  }
  return number * (UNITS[unit] ?? 0);
}

/** Plans when a rule is due next, or that it is not. */
export function plan({ world, region }: Scope, rule: RuleRecord): void {
  Reflect.deleteProperty(rule, 'nextAt');
  if (!rule.enabled || rule.schedule === undefined) return;
  rule.nextAt = world.now() + periodOf(rule.schedule);
  world.wake(SCHEDULE_TASK, `${region}/${rule.name}`, rule.nextAt);
}

export const runSchedule: Task = (world, key) => {
  const slash = key.indexOf('/');
  const scope = world.scope(key.slice(0, slash));
  const rule = own(eventBridgeState(scope).rules, key.slice(slash + 1));
  if (rule?.nextAt === undefined) return;
  if (rule.nextAt > world.now()) {
    world.wake(SCHEDULE_TASK, key, rule.nextAt);
    return;
  }
  plan(scope, rule);
  for (const { Arn = '', Input } of rule.targets) {
    const event = Input ?? JSON.stringify(scheduledEvent(scope, rule));
    world.background(start(scope, Arn, event));
  }
};

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
function scheduledEvent(scope: Scope, { name }: RuleRecord) {
  const { world, accountId, region } = scope;
  return {
    version: '0',
    id: world.ids.uuid(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: accountId,
    time: new Date(world.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources: [ruleArn(scope, name)],
    detail: {},
  };
}

/** Functions are invoked asynchronously; a target of another kind, or one that is gone, gets nothing. */
async function start(scope: Scope, target: string, event: string): Promise<void> {
  if (!target.includes(':lambda:') || scope.world.service('lambda') === undefined) return;
  try {
    const input = { FunctionName: target, InvocationType: 'Event', Payload: Buffer.from(event) };
    await scope.world.call(scope, 'lambda', 'Invoke', input);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
  }
}
