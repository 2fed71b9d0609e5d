import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { BootTimes } from './forecast/boot-times.ts';
import { Foresight } from './forecast/foresight.ts';
import { publishedHistory } from './forecast/history.ts';
import { Past } from './forecast/past.ts';
import { autoScalingGroup } from './group/group.ts';
import { pauseAfter, type PollCalls, Scaler } from './poll.ts';
import { readQueue } from './queue.ts';
import {
  balancingLines,
  decisionLine,
  errorLine,
  failureLines,
  forecastLines,
  purchaseLines,
} from './report.ts';
import { settingsOf } from './settings.ts';

/** As Lambda passes it. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
interface Context {
  getRemainingTimeInMillis(): number;
}

/** What a look and its requests may take; one that would end later is left to the next invocation. */
const LOOK_MS = 6_000;

const settings = settingsOf(process.env);
const ssm = new SSMClient({ maxAttempts: 4 });
// It waits between attempts as throttling asks for; a look that fails is made again soon anyway.
const autoScaling = new AutoScalingClient({ maxAttempts: 4, retryMode: 'adaptive' });
let kept: Promise<string> | undefined;

async function fetchToken(): Promise<string> {
  const { Parameter } = await ssm.send(
    new GetParameterCommand({ Name: settings.tokenPath, WithDecryption: true }),
  );
  if (Parameter?.Value === undefined) throw new Error(`The SSM parameter ${settings.tokenPath} has no value`);
  return Parameter.Value;
}

const boots = new BootTimes();

function forecast(): PollCalls['forecast'] {
  const { agentsPerInstance, forecastIdleHours: idleHours, stackName, queue } = settings;
  if (idleHours === 0) return undefined;
  const foresight = new Foresight({ agentsPerInstance, idleHours }, boots);
  // It is asked again later anyway.
  const client = new CloudWatchClient({ maxAttempts: 2 });
  return { foresight, past: new Past(foresight, publishedHistory(stackName, queue, client)) };
}

const scaler = new Scaler(settings, {
  group: autoScalingGroup(settings.groupName, autoScaling),
  token(fresh) {
    if (fresh) kept = undefined;
    kept ??= fetchToken().catch((error: unknown) => {
      kept = undefined;
      throw error;
    });
    return kept;
  },
  queue: (token) => readQueue(settings.endpoint, settings.queue, token),
  forecast: forecast(),
  boots,
  // Not the function itself: a sandbox puts its own clock in its place later on.
  now: () => Date.now(),
});

function write(fields: object): void {
  process.stdout.write(`${JSON.stringify(fields)}\n`);
}

/**
 * Looks at the queue as often as Buildkite allows until the next invocation takes over, in a minute.
 * @throws Error when the last look failed, so that the alarm of the template hears of it
 */
export async function handler(_event: unknown, context: Context): Promise<void> {
  let failure: unknown;
  for (;;) {
    let pauseMs: number;
    try {
      const poll = await scaler.poll();
      for (const lines of [failureLines, purchaseLines, balancingLines, forecastLines])
        lines(poll).forEach(write);
      write(decisionLine(settings, poll));
      pauseMs = poll.pauseMs;
      failure = poll.buying.error ?? poll.noteError;
      if (failure !== undefined) write(errorLine(failure));
    } catch (error) {
      write(errorLine(error));
      pauseMs = pauseAfter(error, settings);
      failure = error;
    }
    if (context.getRemainingTimeInMillis() < pauseMs + LOOK_MS) break;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  if (failure !== undefined) throw failure as Error;
}
