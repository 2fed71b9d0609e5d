import { logCalls } from '../../logs/calls.ts';
import { tail } from '../../logs/tailing/tail.ts';
import { OperationError } from '../../errors.ts';
import { scalerEvent, SCALER_EVENTS } from '../../stack/facts/service/decisions.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';
import type { BundleSubject } from './subject.ts';
import { type Content, dataPart, type Part, textPart } from './part.ts';

const MAX_DECISIONS = 2000;

/** What sizes the group. */
export function scalerParts(subject: BundleSubject): Part[] {
  const logGroup = subject.facts.logGroups?.names.scaler[0];
  return [
    dataPart('functions.json', 'the configuration of the functions, the scaler among them', () =>
      functions(subject.facts),
    ),
    ...(logGroup === undefined
      ? []
      : [
          textPart('scaler-decisions.txt', 'what the scaler did in the window, and why', () =>
            decisions(subject, logGroup),
          ),
        ]),
  ];
}

async function functions(facts: StackFacts): Promise<{ data: unknown }> {
  const { GetFunctionConfigurationCommand } = await import('../../aws/sdk/lambda.ts');
  const client = await facts.aws.clients.lambda();
  const names = await facts.physicalIds('AWS::Lambda::Function');
  if (names.length === 0) throw new OperationError(`The stack ${facts.stackName} has no function`);
  const data: unknown[] = [];
  for (const FunctionName of names) {
    const { $metadata: _, ...configuration } = await client.send(
      new GetFunctionConfigurationCommand({ FunctionName }),
    );
    data.push(configuration);
  }
  return { data };
}

async function decisions(
  { facts, since, until, clock, signal }: BundleSubject,
  name: string,
): Promise<Content> {
  const targets = [{ group: 'scaler' as const, name }];
  const order = { targets, since, until, pattern: SCALER_EVENTS, follow: false };
  let lines: string[] = [];
  let left = 0;
  for await (const events of tail(logCalls(facts.aws, signal), order, clock)) {
    for (const { message, timestamp } of events) {
      for (const { at, event, from, to, reason } of scalerEvent(message, timestamp)) {
        const change = from === undefined || to === undefined ? '' : ` ${from} -> ${to}`;
        lines.push(`${at} ${event}${change}: ${reason}`);
      }
    }
    left += Math.max(0, lines.length - MAX_DECISIONS);
    lines = lines.slice(-MAX_DECISIONS);
  }
  const text = lines.length === 0 ? 'The scaler changed nothing in this time.\n' : `${lines.join('\n')}\n`;
  return { text, ...(left > 0 && { note: `The oldest ${left} are left out.` }) };
}
