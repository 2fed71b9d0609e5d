import { logCalls } from '../../logs/calls.ts';
import { tail } from '../../logs/tailing/tail.ts';
import { OperationError } from '../../errors.ts';
import { scalerEvent, SCALER_EVENTS } from '../../stack/facts/service/decisions.ts';
import { idsOf, outputOf, type Site } from '../site.ts';
import { dataPart, type Part, textPart } from './part.ts';

const MAX_DECISIONS = 2000;

/** What sizes the group. */
export function scalerParts(site: Site): Part[] {
  return [
    dataPart('functions.json', 'the configuration of the functions, the scaler among them', () =>
      functions(site),
    ),
    ...(outputOf(site.stack, 'LogGroupPrefix') === undefined
      ? []
      : [
          textPart('scaler-decisions.txt', 'what the scaler did in the window, and why', () =>
            decisions(site),
          ),
        ]),
  ];
}

async function functions(site: Site): Promise<{ data: unknown }> {
  const { GetFunctionConfigurationCommand } = await import('../../aws/sdk/lambda.ts');
  const client = await site.aws.clients.lambda();
  const names = await idsOf(site, 'AWS::Lambda::Function');
  if (names.length === 0) throw new OperationError(`The stack ${site.stackName} has no function`);
  const data: unknown[] = [];
  for (const FunctionName of names) {
    const { $metadata: _, ...configuration } = await client.send(
      new GetFunctionConfigurationCommand({ FunctionName }),
    );
    data.push(configuration);
  }
  return { data };
}

async function decisions({ aws, stack, stackName, since, until, clock, signal }: Site) {
  const name = `${outputOf(stack, 'LogGroupPrefix') ?? `/buildkite/${stackName}`}/scaler`;
  const targets = [{ group: 'scaler' as const, name }];
  const order = { targets, since, until, pattern: SCALER_EVENTS, follow: false };
  let lines: string[] = [];
  let left = 0;
  for await (const events of tail(logCalls(aws, signal), order, clock)) {
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
