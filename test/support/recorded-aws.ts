import type { AwsContext } from '../../src/aws/context.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- inputs and answers of any operation
type Message = any;

/** An answer to an operation: data, an error, or a function of the request that gives one of them. */
type Answer = object | Error | ((input: Message) => object | Error);

/** A request that was sent: the operation's name and its input. */
export type SentRequest = readonly [operation: string, input: Message];

/** AWS by a table of answers, and the requests that it was sent. An operation without an answer succeeds with no data. */
export function recordedAws(answers: Readonly<Record<string, Answer>> = {}): {
  readonly aws: AwsContext;
  readonly sent: SentRequest[];
} {
  const sent: SentRequest[] = [];
  const send = (command: { readonly input: object; readonly constructor: { readonly name: string } }) => {
    const operation = command.constructor.name.replace(/Command$/, '');
    // Without what is left out, as the SDK sends it.
    const input = JSON.parse(JSON.stringify(command.input)) as object;
    sent.push([operation, input]);
    const given = answers[operation] ?? {};
    const answer = typeof given === 'function' ? (given as (input: Message) => object | Error)(input) : given;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const clients = new Proxy({}, { get: () => () => Promise.resolve({ send }) });
  return { aws: { region: 'us-east-1', clients } as unknown as AwsContext, sent };
}
