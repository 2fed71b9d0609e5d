import { expect } from 'chai';
import { AS_GIVEN } from '../../../src/shell/printed.ts';
import { InterruptedError, OperationError, UsageError } from '../../../src/errors.ts';
import {
  executeCreation,
  type CreationOptions,
  type CreationResult,
  type CreationServices,
} from '../../../src/stack/creation/create.ts';
import type { CreationPreview } from '../../../src/stack/creation/preview.ts';
import { previewText } from '../../../src/stack/creation/text.ts';
import { type DeploymentRequest, unobserved } from '../../../src/stack/deployment/index.ts';
import type { PreflightCalls } from '../../../src/stack/preflight/index.ts';
import type { StackSummary } from '../../../src/stack/facts/stack/summary.ts';
import { errTheme } from '../../../src/terminal/theme.ts';
import { awsError } from '../../support/cloudformation.ts';
import { templateOf } from '../../support/template-of.ts';

const SECRET = 'bkct_secret';
const TEMPLATE = `
Parameters:
  BuildkiteAgentTokenParameterStorePath: { Type: String, Default: '' }
  BuildkiteQueue: { Type: String, Default: default }
  InstanceTypes: { Type: String, Default: t3.large }
  VpcId: { Type: String, Default: '' }
  Subnets: { Type: CommaDelimitedList, Default: '' }
  AvailabilityZones: { Type: CommaDelimitedList, Default: '' }
  DatabasePassword: { Type: String, NoEcho: true, Default: '' }
  MinSize: { Type: Number, Default: 0 }
  MaxSize: { Type: Number, Default: 2 }
Resources:
  Group: { Type: AWS::AutoScaling::AutoScalingGroup }
`;

function stackIn(status: string): StackSummary {
  return {
    stackName: 'ci',
    stackId: 'arn:old',
    region: 'us-east-1',
    status,
    origin: 'bk-stack',
    createdAt: '2026-11-23T10:00:00Z',
    terminationProtection: false,
  };
}

/** An account in which everything is well, until the test says otherwise. What is changed in it is kept in `done`. */
class World {
  readonly done: string[] = [];
  readonly said: string[] = [];
  stack: StackSummary | undefined;
  unreachable = false;
  tokenStays = false;
  keptParameter: string | undefined;
  outputs: Record<string, string> = { Queue: 'default' };
  waited: boolean | undefined;
  tokens = new Map<string, string>();
  deployed: DeploymentRequest | undefined;
  /** What happens to the deployment. */
  fate: () => Promise<void> = () => Promise.resolve();
  calls: Partial<PreflightCalls> = {};

