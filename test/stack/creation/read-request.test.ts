import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsContext } from '../../../src/aws/context.ts';
import { UsageError } from '../../../src/errors.ts';
import { completeRequest } from '../../../src/stack/creation/complete.ts';
import {
  type CreationFlags,
  readRequest,
  type InputSources,
} from '../../../src/stack/creation/read-request.ts';
import { errTheme } from '../../../src/terminal/theme.ts';

describe('gathering what was given', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-gather-'));
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function file(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  async function given(
    flags: Partial<CreationFlags>,
    around: Partial<InputSources> & { input?: string } = {},
  ) {
    const said: string[] = [];
    let reads = 0;
    const request = await readRequest(
      { 'token-stdin': false, 'termination-protection': false, ...flags },
      {
        env: {},
        stdinIsTerminal: false,
        say: (line) => said.push(line),
        stdin: () => {
          reads += 1;
          return Promise.resolve(around.input ?? '');
        },
        ...around,
      },
    );
    return { ...request, said, reads };
  }

  async function refusal(
    flags: Partial<CreationFlags>,
    around: Partial<InputSources> & { input?: string } = {},
  ) {
    const error: unknown = await given(flags, around).then(
      () => expect.fail('it should be refused'),
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(UsageError);
    return (error as UsageError).message;
  }

  async function hintOf(flags: Partial<CreationFlags>, around: Parameters<typeof given>[1] = {}) {
    return given(flags, around).then(
      () => expect.fail('it should be refused'),
      (error: unknown) => {
        const { message, hint } = error as UsageError;
        return [message, hint];
      },
    );
  }

  it('says what to do instead', async () => {
    const path = ['BuildkiteAgentTokenParameterStorePath=/x'];
    expect(await hintOf({ 'token-stdin': true, param: path })).to.eql([
      '--token-stdin and BuildkiteAgentTokenParameterStorePath both say what the agent token is',
      'Leave out one of them: with BuildkiteAgentTokenParameterStorePath the token is read from there.',
    ]);
    expect(await hintOf({ 'token-stdin': true, param: ['BuildkiteAgentToken=x'] })).to.eql([
      '--token-stdin and BuildkiteAgentToken both give the agent token',
      'Leave out one of them. --token-stdin keeps it out of files and off command lines.',
    ]);
    expect(await hintOf({ config: '-', 'token-stdin': true })).to.eql([
      '--config - and --token-stdin both read stdin, which can be read once',
      'Put one of them into a file, or the token into BUILDKITE_AGENT_TOKEN.',
    ]);
    const terminal = { stdinIsTerminal: true };
    expect(await hintOf({ 'token-stdin': true }, terminal)).to.eql([
      '--token-stdin reads stdin, and that is a terminal',
      'Feed it a file (bk-stack create my-stack --token-stdin < token.txt), or leave it out to be asked.',
    ]);
    expect(await hintOf({ config: '-' }, terminal)).to.eql([
      '--config - reads stdin, and that is a terminal',
      'Feed it a file (bk-stack create my-stack --config - < stack.yml), or name the file.',
    ]);
    expect((await given({ name: 'ci' }, terminal)).stackName).to.equal('ci');
  });

  it('passes on all flags', async () => {
    const flags = {
      'role-arn': 'arn:role',
      'assets-bucket': 'mine',
      'termination-protection': true,
      tag: ['a=b'],
    };
    expect(await given({ name: '', ...flags })).to.deep.include({
      ...{ roleArn: 'arn:role', assetsBucket: 'mine', terminationProtection: true, tags: { a: 'b' } },
      configured: false,
    });
    const bare = await given({ name: '' });
    for (const name of ['stackName', 'roleArn', 'assetsBucket', 'token', 'tokenFrom'])
      expect(bare).to.not.have.property(name);
    expect(bare.terminationProtection).to.equal(false);
    expect((await given({ 'token-stdin': true }, { input: 'x' })).tokenFrom).to.equal('stdin');
    expect((await given({ config: '-' }, { input: '{}' })).configured).to.equal(true);
  });

  it('lets the command line win over the file', async () => {
    const config = file('stack.yml', 'BuildkiteQueue: deploy\nMaxSize: 20\n');
    const { parameters } = await given({ config, param: ['MaxSize=5'] });
    expect(Object.fromEntries(parameters)).to.deep.equal({ BuildkiteQueue: 'deploy', MaxSize: '5' });
  });

  it('reads the file from stdin', async () => {
    const { parameters } = await given({ config: '-' }, { input: '{"MaxSize": 7}' });
    expect(parameters.get('MaxSize')).to.equal('7');
  });

  it('leaves stdin alone where nothing asks for it', async () => {
    expect(await given({ name: 'ci' })).to.include({ reads: 0, stackName: 'ci' });
  });

  it('refuses to read two things from one stdin', async () => {
    expect(await refusal({ config: '-', 'token-stdin': true })).to.match(/both read stdin/);
  });

  it('refuses to wait for a person at a pipe', async () => {
    expect(await refusal({ 'token-stdin': true }, { stdinIsTerminal: true })).to.match(/is a terminal/);
    expect(await refusal({ config: '-' }, { stdinIsTerminal: true })).to.match(/is a terminal/);
  });

  describe('the agent token', () => {
    const env = { BUILDKITE_AGENT_TOKEN: 'from-env' };
    const config = () => file('token.yml', 'BuildkiteAgentToken: from-file\n');
    const path = 'BuildkiteAgentTokenParameterStorePath=/buildkite/token';

    it('is taken from stdin before the environment', async () => {
      const { token } = await given({ 'token-stdin': true }, { env, input: 'from-stdin\n' });
      expect(token).to.equal('from-stdin');
    });

    it('is refused where stdin and a parameter both give it', async () => {
      const param = ['BuildkiteAgentToken=s3cret'];
      for (const twice of [{ param }, { config: config() }]) {
        const message = await refusal({ 'token-stdin': true, ...twice }, { input: 'from-stdin' });
        expect(message).to.equal('--token-stdin and BuildkiteAgentToken both give the agent token');
      }
    });

    it('is taken from the parameters before the environment', async () => {
      expect((await given({ config: config() }, { env })).token).to.equal('from-file');
      expect((await given({}, { env })).token).to.equal('from-env');
    });

    it('is left where a path says it is', async () => {
      expect(await given({ param: [path] }, { env })).not.to.have.property('token');
    });

    it('is refused from stdin together with a path', async () => {
      expect(await refusal({ 'token-stdin': true, param: [path] }, { input: 'x' })).to.match(/both say/);
    });

    it('is warned of on the command line', async () => {
      const { said, token } = await given({ param: ['BuildkiteAgentToken=s3cret'] });
      expect(token).to.equal('s3cret');
      expect(said.join())
        .to.match(/can be seen by others/)
        .and.not.contain('s3cret');
    });

    it('is refused when stdin is empty', async () => {
      expect(await refusal({ 'token-stdin': true })).to.match(/stdin holds no agent token/);
    });
  });

  it('tells everything that is wrong with the parameters at once', async () => {
    const message = await refusal({ param: ['MaxSizes=1', 'AgentsPerInstance=0'] });
    expect(message).to.contain('MaxSizes').and.contain('AgentsPerInstance');
  });

  describe('and completing it', () => {
    const aws = new AwsContext('eu-west-1', {});
    const options = { signal: new AbortController().signal, theme: errTheme };

    it('takes the defaults for the rest where nobody is there', async () => {
      const found = await completeRequest(aws, await given({ name: 'ci' }), { ...options, asking: false });
      expect(found.aws.region).to.equal('eu-west-1');
      expect(found.request.stackName).to.equal('ci');
    });

    it('asks nothing of a person who has said it all', async () => {
      const config = file('whole.yml', 'MaxSize: 3\n');
      const env = { BUILDKITE_AGENT_TOKEN: 'from-env' };
      const request = await given({ name: 'ci', config }, { env });
      expect((await completeRequest(aws, request, { ...options, asking: true })).request.token).to.equal(
        'from-env',
      );
    });

    it('cannot make up a name', async () => {
      const nameless = completeRequest(aws, await given({}), { ...options, asking: false });
      expect(await nameless.catch((error: unknown) => error)).to.be.instanceOf(UsageError);
    });
  });
});
