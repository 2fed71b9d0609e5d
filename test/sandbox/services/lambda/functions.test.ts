import { expect } from 'chai';
import { StackResource } from '../../../support/service.ts';
import { Functions, packageOf, ROLE } from './support.ts';

const SOURCE = 'exports.handler = async () => "one"';

describe('Lambda functions', () => {
  let aws: Functions;
  beforeEach(() => {
    aws = new Functions();
  });
  const call = (operation: string, input: object = {}) =>
    aws.call('lambda', operation, { FunctionName: 'f', ...input });
  const refused = (operation: string, input: object = {}) =>
    aws.refused('lambda', operation, { FunctionName: 'f', ...input });
  const create = (input: object = {}) => ({
    Role: ROLE,
    Runtime: 'nodejs20.x',
    Handler: 'index.handler',
    Code: { ZipFile: packageOf({ 'index.js': SOURCE }) },
    ...input,
  });

  it('are described with Lambda’s defaults', async () => {
    await aws.make(SOURCE);
    const { Configuration, Code } = await call('GetFunction');
    expect(Configuration).to.deep.include({
      FunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:f',
      Timeout: 3,
      MemorySize: 128,
      Architectures: ['x86_64'],
      PackageType: 'Zip',
      Version: '$LATEST',
      State: 'Active',
      LastUpdateStatus: 'Successful',
      LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/f' },
    });
    expect(Configuration.LastModified).to.match(/^2026-01-01T00:00:00\.000\+0000$/);
    expect(Configuration.CodeSha256).to.match(/^[A-Za-z0-9+/]{43}=$/);
    expect(Code.RepositoryType).to.equal('S3');
  });

  it('take their code from a bucket', async () => {
    await aws.call('s3', 'CreateBucket', { Bucket: 'code-1' });
    await aws.call('s3', 'PutObject', {
      Bucket: 'code-1',
      Key: 'f.zip',
      Body: packageOf({ 'index.js': SOURCE }),
    });
    await aws.make('', { Code: { S3Bucket: 'code-1', S3Key: 'f.zip' } });
    expect((await aws.invoke()).answer).to.equal('one');
    expect(await refused('UpdateFunctionCode', { S3Bucket: 'code-1', S3Key: 'g.zip' })).to.include({
      code: 'InvalidParameterValueException',
      message:
        'Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.',
    });
  });

  it('run their new code after it was updated', async () => {
    await aws.make(SOURCE);
    await aws.invoke();
    const ZipFile = packageOf({ 'index.js': 'exports.handler = async () => "two"' });
    await call('UpdateFunctionCode', { ZipFile });
    expect((await refused('UpdateFunctionCode', { ZipFile })).message).to.equal(
      'The operation cannot be performed at this time. An update is in progress for resource: arn:aws:lambda:us-east-1:111122223333:function:f',
    );
    await aws.world.pass(1);
    expect((await aws.invoke()).answer).to.equal('two');
  });

  it('keep what an update of their configuration leaves out', async () => {
    await aws.make(SOURCE, { Timeout: 30, Environment: { Variables: { MODE: 'a' } } });
    await call('UpdateFunctionConfiguration', { MemorySize: 512 });
    const { Timeout, MemorySize, Environment, RevisionId } = await call('GetFunctionConfiguration');
    expect({ Timeout, MemorySize, Environment }).to.deep.equal({
      Timeout: 30,
      MemorySize: 512,
      Environment: { Variables: { MODE: 'a' } },
    });
    await aws.world.pass(1);
    expect((await refused('UpdateFunctionConfiguration', { RevisionId: 'old' })).code).to.equal(
      'PreconditionFailedException',
    );
    await call('UpdateFunctionConfiguration', { RevisionId, Environment: { Variables: {} } });
    expect((await call('GetFunctionConfiguration')).Environment).to.deep.equal({ Variables: {} });
  });

  it('go when they are deleted', async () => {
    await aws.make(SOURCE);
    await call('DeleteFunction');
    expect(await refused('GetFunction')).to.include({
      code: 'ResourceNotFoundException',
      message: 'Function not found: arn:aws:lambda:us-east-1:111122223333:function:f',
    });
  });

  for (const [what, input, message] of [
    ['a role that is none', { Role: 'me' }, /Value 'me' at 'role' failed to satisfy constraint/],
    ['too long a timeout', { Timeout: 901 }, /Value '901' at 'timeout'.*less than or equal to 900/],
    ['too little memory', { MemorySize: 64 }, /Value '64' at 'memorySize'.*greater than or equal to 128/],
    [
      'a runtime that nobody knows',
      { Runtime: 'nodejs9000.x' },
      /Value nodejs9000\.x at 'runtime' failed to satisfy constraint/,
    ],
    [
      'a runtime that was given up',
      { Runtime: 'nodejs14.x' },
      /The runtime parameter of nodejs14\.x is no longer supported/,
    ],
    ['no handler', { Handler: undefined }, /Handler is mandatory/],
    [
      'variables of Lambda’s own',
      { Environment: { Variables: { AWS_REGION: 'x' } } },
      /Reserved keys used in this request: AWS_REGION$/,
    ],
    [
      'too much environment',
      { Environment: { Variables: { BIG: 'x'.repeat(5000) } } },
      /exceeded the 4KB limit/,
    ],
    ['what is no zip', { Code: { ZipFile: Buffer.from('text') } }, /^Could not unzip uploaded file\./],
    ['no code', { Code: {} }, /^Please provide a source for function code\.$/],
  ] as const) {
    it(`are refused with ${what}`, async () => {
      expect((await refused('CreateFunction', create(input))).message).to.match(message);
    });
  }

  it('have names of their own', async () => {
    await aws.make(SOURCE);
    expect(await refused('CreateFunction', create())).to.include({
      code: 'ResourceConflictException',
      message: 'Function already exist: f',
      status: 409,
    });
  });

  it('are found by name, partial ARN and ARN, in their region', async () => {
    await aws.make(SOURCE);
    for (const FunctionName of [
      'f',
      '111122223333:function:f',
      'function:f',
      'arn:aws:lambda:us-east-1:111122223333:function:f:$LATEST',
    ]) {
      expect((await call('GetFunctionConfiguration', { FunctionName })).FunctionName, FunctionName).to.equal(
        'f',
      );
    }
    expect(
      (await refused('GetFunction', { FunctionName: 'arn:aws:lambda:eu-west-1:111122223333:function:f' }))
        .message,
    ).to.equal("Functions from 'eu-west-1' are not reachable in this region ('us-east-1')");
  });

  it('are listed in pages, without what changes with time', async () => {
    for (const name of ['c', 'a', 'b']) await aws.make(SOURCE, {}, name);
    const first = await aws.call('lambda', 'ListFunctions', { MaxItems: 2 });
    const second = await aws.call('lambda', 'ListFunctions', { MaxItems: 2, Marker: first.NextMarker });
    const names = [first, second].map(({ Functions: all }) =>
      all.map((one: { FunctionName: string }) => one.FunctionName),
    );
    expect(names).to.deep.equal([['a', 'b'], ['c']]);
    expect(first.Functions[0]).to.not.have.property('State');
  });

  it('are published as versions, which aliases name', async () => {
    await aws.make(SOURCE);
    expect((await call('PublishVersion')).Version).to.equal('1');
    expect((await call('PublishVersion')).Version, 'nothing was changed').to.equal('1');
    await call('CreateAlias', { Name: 'live', FunctionVersion: '1' });
    await call('UpdateFunctionCode', {
      ZipFile: packageOf({ 'index.js': 'exports.handler = async (_, c) => c.invokedFunctionArn' }),
    });
    await aws.world.pass(1);
    expect((await call('PublishVersion')).Version).to.equal('2');
    expect((await aws.invoke({}, { Qualifier: 'live' })).answer).to.equal('one');
    await call('UpdateAlias', { Name: 'live', FunctionVersion: '2' });
    expect((await aws.invoke({}, { FunctionName: 'f:live' })).answer).to.equal(
      'arn:aws:lambda:us-east-1:111122223333:function:f:live',
    );
    expect((await refused('DeleteFunction', { Qualifier: '2' })).code).to.equal('ResourceConflictException');
    expect((await refused('Invoke', { Qualifier: '3' })).message).to.equal(
      'Function not found: arn:aws:lambda:us-east-1:111122223333:function:f:3',
    );
  });

  it('keep who may use them', async () => {
    await aws.make(SOURCE);
    const input = {
      StatementId: 'rule',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: 'arn:aws:events:us-east-1:111122223333:rule/r',
    };
    await call('AddPermission', input);
    expect(JSON.parse((await call('GetPolicy')).Policy).Statement).to.deep.equal([
      {
        Sid: 'rule',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'lambda:InvokeFunction',
        Resource: 'arn:aws:lambda:us-east-1:111122223333:function:f',
        Condition: { ArnLike: { 'AWS:SourceArn': input.SourceArn } },
      },
    ]);
    expect((await refused('AddPermission', input)).message).to.match(
      /^The statement id \(rule\) provided already exists\./,
    );
    await call('RemovePermission', { StatementId: 'rule' });
    expect(await refused('GetPolicy')).to.include({
      status: 404,
      message: 'The resource you requested does not exist.',
    });
  });

  it('carry tags and reservations', async () => {
    await aws.make(SOURCE, { Tags: { a: '1' } });
    const Resource = 'arn:aws:lambda:us-east-1:111122223333:function:f';
    await call('TagResource', { Resource, Tags: { b: '2' } });
    await call('UntagResource', { Resource, TagKeys: ['a'] });
    expect(await call('ListTags', { Resource })).to.deep.equal({ Tags: { b: '2' } });
    await call('PutFunctionConcurrency', { ReservedConcurrentExecutions: 5 });
    expect((await call('GetFunction')).Concurrency).to.deep.equal({ ReservedConcurrentExecutions: 5 });
    expect(
      (await refused('PutFunctionConcurrency', { ReservedConcurrentExecutions: 950 })).message,
    ).to.contain('below its minimum value of [100]');
    await call('DeleteFunctionConcurrency');
    expect(await call('GetFunctionConcurrency')).to.deep.equal({});
  });

  describe('in a stack', () => {
    const properties = (more: object = {}) => ({
      Role: ROLE,
      Runtime: 'nodejs20.x',
      Handler: 'index.handler',
      Timeout: '10',
      Code: { ZipFile: SOURCE },
      Environment: { Variables: { COUNT: 5 } },
      ...more,
    });

    it('are made with their source in the template, and changed with it', async () => {
      const resource = new StackResource(aws, 'AWS::Lambda::Function', 'Scaler');
      const FunctionName = resource.create(properties({ Tags: [{ Key: 'a', Value: 'b' }] }));
      await aws.world.pass(1);
      expect(FunctionName).to.match(/^demo-Scaler-[0-9A-Z]{12}$/i);
      expect(resource.attribute('Arn')).to.equal(
        `arn:aws:lambda:us-east-1:111122223333:function:${FunctionName}`,
      );
      const { Configuration, Tags } = await call('GetFunction', { FunctionName });
      expect(Configuration).to.deep.include({ Timeout: 10, Environment: { Variables: { COUNT: '5' } } });
      expect(Tags).to.deep.equal({ a: 'b', 'aws:cloudformation:stack-name': 'demo' });
      resource.update(
        properties({ Timeout: undefined, Code: { ZipFile: 'exports.handler = async () => "two"' } }),
      );
      await aws.world.pass(1);
      expect((await aws.invoke({}, { FunctionName })).answer).to.equal('two');
      expect((await call('GetFunctionConfiguration', { FunctionName })).Timeout).to.equal(3);
      resource.delete();
      expect((await refused('GetFunction', { FunctionName })).code).to.equal('ResourceNotFoundException');
    });

    it('leave nothing behind when they are refused', () => {
      const resource = new StackResource(aws, 'AWS::Lambda::Function');
      const named = properties({ FunctionName: 'g' });
      expect(() => resource.create({ ...named, ReservedConcurrentExecutions: 1000 })).to.throw(
        'minimum value of [100]',
      );
      expect(resource.create(named)).to.equal('g');
    });

    it('get permissions, versions and aliases', async () => {
      await aws.make(SOURCE);
      const permission = new StackResource(aws, 'AWS::Lambda::Permission', 'Rule');
      permission.create({ FunctionName: 'f', Action: 'lambda:InvokeFunction', Principal: '111122223333' });
      expect(JSON.parse((await call('GetPolicy')).Policy).Statement[0].Principal).to.deep.equal({
        AWS: 'arn:aws:iam::111122223333:root',
      });
      permission.delete();
      expect((await refused('GetPolicy')).status).to.equal(404);
      const version = new StackResource(aws, 'AWS::Lambda::Version');
      expect(version.create({ FunctionName: 'f' })).to.equal(
        'arn:aws:lambda:us-east-1:111122223333:function:f:1',
      );
      expect(version.attribute('Version')).to.equal('1');
      const alias = new StackResource(aws, 'AWS::Lambda::Alias');
      expect(alias.create({ FunctionName: 'f', Name: 'live', FunctionVersion: '1' })).to.equal(
        'arn:aws:lambda:us-east-1:111122223333:function:f:live',
      );
      alias.delete();
      version.delete();
      expect((await call('ListVersionsByFunction')).Versions).to.have.length(1);
    });
  });
});