  get site(): CreationServices {
    return {
      region: 'us-east-1',
      programs: () => [
        { parameter: 'HostProgram', key: 'host/0.mjs', content: '', contentType: 'text/javascript' },
      ],
      preflightCalls: {
        namedImage: () => Promise.resolve(undefined),
        caller: () => Promise.resolve({ account: '111122223333', arn: 'arn:aws:iam::111122223333:user/ann' }),
        stack: () =>
          this.unreachable ? Promise.reject(new Error('no connection')) : Promise.resolve(this.stack),
        instanceTypes: (types) =>
          Promise.resolve(
            types.map((type) => ({
              type,
              vCpus: 2,
              architectures: ['x86_64'],
              zones: ['us-east-1b', 'us-east-1c'],
            })),
          ),
        typesOfRegion: () => Promise.resolve(['t3.large']),
        zones: () => Promise.resolve(['us-east-1a', 'us-east-1b', 'us-east-1c']),
        subnets: () => Promise.resolve([]),
        bucket: () => Promise.resolve({ kind: 'there', region: 'us-east-1' }),
        logGroups: () => Promise.resolve([]),
        image: () => Promise.resolve({ architecture: 'x86_64', state: 'available' }),
        keyPairs: () => Promise.resolve([]),
        vpcCount: () => Promise.resolve(1),
        quota: () => Promise.resolve(100),
        readParameter: () => Promise.resolve(SECRET),
        metrics: () => Promise.resolve({ status: 200, body: {} }),
        ...this.calls,
      },
      assets: () => ({
        bucketState: () => Promise.resolve('absent'),
        isSecured: () => Promise.resolve(false),
        objectExists: () => Promise.resolve(false),
        createBucket: () => this.#do('make the bucket'),
        secureBucket: () => this.#do('secure the bucket'),
        putObject: () => this.#do('upload the template'),
      }),
      tokens: {
        create: async ({ name, token }) => {
          await this.#do('keep the token');
          this.tokens.set(name, token);
          return 'made';
        },
        overwrite: () => this.#do('overwrite the token'),
        remove: async (name) => {
          if (this.tokenStays) throw new Error('no permission');
          this.tokens.delete(name);
          await this.#do('remove the token');
        },
      },
      removeStack: async (_removable, { ask, keepParameter }) => {
        this.keptParameter = keepParameter;
        await this.#do(ask ? 'ask, and remove the failed stack' : 'remove the failed stack');
        this.stack = undefined;
      },
      deploy: async (request, { wait }) => {
        await this.#do('deploy');
        this.waited = wait;
        this.deployed = request;
        await this.fate();
        return {
          stackName: request.stackName,
          stackId: 'arn:new',
          region: 'us-east-1',
          status: 'CREATE_COMPLETE',
          resources: 1,
          elapsedSeconds: 60,
          outputs: this.outputs,
        };
      },
    };
  }

  #do(what: string): Promise<void> {
    this.done.push(what);
    return Promise.resolve();
  }

  create(
    parameters: Record<string, string> = {},
    options: Partial<CreationOptions> & {
      template?: string;
      token?: string | undefined;
      roleArn?: string;
    } = {},
  ) {
    const request = {
      stackName: 'ci',
      template: templateOf(options.template ?? TEMPLATE),
      parameters: new Map(Object.entries(parameters)),
      tags: {},
      terminationProtection: false,
      ...('token' in options ? {} : { token: SECRET }),
      ...(options.roleArn !== undefined && { roleArn: options.roleArn }),
    };
    return executeCreation(this.site, request, {
      signal: new AbortController().signal,
      observer: () => Promise.resolve(unobserved),
      style: { live: false, write: (line) => this.said.push(line), now: () => new Date(0) },
      say: (line) => this.said.push(line),
      theme: errTheme,
      existingStack: 'refuse',
      dryRun: false,
      wait: true,
      ...options,
    });
  }
}

async function failureOf(work: Promise<unknown>): Promise<UsageError> {
  return work.then(
    () => expect.fail('it should fail'),
    (error: unknown) => error as UsageError,
  );
}

