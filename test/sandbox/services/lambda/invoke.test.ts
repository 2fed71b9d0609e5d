import { expect } from 'chai';
import { Diary, Functions, makeRole } from './support.ts';

describe('A Lambda function that is invoked', () => {
  let aws: Functions;
  let diary: Diary;
  beforeEach(async () => {
    diary = new Diary();
    aws = new Functions(diary.service);
    await makeRole(aws.world);
  });

  it('runs, and gives back what it returns', async () => {
    await aws.make('exports.handler = async (event) => ({ sum: event.a + event.b })');
    expect(await aws.invoke({ a: 1, b: 2 })).to.deep.include({ answer: { sum: 3 } });
    const { StatusCode, ExecutedVersion } = await aws.call('lambda', 'Invoke', { FunctionName: 'f' });
    expect({ StatusCode, ExecutedVersion }).to.deep.equal({ StatusCode: 200, ExecutedVersion: '$LATEST' });
  });

  it('may answer by its callback, once nothing else is left to do', async () => {
    await aws.make(`
      let done = 0;
      exports.handler = (event, context, callback) => {
        setTimeout(() => { done += 1; }, 20);
        context.callbackWaitsForEmptyEventLoop = event.waits;
        callback(null, { get done() { return done; } });
      };`);
    await aws.make(
      'exports.handler = (event, context, callback) => { setTimeout(() => callback(null, "late"), 5) }',
      {},
      'late',
    );
    expect((await aws.invoke({ waits: false })).answer).to.deep.equal({ done: 0 });
    expect((await aws.invoke({}, { FunctionName: 'late' })).answer).to.equal('late');
  });

  it('answers null when it leaves nothing to wait for', async () => {
    await aws.make('exports.handler = (event) => event.never ? new Promise(() => {}) : 5');
    expect((await aws.invoke({ never: true })).answer).to.equal(null);
    expect((await aws.invoke({})).answer).to.equal(null);
  });

  it('may be an ES module, in a folder, with an export of any name', async () => {
    await aws.make(
      {
        'src/main.mjs': 'import { n } from "./n.mjs"; export const api = { run: async () => n }',
        'src/n.mjs': 'export const n = 7',
      },
      { Handler: 'src/main.api.run' },
    );
    expect((await aws.invoke()).answer).to.equal(7);
    await aws.make(
      {
        'index.js': 'export const handler = async () => import.meta.url.split("/").pop()',
        'package.json': '{"type":"module"}',
      },
      {},
      'typed',
    );
    expect((await aws.invoke({}, { FunctionName: 'typed' })).answer).to.equal('index.js');
  });

  it('knows who and where it is, and nothing of the sandbox’s own environment', async () => {
    await aws.make(
      'exports.handler = async (event, { getRemainingTimeInMillis, ...context }) => ({ context, env: process.env, left: getRemainingTimeInMillis() })',
      { Timeout: 9, MemorySize: 256, Environment: { Variables: { COLOUR: 'red' } } },
    );
    aws.world.endpoint = 'http://127.0.0.1:4599';
    process.env['SECRET_OF_THE_HOST'] = 'x';
    const { context, env, left } = (await aws.invoke()).answer as {
      context: Record<string, unknown>;
      env: Record<string, string>;
      left: number;
    };
    delete process.env['SECRET_OF_THE_HOST'];
    expect(context).to.include({
      functionName: 'f',
      functionVersion: '$LATEST',
      memoryLimitInMB: '256',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:f',
      logGroupName: '/aws/lambda/f',
    });
    expect(context['logStreamName']).to.match(/^2026\/01\/01\/\[\$LATEST\][0-9a-f]{32}$/);
    expect(env).to.include({
      COLOUR: 'red',
      AWS_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_NAME: 'f',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4599',
      _HANDLER: 'index.handler',
    });
    expect(env).to.not.have.property('SECRET_OF_THE_HOST');
    const { AWS_ACCESS_KEY_ID: key = '', AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env;
    expect(aws.world.keys.holder(key, AWS_SESSION_TOKEN)).to.include({
      callerArn: 'arn:aws:sts::111122223333:assumed-role/runner/f',
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      onSandboxTime: true,
    });
    expect(AWS_SECRET_ACCESS_KEY).to.not.equal(aws.world.keys.user.secretAccessKey);
    expect(left).to.be.within(8000, 9000);
  });

  it('keeps what its module holds, until its code or settings change', async () => {
    await aws.make('let calls = 0; exports.handler = async () => ++calls');
    expect([(await aws.invoke()).answer, (await aws.invoke()).answer]).to.deep.equal([1, 2]);
    await aws.call('lambda', 'UpdateFunctionConfiguration', { FunctionName: 'f', Timeout: 4 });
    expect((await aws.invoke()).answer).to.equal(1);
  });

  it('finds the SDK that Lambda’s runtime brings along', async () => {
    await aws.make({
      'index.mjs':
        'import { SQSClient } from "@aws-sdk/client-sqs"; export const handler = async () => SQSClient.name',
    });
    expect((await aws.invoke()).answer).to.equal('SQSClient');
    await aws.make('exports.handler = async () => require("@aws-sdk/client-sqs").SQSClient.name', {}, 'old');
    expect((await aws.invoke({}, { FunctionName: 'old' })).answer).to.equal('SQSClient');
  });

  it('logs as Lambda does, and shows the end of it', async () => {
    await aws.make(
      'console.log("starting"); exports.handler = async () => { console.warn("a %s", "b"); process.stdout.write("raw\\n") }',
    );
    const { log } = await aws.invoke();
    const id = /START RequestId: (\S+) Version: \$LATEST\n/.exec(log)![1]!;
    expect(log)
      .to.contain(`\t${id}\tWARN\ta b\n`)
      .and.to.contain('\nraw\n')
      .and.to.contain(`END RequestId: ${id}\n`);
    expect(log).to.match(
      /REPORT RequestId: \S+\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t\n$/,
    );
    expect((await aws.invoke()).log).to.not.contain('Init Duration');
    const [[place, lines]] = [...diary.lines] as [[string, string[]]];
    expect(place).to.match(/^\/aws\/lambda\/f 2026\/01\/01\/\[\$LATEST\]/);
    expect(lines.join('').startsWith(log)).to.be.true;
    expect(lines.filter((line) => line.startsWith('REPORT'))).to.have.length(2);
  });

  it('logs where it is told to', async () => {
    await aws.make('exports.handler = async () => 1', {
      LoggingConfig: { LogGroup: '/buildkite/demo/scaler' },
    });
    await aws.invoke();
    expect([...diary.groups]).to.deep.equal(['/buildkite/demo/scaler']);
  });

  describe('and goes wrong', () => {
    const failing = async (source: string, settings: object = {}) => {
      await aws.make(source, settings);
      const { answer, error, log } = await aws.invoke({});
      expect(error).to.equal('Unhandled');
      return { ...(answer as { errorType: string; errorMessage: string; trace: string[] }), log };
    };

    it('tells its error', async () => {
      const { errorType, errorMessage, trace, log } = await failing(
        'exports.handler = async () => { throw new RangeError("too far") }',
      );
      expect({ errorType, errorMessage }).to.deep.equal({ errorType: 'RangeError', errorMessage: 'too far' });
      expect(trace[0]).to.equal('RangeError: too far');
      expect(trace[1]).to.match(/\/var\/task\/index\.js:1:\d+/);
      expect(log).to.contain(
        '\tERROR\tInvoke Error \t{"errorType":"RangeError","errorMessage":"too far","stack":[',
      );
    });

    it('tells what is thrown and no error', async () => {
      expect(await failing('exports.handler = async () => { throw "words" }')).to.include({
        errorType: 'string',
        errorMessage: 'words',
      });
    });

    it('is cut off when its time is over', async () => {
      const { errorType, errorMessage, log } = await failing('exports.handler = () => { for (;;); }', {
        Timeout: 1,
      });
      expect(errorType).to.equal('Sandbox.Timedout');
      expect(errorMessage).to.match(/^RequestId: \S+ Error: Task timed out after 1\.00 seconds$/);
      expect(log).to.contain('Task timed out after 1.00 seconds').and.to.contain('Status: timeout');
    });

    it('is not cut off for work that takes as long as ever while the sandbox’s time runs fast', async () => {
      Object.defineProperty(aws.world, 'speed', { value: 1000 });
      const asleep = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)';
      await aws.make(`exports.handler = async () => { ${asleep}; return 'done' }`, { Timeout: 1 });
      const { answer, log } = await aws.invoke();
      expect(answer).to.equal('done');
      expect(log).to.contain('Duration: 1000.00 ms');
    });

    it('ends with its process, and runs in another the next time', async () => {
      await aws.make('exports.handler = async (event) => { if (event.ends) process.exit(3); return "well" }');
      const { answer, log } = await aws.invoke({ ends: true });
      expect((answer as { errorType: string }).errorType).to.equal('Runtime.ExitError');
      expect((answer as { errorMessage: string }).errorMessage).to.match(
        /Error: Runtime exited with error: exit status 3$/,
      );
      expect(log).to.contain('Status: error\tError Type: Runtime.ExitError');
      expect((await aws.invoke({})).answer).to.equal('well');
    });

    it('tells errors that nobody caught', async () => {
      const thrown = await failing(
        'exports.handler = () => { setTimeout(() => { throw new Error("late") }, 5) }',
      );
      expect(thrown).to.include({ errorType: 'Error', errorMessage: 'late' });
      await aws.make(
        'exports.handler = () => { Promise.reject(new Error("lost")); setTimeout(() => {}, 1000) }',
        {},
        'lost',
      );
      const { answer } = await aws.invoke({}, { FunctionName: 'lost' });
      expect(answer).to.include({
        errorType: 'Runtime.UnhandledPromiseRejection',
        errorMessage: 'Error: lost',
      });
    });

    for (const [what, source, settings, errorType, errorMessage] of [
      [
        'has no such module',
        '',
        { Handler: 'main.handler' },
        'Runtime.ImportModuleError',
        /^Error: Cannot find module 'main'/,
      ],
      [
        'needs what is not there',
        'require("nothing-like-it")',
        {},
        'Runtime.ImportModuleError',
        /^Error: Cannot find module 'nothing-like-it'/,
      ],
      [
        'exports no handler',
        'exports.other = 1',
        {},
        'Runtime.HandlerNotFound',
        /^index\.handler is undefined or not exported$/,
      ],
      [
        'cannot be parsed',
        'exports.handler = (',
        {},
        'Runtime.UserCodeSyntaxError',
        /^SyntaxError: Unexpected/,
      ],
      [
        'is an ES module by another name',
        'import "fs"',
        {},
        'Runtime.UserCodeSyntaxError',
        /^SyntaxError: Cannot use import statement outside a module$/,
      ],
    ] as const) {
      it(`cannot start when it ${what}`, async () => {
        const failure = await failing(source, settings);
        expect(failure.errorType).to.equal(errorType);
        expect(failure.errorMessage).to.match(errorMessage);
      });
    }
  });

  it('refuses what is no JSON, and knows no function that is not there', async () => {
    await aws.make('exports.handler = async () => 1');
    expect(
      await aws.refused('lambda', 'Invoke', { FunctionName: 'f', Payload: Buffer.from('{') }),
    ).to.include({
      code: 'InvalidRequestContentException',
    });
    expect(await aws.refused('lambda', 'Invoke', { FunctionName: 'g' })).to.include({
      code: 'ResourceNotFoundException',
      message: 'Function not found: arn:aws:lambda:us-east-1:111122223333:function:g',
      status: 404,
    });
    expect(
      (await aws.call('lambda', 'Invoke', { FunctionName: 'f', InvocationType: 'DryRun' })).StatusCode,
    ).to.equal(204);
  });

  it('says that other runtimes do not run here', async () => {
    await aws.make({ 'index.py': 'def handler(event, context): pass' }, { Runtime: 'python3.12' });
    const refused = await aws.refused('lambda', 'Invoke', { FunctionName: 'f', InvocationType: 'Event' });
    expect(refused.message).to.equal(
      'The sandbox runs Node.js functions only: f has the runtime python3.12.',
    );
  });

  it('is Pending at first, and not to be invoked then', async () => {
    await aws.make('exports.handler = async () => 1');
    await aws.call('lambda', 'DeleteFunction', { FunctionName: 'f' });
    const made = aws.make('exports.handler = async () => 1');
    expect((await aws.call('lambda', 'GetFunctionConfiguration', { FunctionName: 'f' })).State).to.equal(
      'Pending',
    );
    expect((await aws.refused('lambda', 'Invoke', { FunctionName: 'f' })).code).to.equal(
      'ResourceConflictException',
    );
    await made;
    expect((await aws.call('lambda', 'GetFunctionConfiguration', { FunctionName: 'f' })).State).to.equal(
      'Active',
    );
  });

  it('runs no more at once than is reserved for it', async () => {
    await aws.make('exports.handler = () => new Promise((resolve) => setTimeout(resolve, 100))');
    await aws.call('lambda', 'PutFunctionConcurrency', {
      FunctionName: 'f',
      ReservedConcurrentExecutions: 1,
    });
    const first = aws.invoke();
    expect(await aws.refused('lambda', 'Invoke', { FunctionName: 'f' })).to.include({
      code: 'TooManyRequestsException',
      message: 'Rate Exceeded.',
      status: 429,
    });
    await first;
    expect((await aws.invoke()).error).to.equal(undefined);
  });

  describe('as an event', () => {
    const send = () =>
      aws.call('lambda', 'Invoke', {
        FunctionName: 'f',
        InvocationType: 'Event',
        Payload: Buffer.from('{"n":1}'),
      });
    const starts = () => [...diary.lines.values()].flat().filter((line) => line.startsWith('START'));

    it('runs later, once', async () => {
      await aws.make('exports.handler = async (event) => { console.log("got " + event.n) }');
      expect(await send()).to.deep.equal({ StatusCode: 202 });
      await aws.world.pass(3600);
      expect([...diary.lines.values()].flat().join('')).to.contain('\tINFO\tgot 1\n');
      expect(starts()).to.have.length(1);
    });

    it('is tried again after one minute and after two, under the same request id', async () => {
      await aws.make('exports.handler = async () => { throw new Error("no") }');
      await send();
      await aws.world.pass(59);
      expect(starts()).to.have.length(1);
      await aws.world.pass(1);
      expect(starts()).to.have.length(2);
      await aws.world.pass(3600);
      expect(starts()).to.have.length(3);
      expect(new Set(starts())).to.have.property('size', 1);
      expect(aws.world.nextWake()).to.equal(undefined);
    });
  });
});
