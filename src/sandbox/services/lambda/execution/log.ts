import { AwsError, type Scope } from '../../../kernel/service.ts';

interface Line {
  readonly timestamp: number;
  readonly message: string;
}

/** Writes to one stream of CloudWatch Logs, in order, making group and stream when they are not there. */
export class LogWriter {
  #waiting: Line[] = [];
  #writing: Promise<void> | undefined;

  constructor(
    private readonly scope: Scope,
    private readonly group: string,
    private readonly stream: string,
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
    await this.#create('CreateLogGroup', { logGroupName: this.group });
    await this.#create('CreateLogStream', { logGroupName: this.group, logStreamName: this.stream });
    while (this.#waiting.length > 0) {
      const logEvents = this.#waiting.splice(0);
      await this.#call('PutLogEvents', {
        logGroupName: this.group,
        logStreamName: this.stream,
        logEvents,
      });
    }
    this.#writing = undefined;
  }

  async #create(operation: string, input: object): Promise<void> {
    await this.#call(operation, input);
  }

  /** A function's run does not depend on its log: what Logs refuses is lost, as in AWS. */
  async #call(operation: string, input: object): Promise<void> {
    await this.scope.world.call(this.scope, 'logs', operation, input).catch((error: unknown) => {
      if (!(error instanceof AwsError)) throw error;
    });
  }
}