describe('creating a stack from a request', () => {
  it('looks first, keeps the token, then deploys', async () => {
    const world = new World();
    const result = (await world.create({ MinSize: '1' })) as CreationResult;
    expect(world.done).to.deep.equal(['keep the token', 'deploy']);
    expect(result).to.include({
      stackName: 'ci',
      status: 'CREATE_COMPLETE',
      account: '111122223333',
      queue: 'default',
    });
    expect(world.said.map((line) => line.slice(21, 30))).to.have.length(9);
  });

  it('passes the token’s path, and the zones that offer the instance types', async () => {
    const world = new World();
    await world.create();
    expect(world.deployed?.parameters).to.deep.equal([
      { ParameterKey: 'BuildkiteAgentTokenParameterStorePath', ParameterValue: '/bk-stack/ci/agent-token' },
      { ParameterKey: 'AvailabilityZones', ParameterValue: 'us-east-1b,us-east-1c' },
    ]);
    expect(JSON.stringify([world.deployed, world.said])).not.to.contain(SECRET);
  });

  it('stages a large template before the token is kept', async () => {
    const world = new World();
    await world.create({}, { template: `${TEMPLATE}# ${'x'.repeat(60_000)}\n` });
    expect(world.done).to.deep.equal([
      'make the bucket',
      'secure the bucket',
      'upload the template',
      'keep the token',
      'deploy',
    ]);
  });

  it('tells everything that stands in the way at once, and changes nothing', async () => {
    const world = new World();
    world.stack = stackIn('CREATE_COMPLETE');
    world.calls = {
      instanceTypes: () => Promise.resolve([]),
      metrics: () => Promise.resolve({ status: 401, body: {} }),
    };
    const failure = await failureOf(world.create({ InstanceTypes: 't3.larg' }));
    expect(failure).to.be.instanceOf(UsageError);
    expect(failure.message.split('\n').filter((line) => line.startsWith('- '))).to.deep.equal([
      '- There is a stack named ci in us-east-1 already (CREATE_COMPLETE).',
      '- us-east-1 has no instance type "t3.larg".',
      '- Buildkite (agent.buildkite.com) does not accept the agent token.',
    ]);
    expect(failure.hint).to.contain('bk-stack create ci --region us-east-1');
    expect(world.done).to.deep.equal([]);
  });

  it('goes on with warnings where it may not look', async () => {
    const world = new World();
    const denied = () => Promise.reject(awsError('UnauthorizedOperation', 'You are not authorized'));
    world.calls = { instanceTypes: denied, zones: denied, vpcCount: denied };
    const result = (await world.create()) as CreationResult;
    expect(result.status).to.equal('CREATE_COMPLETE');
    expect(result.warnings.map(({ message }) => message).join('\n')).to.match(
      /instance types.*could not be checked/,
    );
  });

  it('without credentials fails with the one reason, and asks no more', async () => {
    const world = new World();
    world.calls = { caller: () => Promise.reject(awsError('ExpiredToken', 'The token has expired')) };
    expect((await failureOf(world.create())).message).to.equal('The token has expired');
    expect(world.said).to.deep.equal([]);
  });

  describe('when a stack that failed has the name', () => {
    it('is refused where nobody can be asked, with the way out', async () => {
      const world = new World();
      world.stack = stackIn('ROLLBACK_COMPLETE');
      const failure = await failureOf(world.create());
      expect(failure.message).to.match(/ROLLBACK_COMPLETE: left by a creation that failed.*\n.*--yes/);
      expect(world.done).to.deep.equal([]);
    });

    it('removes it first, once all else is well', async () => {
      const world = new World();
      world.stack = stackIn('ROLLBACK_COMPLETE');
      await world.create({}, { existingStack: 'remove' });
      expect(world.done).to.deep.equal(['remove the failed stack', 'keep the token', 'deploy']);
    });

    it('asks a person who is there', async () => {
      const world = new World();
      world.stack = stackIn('REVIEW_IN_PROGRESS');
      await world.create({}, { existingStack: 'ask' });
      expect(world.done[0]).to.equal('ask, and remove the failed stack');
    });

    it('leaves it where something else is in the way', async () => {
      const world = new World();
      world.stack = stackIn('ROLLBACK_COMPLETE');
      world.calls = { metrics: () => Promise.resolve({ status: 401, body: {} }) };
      await failureOf(world.create({}, { existingStack: 'remove' }));
      expect(world.done).to.deep.equal([]);
    });
  });

  describe('when the deployment fails', () => {
    it('takes the token back if no stack came to be', async () => {
      const world = new World();
      world.fate = () => Promise.reject(new InterruptedError());
      expect(await failureOf(world.create())).to.be.instanceOf(InterruptedError);
      expect(world.tokens.size).to.equal(0);
    });

    it('takes it back too while the empty stack is still going', async () => {
      const world = new World();
      world.fate = () => {
        world.stack = stackIn('DELETE_IN_PROGRESS');
        return Promise.reject(new OperationError('CloudFormation refuses the change set'));
      };
      await failureOf(world.create());
      expect(world.tokens.size).to.equal(0);
    });

    it('leaves the token to a stack that has begun, for its instances may still read it', async () => {
      const world = new World();
      world.fate = () => {
        world.stack = stackIn('CREATE_IN_PROGRESS');
        return Promise.reject(new InterruptedError());
      };
      await failureOf(world.create());
      expect([...world.tokens.keys()]).to.deep.equal(['/bk-stack/ci/agent-token']);
    });
  });

  it('tells why the deployment failed even if the token cannot be taken back', async () => {
    const world = new World();
    world.fate = () => {
      world.unreachable = true;
      return Promise.reject(new OperationError('CloudFormation refuses the change set'));
    };
    expect((await failureOf(world.create())).message).to.equal('CloudFormation refuses the change set');
    expect(world.said.at(-1)).to.match(/token is left in the SSM parameter \/bk-stack\/ci\/agent-token/);
  });

  it('tells why the token cannot be removed', async () => {
    const world = new World();
    world.tokenStays = true;
    world.fate = () => Promise.reject(new OperationError('CloudFormation refuses the change set'));
    expect((await failureOf(world.create())).message).to.equal('CloudFormation refuses the change set');
    expect(world.said.at(-1)).to.equal(
      'The agent token is left in the SSM parameter /bk-stack/ci/agent-token: no permission',
    );
  });

  it('says nothing of a token that it leaves to a stack', async () => {
    const world = new World();
    world.fate = () => {
      world.stack = stackIn('CREATE_IN_PROGRESS');
      return Promise.reject(new InterruptedError());
    };
    await failureOf(world.create());
    expect(world.said.join()).to.not.contain('token is left');
  });

  it('keeps the parameter of a failed stack that the new one reads its token from', async () => {
    const failed = async (parameters: Record<string, string>, rest: object) => {
      const world = new World();
      world.stack = stackIn('ROLLBACK_COMPLETE');
      await world.create(parameters, { existingStack: 'remove', ...rest });
      return world.keptParameter;
    };
    const path = { BuildkiteAgentTokenParameterStorePath: '/bk-stack/ci/own' };
    expect(await failed(path, { token: undefined })).to.equal('/bk-stack/ci/own');
    expect(await failed({}, {}), 'it is stored anew').to.equal(undefined);
  });

  it('tells the queue of the outputs, or of the parameters', async () => {
    const queue = async (outputs: Record<string, string>, template?: string) => {
      const world = new World();
      world.outputs = outputs;
      const options = template === undefined ? {} : { template, token: undefined };
      const result = (await world.create(
        template === undefined ? { BuildkiteQueue: 'given' } : {},
        options,
      )) as CreationResult;
      return result.queue;
    };
    expect(await queue({ Queue: 'made' })).to.equal('made');
    expect(await queue({})).to.equal('given');
    const bare = 'Resources: { Group: { Type: AWS::AutoScaling::AutoScalingGroup } }';
    expect(await queue({}, bare)).to.equal(undefined);
  });

  it('waits only if that is asked for', async () => {
    for (const wait of [true, false]) {
      const world = new World();
      await world.create({}, { wait });
      expect(world.waited).to.equal(wait);
    }
  });

  it('lists all that stands in the way, each with what to do', async () => {
    const world = new World();
    world.calls = { metrics: () => Promise.resolve({ status: 401, body: {} }) };
    const one = await failureOf(world.create());
    expect(one.message.split('\n')[0]).to.equal('One thing stands in the way of ci; nothing has been made.');
    expect(one.message.split('\n')[2]).to.match(/^ {2}\S/);
    expect(one.hint).to.equal(`Then again: bk-stack create ci --region us-east-1 ${AS_GIVEN}`);
    expect(one.details).to.include({ stackName: 'ci', region: 'us-east-1' });
    expect(one.details).to.have.property('problems').with.lengthOf(1);
    world.stack = stackIn('CREATE_COMPLETE');
    const two = await failureOf(world.create());
    expect(two.message.split('\n')[0]).to.equal('2 things stand in the way of ci; nothing has been made.');
  });

  it('says what to do about warnings', async () => {
    const world = new World();
    world.calls = {
      vpcCount: () => Promise.reject(awsError('UnauthorizedOperation', 'You are not authorized')),
    };
    const { warnings } = (await world.create()) as CreationResult;
    const hints = warnings.flatMap(({ hint }) => (hint === undefined ? [] : [`  ${hint}`]));
    expect(world.said.filter((line) => line.startsWith('  '))).to.eql(hints);
  });

  it('does nothing more once it is interrupted', async () => {
    const world = new World();
    const stop = new AbortController();
    world.calls = {
      vpcCount: () => {
        stop.abort(new InterruptedError());
        return Promise.resolve(1);
      },
    };
    expect(await failureOf(world.create({}, { signal: stop.signal }))).to.be.instanceOf(InterruptedError);
    expect(world.done).to.deep.equal([]);
  });

  it('keeps no token where its parameter is named', async () => {
    const world = new World();
    const path = { BuildkiteAgentTokenParameterStorePath: '/buildkite/token' };
    await world.create(path, { token: undefined });
    expect(world.done).to.deep.equal(['deploy']);
  });
});

