import { AwsError } from '../../kernel/errors.ts';
import { isMap, type TemplateBody, type TemplateValue } from '../template/index.ts';

export type PolicyAction = 'Update:Modify' | 'Update:Replace' | 'Update:Delete';

interface Attempt {
  readonly action: PolicyAction;
  readonly logicalId: string;
  readonly type: string;
}

const MOST_BYTES = 16_384;

/** @throws AwsError ValidationError for a text that is no stack policy */
export function checkStackPolicy(text: string): void {
  if (Buffer.byteLength(text) > MOST_BYTES) {
    throw new AwsError('ValidationError', `Stack policy may not exceed ${MOST_BYTES} bytes in size.`);
  }
  try {
    const policy = JSON.parse(text) as TemplateValue;
    if (isMap(policy) && policy.Statement !== undefined) return;
  } catch {
    // Told below.
  }
  throw new AwsError('ValidationError', 'Error validating stack policy: Invalid stack policy');
}

/**
 * Why a stack policy does not allow a change: a statement that denies it, or none that allows it; undefined where it
 * does, or where there is no policy.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
 */
export function deniedByPolicy(text: string | undefined, attempt: Attempt): string | undefined {
  if (text === undefined) return undefined;
  const { Statement = [] } = JSON.parse(text) as TemplateBody;
  const statements = (Array.isArray(Statement) ? Statement : [Statement]).filter(isMap);
  const applying = statements
    .map((statement, index) => ({ statement, index }))
    .filter(({ statement }) => applies(statement, attempt));
  const deny = applying.find(({ statement }) => statement.Effect === 'Deny');
  if (deny !== undefined) {
    return `Action denied by stack policy: Statement [#${deny.index + 1}] does not allow [${attempt.action}] for resource [LogicalResourceId/${attempt.logicalId}]`;
  }
  if (applying.some(({ statement }) => statement.Effect === 'Allow')) return undefined;
  return `Action not allowed by stack policy: no statement allows [${attempt.action}] for resource [LogicalResourceId/${attempt.logicalId}]`;
}

function applies(statement: TemplateBody, { action, logicalId, type }: Attempt): boolean {
  const { Action, NotAction, Resource, NotResource, Condition } = statement;
  const actionApplies = Action === undefined ? !matches(NotAction, action) : matches(Action, action);
  const resource = `LogicalResourceId/${logicalId}`;
  const resourceApplies =
    Resource === undefined ? !matches(NotResource, resource) : matches(Resource, resource);
  return actionApplies && resourceApplies && conditionHolds(Condition, type);
}

function conditionHolds(condition: TemplateValue | undefined, type: string): boolean {
  if (!isMap(condition)) return true;
  return Object.values(condition).every((test) => !isMap(test) || matches(test.ResourceType, type));
}

function matches(patterns: TemplateValue | undefined, value: string): boolean {
  if (patterns === undefined) return false;
  return (Array.isArray(patterns) ? patterns : [patterns]).some(
    (pattern) =>
      typeof pattern === 'string' &&
      new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`).test(value),
  );
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
