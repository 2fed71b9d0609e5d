import { AwsError } from '../../../kernel/errors.ts';
import { arn } from '../../../kernel/location.ts';
import type { Scope } from '../../../kernel/world.ts';
import { roleAllows } from '../../iam/simulation.ts';

interface Line {
  readonly timestamp: number;
  readonly message: string;
}

/** Where a function's lines go, and by whose permissions. */
export interface LogTarget {
  readonly group: string;
  readonly stream: string;
  /** The ARN of the function's role. */
  readonly role: string;
}

/**
 * Writes to one stream of CloudWatch Logs, in order. Lambda makes group and stream where they are missing, by the permissions
 * of the function's role: without `logs:CreateLogGroup` a group that was deleted stays deleted, and the lines are lost.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
 */
export class LogWriter {
  #waiting: Line[] = [];
  #writing: Promise<void> | undefined;

  constructor(
    private readonly scope: Scope,
    private readonly target: LogTarget,
  ) {}

  write(message: string): void {
    const { world } = this.scope;
    if (world.service('logs') === undefined) return;
    this.#waiting.push({ timestamp: Math.floor(world.now()), message });
    this.#writing ??= this.#drain();
  }

  /** Waits until all is written. */
  async flushed(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    // Lines of the same moment go together.
    await Promise.resolve();
    const { group: logGroupName, stream: logStreamName } = this.target;
    await this.#call('CreateLogGroup', { logGroupName });
    await this.#call('CreateLogStream', { logGroupName, logStreamName });
    while (this.#waiting.length > 0) {
      const logEvents = this.#waiting.splice(0);
      await this.#call('PutLogEvents', { logGroupName, logStreamName, logEvents });
    }
    this.#writing = undefined;
  }

  /** A function's run does not depend on its log: what its role may not do, and what Logs refuses, is lost as in AWS. */
  async #call(operation: string, input: object): Promise<void> {
    const { scope, target } = this;
    // Only PutLogEvents is allowed or denied by stream: in requests for the others its name is empty.
    const stream = operation === 'PutLogEvents' ? target.stream : '';
    const resource = arn(scope, 'logs', `log-group:${target.group}:log-stream:${stream}`);
    if (!roleAllows(scope, target.role, `logs:${operation}`, resource)) return;
    await scope.world.call(scope, 'logs', operation, input).catch((error: unknown) => {
      if (!(error instanceof AwsError)) throw error;
    });
  }
}
