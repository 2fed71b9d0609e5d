import { zipSync } from 'fflate';
import type { Scope, Service } from '../../../../src/sandbox/kernel/world.ts';
import { iam } from '../../../../src/sandbox/services/iam/index.ts';
import { lambda } from '../../../../src/sandbox/services/lambda/index.ts';
import { s3 } from '../../../../src/sandbox/services/s3/index.ts';
import type { TestWorld } from '../../../support/world.ts';
import { Caller } from '../../../support/service.ts';

export const ROLE = 'arn:aws:iam::111122223333:role/runner';

/** Makes the role of the functions. @param actions that it allows on every resource; those of a basic role by default */
export async function makeRole(
  world: TestWorld,
  actions: readonly string[] = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
): Promise<void> {
  const scope: Scope = world.scope('us-east-1');
  const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: statement });
  await world.call(scope, 'iam', 'CreateRole', {
    RoleName: 'runner',
    AssumeRolePolicyDocument: document({
      Effect: 'Allow',
      Principal: { Service: 'lambda.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }),
  });
  await world.call(scope, 'iam', 'PutRolePolicy', {
    RoleName: 'runner',
    PolicyName: 'logs',
    PolicyDocument: document({ Effect: 'Allow', Action: actions, Resource: '*' }),
  });
}

/** A deployment package of text files. */
export function packageOf(files: Readonly<Record<string, string>>): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])));
}

/** A CloudWatch Logs that keeps what is put into it: lines by `group stream`. */
export class Diary {
  readonly lines = new Map<string, string[]>();
  readonly groups = new Set<string>();
  readonly service: Service = {
    name: 'logs',
    signingNames: ['logs'],
    sdk: () => Promise.resolve({}),
    operations: {
      CreateLogGroup: ({ logGroupName }: { logGroupName: string }) => {
        this.groups.add(logGroupName);
        return {};
      },
      CreateLogStream: () => ({}),
      PutLogEvents: (input: {
        logGroupName: string;
        logStreamName: string;
        logEvents: { message: string }[];
      }) => {
        const key = `${input.logGroupName} ${input.logStreamName}`;
        const texts = input.logEvents.map(({ message }) => message);
        this.lines.set(key, [...(this.lines.get(key) ?? []), ...texts]);
        return {};
      },
    },
  };
}

export interface Invoked {
  readonly answer: unknown;
  readonly error?: string;
  readonly log: string;
}

/** Lambda, with functions of a few lines. */
export class Functions extends Caller {
  constructor(...others: readonly Service[]) {
    super([lambda, s3, iam, ...others]);
  }

  /** Makes a function that can be used. @param source index.js, or all files */
  async make(
    source: string | Readonly<Record<string, string>>,
    settings: object = {},
    name = 'f',
  ): Promise<void> {
    const files = typeof source === 'string' ? { 'index.js': source } : source;
    await this.call('lambda', 'CreateFunction', {
      FunctionName: name,
      Role: ROLE,
      Runtime: 'nodejs20.x',
      Handler: 'index.handler',
      Code: { ZipFile: packageOf(files) },
      ...settings,
    });
    await this.world.pass(2);
  }

  async invoke(event?: unknown, input: object = {}): Promise<Invoked> {
    const { Payload, FunctionError, LogResult } = await this.call('lambda', 'Invoke', {
      FunctionName: 'f',
      LogType: 'Tail',
      ...(event !== undefined && { Payload: Buffer.from(JSON.stringify(event)) }),
      ...input,
    });
    return {
      answer: JSON.parse(Buffer.from(Payload).toString()) as unknown,
      ...(FunctionError !== undefined && { error: FunctionError }),
      log: Buffer.from(LogResult, 'base64').toString(),
    };
  }
}
