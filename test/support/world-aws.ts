import type { AwsContext } from '../../src/aws/context.ts';
import { AwsError } from '../../src/sandbox/kernel/errors.ts';
import type { Scope } from '../../src/sandbox/kernel/world.ts';
import type { TestWorld } from './world.ts';

/** What ends a program that is killed: no request of it succeeds any more. */
export class Killed extends Error {}

interface Command {
  readonly input: object;
  readonly constructor: { readonly name: string };
}

/** AWS as the product's code sees it, on a world of the sandbox in this process: no wire, and time that the test moves. */
export class WorldAws {
  /** Requests until the program is killed: before the request has an effect, or after. */
  killAfter = Infinity;
  #killed = false;
  /** The share of requests that are throttled. */
  throttled = 0;
  readonly requests = new Map<string, number>();
  /** What requests end in before they have an effect; undefined for those that succeed. */
  refuse: (service: string, operation: string) => Error | undefined = () => undefined;
  /** Changes what requests are answered, where the sandbox cannot be brought to answer so. */
  answer: (operation: string, input: object, answer: object) => object = (_operation, _input, answer) =>
    answer;
  /** Where Buildkite's Agent API is served. */
  agentEndpoint: string | undefined;
  #passing: Promise<void> = Promise.resolve();

  constructor(
    private readonly world: TestWorld,
    private readonly scope: Scope,
    /** Lets seconds of the world's time pass. */
    private readonly pass: (seconds: number) => Promise<void>,
    /** In [0, 1): what chance decides. */
    private readonly random: () => number,
  ) {}

  /** As if the program were started anew. */
  revive(): void {
    this.#killed = false;
    this.killAfter = Infinity;
  }

  get context(): AwsContext {
    const client = (service: string) => () =>
      Promise.resolve({ send: (command: Command) => this.#send(service, command) });
    const context = {
      region: this.scope.region,
      speed: 1,
      agentEndpoint: this.agentEndpoint,
      inRegion: (region: string) => ({ ...context, region }),
      clients: {
        autoScaling: client('autoscaling'),
        cloudFormation: client('cloudformation'),
        cloudWatch: client('cloudwatch'),
        cloudWatchLogs: client('logs'),
        ec2: client('ec2'),
        eventBridge: client('eventbridge'),
        iam: client('iam'),
        lambda: client('lambda'),
        s3: client('s3'),
        serviceQuotas: client('servicequotas'),
        ssm: client('ssm'),
        sts: client('sts'),
      },
      clock: () => Promise.resolve(() => this.world.now()),
      pause: () => 0,
      wait: async (seconds: number) => {
        // Two that wait at the same time must not move the time twice at once.
        this.#passing = this.#passing.then(() => this.pass(seconds));
        await this.#passing;
        if (this.#killed) throw new Killed();
      },
    };
    return context as unknown as AwsContext;
  }

  async #send(service: string, { input, constructor: { name } }: Command): Promise<unknown> {
    const operation = name.replace(/Command$/, '');
    this.requests.set(operation, (this.requests.get(operation) ?? 0) + 1);
    this.killAfter -= 1;
    const dies = this.killAfter < 0;
    // A program may be killed before its request arrives, or before the answer does.
    if (this.#killed || (dies && this.random() < 0.5)) {
      this.#killed = true;
      throw new Killed();
    }
    const refusal = this.refuse(service, operation);
    if (refusal !== undefined) throw refusal;
    if (this.random() < this.throttled) throw sdkError('Throttling', 'Rate exceeded');
    const answer = this.answer(operation, input, (await this.#call(service, operation, input)) as object);
    if (dies) {
      this.#killed = true;
      throw new Killed();
    }
    return answer;
  }

  async #call(service: string, operation: string, input: object): Promise<unknown> {
    try {
      const answer = await this.world.call<{ Body?: Uint8Array }>(
        this.scope,
        service,
        operation,
        plain(input),
      );
      if (!(answer.Body instanceof Uint8Array)) return answer;
      const text = Buffer.from(answer.Body).toString('utf8');
      return { ...answer, Body: { transformToString: () => Promise.resolve(text) } };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw sdkError(await this.#nameOf(service, error.code), error.message, error.status);
    }
  }

  /** The SDK calls errors by the names of their classes, which for some services have a suffix that the wire's codes lack. */
  async #nameOf(service: string, code: string): Promise<string> {
    const sdk = (await this.world.service(service)?.sdk()) ?? {};
    return [`${code}Fault`, `${code}Exception`].find((name) => name in sdk) ?? code;
  }
}

/** As it comes from the wire: without what is undefined, and bodies as bytes. */
function plain(input: object): object {
  const entries = Object.entries(input).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      key === 'Body' && typeof value === 'string' ? Buffer.from(value) : (value as unknown),
    ]),
  );
}

/** An error as the SDK throws it. */
export function sdkError(name: string, message: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode, requestId: 'r-1' } });
}