describe('a dry run', () => {
  it('changes nothing, and tells what would be made, secrets masked', async () => {
    const world = new World();
    const found = (await world.create(
      { DatabasePassword: 'hunter2', MinSize: '1' },
      { dryRun: true },
    )) as CreationPreview;
    expect(world.done).to.deep.equal([]);
    expect(found).to.deep.include({
      dryRun: true,
      account: '111122223333',
      staging: 'the request',
      resources: { 'AWS::AutoScaling::AutoScalingGroup': 1 },
      tokenParameter: '/bk-stack/ci/agent-token',
      capabilities: [],
    });
    expect(found.parameters).to.deep.include({ name: 'DatabasePassword', value: '****' });
    const text = previewText(found, errTheme);
    expect(text)
      .to.match(/MinSize\s+1/)
      .and.not.contain('hunter2');
    expect(JSON.stringify(found)).not.to.contain(SECRET);
  });

  it('fails as the creation would', async () => {
    const world = new World();
    world.stack = stackIn('CREATE_COMPLETE');
    expect(await failureOf(world.create({}, { dryRun: true }))).to.be.instanceOf(UsageError);
  });

  it('tells how the template is staged, and the role', async () => {
    const world = new World();
    const template = `${TEMPLATE}# ${'x'.repeat(60_000)}\n`;
    const large = (await world.create({}, { dryRun: true, template })) as CreationPreview;
    expect(large.staging).to.match(/^s3:\/\/[a-z0-9-]+\/.+/);
    expect(large).to.not.have.property('roleArn');
    expect(large.terminationProtection).to.equal(false);
    const roleArn = 'arn:aws:iam::111122223333:role/deployer';
    const small = (await world.create({}, { dryRun: true, roleArn })) as CreationPreview;
    expect(small).to.include({ staging: 'the request', roleArn });
    expect(small).to.not.have.property('removes');
    const path = { BuildkiteAgentTokenParameterStorePath: '/own' };
    expect(await world.create(path, { dryRun: true, token: undefined })).to.not.have.property(
      'tokenParameter',
    );
  });

  it('tells of a failed stack that would be removed', async () => {
    const world = new World();
    world.stack = stackIn('ROLLBACK_COMPLETE');
    const found = (await world.create({}, { dryRun: true, existingStack: 'remove' })) as CreationPreview;
    expect(found.removes?.status).to.equal('ROLLBACK_COMPLETE');
    expect(world.done).to.deep.equal([]);
  });
});
