import type { AwsContext } from '../../src/aws/context.ts';
import { sdkError } from './world-aws.ts';

/** What a command is answered, by its name without `Command`; one that throws is refused. */
export type Answers = Readonly<Record<string, (input: never) => object>>;

/** AWS that answers by functions. Whatever has none is refused. Time does not pass. */
export function stubAws(answers: Answers): AwsContext {
  const client = () =>
    Promise.resolve({
      send: async ({ input, constructor: { name } }: { input: object; constructor: { name: string } }) => {
        const answer = answers[name.replace(/Command$/, '')];
        await Promise.resolve();
        if (answer === undefined) throw sdkError('Unexpected', `${name} is not expected`);
        return answer(input as never);
      },
    });
  return {
    region: 'us-east-1',
    speed: 1,
    clients: {
      autoScaling: client,
      cloudFormation: client,
      ec2: client,
      ssm: client,
      s3: client,
      sts: client,
    },
    clock: () => Promise.resolve(() => Date.parse('2026-11-28T00:00:00.000Z')),
    wait: () => Promise.resolve(),
  } as unknown as AwsContext;
}

/** The answer of DescribeStacks for a stack that there is not. */
export function noStack(): never {
  throw sdkError('ValidationError', 'Stack with id ci does not exist');
}
