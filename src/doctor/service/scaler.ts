import { awsErrorCode } from '../../aws/errors.ts';
import { minimumOf, pauseReason } from '../../stack/facts/group/state.ts';
import { scalerFunction, scalerRule } from '../../stack/facts/stack/resources.ts';
import { type Check, examined, type Finding } from '../findings/finding.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';

/** What tells whether the scaler does its work. */
export interface ScalerFacts {
  readonly name: string;
  /** Undefined where the function is gone. */
  readonly reserved: number | 'unreserved' | undefined;
  /** The schedule that starts it; undefined where it is gone, or the stack has none of its own. */
  readonly rule?: ScheduleFacts;
  /** The last thing that it did within the last minutes; undefined where it said nothing. */
  readonly last?: { readonly event: string; readonly reason: string };
  /** Whether it ought to have said something by now. */
  readonly due: boolean;
  readonly paused: boolean;
  /** The group's own minimum, and what the scaler has raised it to, where it has. */
  readonly minimum: { readonly min: number; readonly held?: number };
  /** Of our template, by what the stack has. */
  readonly ours: boolean;
}

interface ScheduleFacts {
  readonly name: string;
  readonly state: string;
  /** When it was made, or changed last. */
  readonly at?: Date | undefined;
}

export interface ScalerRepairs {
  reserve(executions: number): Promise<void>;
  enable(rule: string): Promise<void>;
}

/** It looks every few seconds, from a schedule of minutes. */
const SILENT_AFTER_SECONDS = 900;
const LOOK_BACK_SECONDS = 900;

/** Whether the group is sized by what the queue needs. */
export function scalerCheck(facts: StackFacts): Check {
  return {
    title: 'Scaler',
    run: async () => {
      const name = await functionOf(facts);
      if (name === undefined) return examined('the stack has none');
      const [reserved, rule, now, group] = await Promise.all([
        reservedOf(facts, name),
        ruleOf(facts),
        facts.aws.clock(),
        facts.group(),
      ]);
      const ours = facts.output('ScalerFunction') !== undefined;
      const logGroup = facts.logGroups?.names.scaler[0] ?? `/aws/lambda/${name}`;
      const from = now() - LOOK_BACK_SECONDS * 1000;
      const last = await lastSaid(facts, { logGroup, ours }, from);
      const scaler: ScalerFacts = {
        name,
        reserved,
        ...(rule !== undefined && { rule }),
        ...(last !== undefined && { last }),
        due: (now() - startedAt(facts, rule)) / 1000 > SILENT_AFTER_SECONDS,
        paused: group !== undefined && pauseReason(group) !== undefined,
        minimum: group === undefined ? { min: 0 } : minimumOf(group),
        ours,
      };
      const findings = judgeScaler(scaler, facts, {
        async reserve(executions) {
          const { PutFunctionConcurrencyCommand } = await import('../../aws/sdk/lambda.ts');
          const client = await facts.aws.clients.lambda();
          await client.send(
            new PutFunctionConcurrencyCommand({
              FunctionName: name,
              ReservedConcurrentExecutions: executions,
            }),
          );
        },
        async enable(Name) {
          const { EnableRuleCommand } = await import('../../aws/sdk/eventbridge.ts');
          const client = await facts.aws.clients.eventBridge();
          await client.send(new EnableRuleCommand({ Name }));
        },
      });
      return examined(last === undefined ? name : `${name} looks at the queue`, ...findings);
    },
  };
}

export function judgeScaler(
  { name, reserved, rule, last, due, paused, minimum, ours }: ScalerFacts,
  { target, region }: Pick<StackFacts, 'target' | 'region'>,
  repairs: ScalerRepairs,
): Finding[] {
  const { min, held } = minimum;
  const raised =
    held === undefined
      ? ''
      : ` Idle instances stay as well: the scaler has raised MinSize from ${min} to ${held}, and nothing lowers it but bk-stack scale ${target} --min ${min}`;
  const idle = `The group keeps the size that it has, however many jobs wait.${raised}`;
  if (reserved === undefined) {
    return [
      {
        code: 'scaler-missing',
        severity: 'error',
        message: `The function ${name}, which sizes the group, is gone`,
        meaning: idle,
        fix: `Size it by hand until the stack is made anew: bk-stack scale ${target} --desired N`,
      },
    ];
  }
  const putConcurrency = `aws lambda put-function-concurrency --function-name ${name} --reserved-concurrent-executions 1 --region ${region}`;
  const reserveOne = {
    does: `Reserves one execution at a time for ${name}.`,
    carryOut: () => repairs.reserve(1),
  };
  // A stack of another template is emptied by hand by stopping its scaler.
  const unless = ours ? '' : 'Unless the stack is being emptied by hand (docs/updates.md): ';
  if (reserved === 0) {
    return [
      {
        code: 'scaler-stopped',
        severity: 'error',
        message: `The function ${name} may not run: its reserved concurrency is 0`,
        meaning: idle,
        fix: ours
          ? putConcurrency
          : `${unless}aws lambda delete-function-concurrency --function-name ${name} --region ${region}`,
        ...(ours && { repair: reserveOne }),
      },
    ];
  }
  const findings: Finding[] = [];
  // The official stack's scaler is made to be run without.
  if (ours && reserved !== 1) {
    findings.push({
      code: 'scaler-overlaps',
      severity: 'warning',
      message: `The function ${name} may run more than once at a time: ${reserved === 'unreserved' ? 'no concurrency is reserved' : `${reserved} executions are reserved`}`,
      meaning: 'Two that overlap grow the group twice for the same jobs.',
      fix: putConcurrency,
      repair: reserveOne,
    });
  }
  if (rule?.state === 'MISSING') {
    findings.push({
      code: 'schedule-disabled',
      severity: 'error',
      message: `The schedule ${rule.name} of the scaler is gone`,
      meaning: idle,
      fix: `Make it again: aws events put-rule --name ${rule.name} --schedule-expression "rate(1 minute)" --region ${region}, and aws events put-targets with the function ${name}`,
    });
  } else if (rule?.state === 'DISABLED') {
    findings.push({
      code: 'schedule-disabled',
      severity: 'error',
      message: `The schedule ${rule.name} of the scaler is disabled`,
      meaning: idle,
      fix: `${unless}aws events enable-rule --name ${rule.name} --region ${region}`,
      ...(ours && {
        repair: { does: `Enables the schedule ${rule.name}.`, carryOut: () => repairs.enable(rule.name) },
      }),
    });
  } else if (last?.event === 'failed') {
    findings.push({
      code: 'scaler-fails',
      severity: 'error',
      message: `The scaler fails: ${last.reason.replace(/\.$/, '')}`,
      meaning: idle,
      fix: `bk-stack logs tail ${target} --group scaler --since 30m --no-follow`,
    });
  } else if (last === undefined && due && !paused) {
    findings.push({
      code: 'scaler-silent',
      severity: 'error',
      message: `The scaler has said nothing for ${SILENT_AFTER_SECONDS / 60} minutes`,
      meaning: `It does not run, or may not write its log. ${idle}`,
      fix: `See what it was told last: bk-stack logs tail ${target} --group scaler --since 1d --no-follow\nAnd run it once: aws lambda invoke --function-name ${name} --region ${region} /dev/stdout`,
    });
  }
  return findings;
}

/** When the scaler began to look, in milliseconds since 1970: its schedule is among the last that a stack makes. */
function startedAt({ stack }: StackFacts, rule: ScheduleFacts | undefined): number {
  return (rule?.at ?? stack.LastUpdatedTime ?? stack.CreationTime)?.getTime() ?? 0;
}

/** Ours by its output; the official template's lies in a stack nested in it, the one function that scales. */
async function functionOf(facts: StackFacts): Promise<string | undefined> {
  return facts.output('ScalerFunction') ?? scalerFunction(await facts.resources());
}

async function reservedOf({ aws }: StackFacts, FunctionName: string): Promise<ScalerFacts['reserved']> {
  const { GetFunctionConcurrencyCommand } = await import('../../aws/sdk/lambda.ts');
  const client = await aws.clients.lambda();
  try {
    const answer = await client.send(new GetFunctionConcurrencyCommand({ FunctionName }));
    return answer.ReservedConcurrentExecutions ?? 'unreserved';
  } catch (error) {
    if (awsErrorCode(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

async function ruleOf(facts: StackFacts): Promise<ScalerFacts['rule']> {
  const rule = scalerRule(await facts.resources());
  const Name = rule?.PhysicalResourceId;
  if (Name === undefined) return undefined;
  const { DescribeRuleCommand } = await import('../../aws/sdk/eventbridge.ts');
  const client = await facts.aws.clients.eventBridge();
  try {
    const { State = '' } = await client.send(new DescribeRuleCommand({ Name }));
    return { name: Name, state: State, at: rule?.LastUpdatedTimestamp };
  } catch (error) {
    if (awsErrorCode(error) === 'ResourceNotFoundException') return { name: Name, state: 'MISSING' };
    throw error;
  }
}

/** The last thing that the scaler said since `from`, in milliseconds since 1970. A missing log group is told by another check. */
async function lastSaid(
  { aws }: StackFacts,
  { logGroup: logGroupName, ours }: { readonly logGroup: string; readonly ours: boolean },
  from: number,
): Promise<ScalerFacts['last']> {
  const { FilterLogEventsCommand } = await import('../../aws/sdk/cloudwatch-logs.ts');
  const client = await aws.clients.cloudWatchLogs();
  const said: { readonly timestamp: number; readonly message: string }[] = [];
  let nextToken: string | undefined;
  try {
    do {
      const page = await client.send(
        new FilterLogEventsCommand({
          logGroupName,
          startTime: Math.floor(from),
          nextToken,
          // Lambda's own lines are no JSON.
          ...(ours && { filterPattern: '{ $.event = "*" }' }),
        }),
      );
      said.push(...(page.events ?? []).map(({ timestamp = 0, message = '' }) => ({ timestamp, message })));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  } catch (error) {
    if (awsErrorCode(error) === 'ResourceNotFoundException') return { event: 'unknown', reason: '' };
    throw error;
  }
  const lines = said.sort((a, b) => a.timestamp - b.timestamp).map(({ message }) => message);
  return ours ? ownEvent(lines.at(-1)) : foreignEvent(lines);
}

/** The last thing that our scaler said, in JSON. */
export function ownEvent(line: string | undefined): ScalerFacts['last'] {
  if (line === undefined) return undefined;
  const { event = '', reason = '' } = JSON.parse(line) as { event?: string; reason?: string };
  return { event, reason };
}

/** The official scaler writes plain lines; what it said since its last start tells how that went. */
export function foreignEvent(lines: readonly string[]): ScalerFacts['last'] {
  if (lines.length === 0) return undefined;
  const start = lines.findLastIndex((line) => line.startsWith('START RequestId'));
  const error = lines.slice(Math.max(0, start)).find((line) => /\berror(Message)?\b|\bpanic:/i.test(line));
  return error === undefined
    ? { event: 'other', reason: '' }
    : { event: 'failed', reason: error.trim().slice(0, 300) };
}
