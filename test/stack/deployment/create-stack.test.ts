import { expect } from 'chai';
import { parseTemplate } from '../../../src/cfn/document.ts';
import { InterruptedError, OperationError } from '../../../src/errors.ts';
import { executeDeployment } from '../../../src/stack/deployment/create-stack.ts';
import { type DeploymentRequest, unobserved } from '../../../src/stack/deployment/index.ts';
import { awsError, FakeCloudFormation, instantPacing } from '../../support/cloudformation.ts';
import { History } from '../../support/events.ts';

const template = parseTemplate('Resources:\n  Vpc:\n    Type: AWS::EC2::VPC\n');
const request: DeploymentRequest = {
  stackName: 'ci',
  template,
  templateBody: template.text,
  parameters: [],
  tags: {},
  capabilities: [],
  terminationProtection: false,
};

function attempt(
  cloud: FakeCloudFormation,
  options: { request?: object; wait?: boolean; stop?: AbortController } = {},
) {
  const retry = instantPacing();
  return executeDeployment(
    cloud,
    { ...request, ...options.request },
    {
      signal: (options.stop ?? new AbortController()).signal,
      observer: unobserved,
      wait: options.wait ?? true,
    },
    { region: 'us-east-1', retry, cleanUpRetry: retry, now: new Date('2026-11-23T10:00:00Z') },
  );
}

async function failureOf(work: Promise<unknown>): Promise<OperationError> {
  const error: unknown = await work.then(
    () => expect.fail('it should fail'),
    (reason: unknown) => reason,
  );
  return error as OperationError;
}

const created = () =>
  new History()
    .stack('CREATE_IN_PROGRESS', 'User Initiated')
    .resource('Vpc', 'CREATE_IN_PROGRESS')
    .resource('Vpc', 'CREATE_COMPLETE')
    .stack('CREATE_COMPLETE').events;

const rolledBack = () =>
  new History()
    .stack('CREATE_IN_PROGRESS', 'User Initiated')
    .resource('Queue', 'CREATE_COMPLETE')
    .resource('Vpc', 'CREATE_FAILED', { reason: 'The maximum number of VPCs has been reached.' })
    .stack('ROLLBACK_IN_PROGRESS', 'The following resource(s) failed to create: [Vpc].')
    .resource('Queue', 'DELETE_COMPLETE')
    .stack('ROLLBACK_COMPLETE').events;

describe('creating a stack', () => {
  it('ends with its outputs', async () => {
    const cloud = new FakeCloudFormation();
    const events = created();
    cloud.story = [events.slice(0, 2), [], events.slice(2)];
    expect(await attempt(cloud)).to.deep.equal({
      stackName: 'ci',
      stackId: events[0]!.stackId,
      region: 'us-east-1',
      status: 'CREATE_COMPLETE',
      resources: 2,
      elapsedSeconds: 3,
      outputs: { Queue: 'default' },
    });
  });

  it('returns as soon as it has begun when it is not waited for', async () => {
    const cloud = new FakeCloudFormation();
    expect(await attempt(cloud, { wait: false })).to.include({
      status: 'CREATE_IN_PROGRESS',
      elapsedSeconds: 0,
    });
    expect(cloud.stack).to.equal('begun');
  });

  it('is told with its first cause after the rollback has been watched to its end', async () => {
    const cloud = new FakeCloudFormation();
    const events = rolledBack();
    cloud.story = [events.slice(0, 4), events.slice(4)];
    const failure = await failureOf(attempt(cloud, { request: { terminationProtection: true } }));
    expect(failure).to.be.instanceOf(OperationError);
    expect(failure.message.split('\n')).to.deep.equal([
      'ci could not be created, and was rolled back (ROLLBACK_COMPLETE).',
      'First cause: Vpc (AWS::EC2::VPC, line 2 of the template): The maximum number of VPCs has been reached.',
    ]);
    expect(failure.hint).to.match(/VpcId=.*[^]*bk-stack delete ci/);
    expect(failure.details).to.have.nested.property('firstCause.logicalId', 'Vpc');
    expect(cloud.protected, 'what is left can be removed').to.equal(false);
  });

  it('looks behind missing signals for launches that were refused', async () => {
    const cloud = new FakeCloudFormation();
    cloud.story = [
      new History()
        .stack('CREATE_IN_PROGRESS', 'User Initiated')
        .resource('Group', 'CREATE_FAILED', {
          type: 'AWS::AutoScaling::AutoScalingGroup',
          physicalId: 'ci-Group-1',
          reason:
            'Received 0 SUCCESS signal(s) out of 1.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement',
        })
        .stack('ROLLBACK_COMPLETE').events,
    ];
    cloud.refusedLaunches = [
      'You have requested more vCPU capacity than your current vCPU limit of 5 allows',
    ];
    const failure = await failureOf(attempt(cloud));
    expect(failure.message).to.contain(
      'No instance could be launched: You have requested more vCPU capacity',
    );
    expect(failure.hint).to.contain('servicequotas');
  });

  it('survives throttling and lost connections, asking ever less often', async () => {
    const cloud = new FakeCloudFormation();
    const events = created();
    const reset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    cloud.story = [
      awsError('Throttling', 'Rate exceeded'),
      reset,
      events.slice(0, 1),
      reset,
      events.slice(1),
    ];
    expect(await attempt(cloud)).to.include({ status: 'CREATE_COMPLETE' });
  });

  it('leaves no empty stack behind when the change set fails', async () => {
    const cloud = new FakeCloudFormation();
    cloud.changeSetStates = [
      { status: 'CREATE_IN_PROGRESS', resources: 0 },
      { status: 'FAILED', resources: 0, reason: 'Requires capabilities : [CAPABILITY_IAM]' },
    ];
    const failure = await failureOf(attempt(cloud, { request: { terminationProtection: true } }));
    expect(failure.message).to.contain('Requires capabilities : [CAPABILITY_IAM]');
    expect(cloud.stack).to.equal('absent');
  });

  it("keeps an empty stack on which somebody else's change set waits", async () => {
    const cloud = new FakeCloudFormation();
    cloud.changeSets = ['theirs'];
    cloud.changeSetStates = [{ status: 'FAILED', resources: 0, reason: 'no' }];
    await failureOf(attempt(cloud));
    expect(cloud).to.deep.include({ stack: 'review', changeSets: ['theirs'] });
  });

  it('leaves nothing behind when interrupted before it has begun', async () => {
    const cloud = new FakeCloudFormation();
    const stop = new AbortController();
    cloud.changeSet = () => {
      stop.abort();
      return Promise.resolve({ status: 'CREATE_COMPLETE', resources: 2 });
    };
    const failure = await failureOf(attempt(cloud, { stop }));
    expect(failure).to.be.instanceOf(InterruptedError);
    expect(failure.hint).to.contain('Nothing has been made');
    expect(cloud).to.include({ stack: 'absent', executed: 0 });
  });

  it('goes on without us when interrupted later, and says how to watch again', async () => {
    const cloud = new FakeCloudFormation();
    const stop = new AbortController();
    cloud.story = [created().slice(0, 2)];
    const events = cloud.events;
    Object.assign(cloud, {
      events: () => {
        stop.abort();
        return events();
      },
    });
    const failure = await failureOf(attempt(cloud, { stop }));
    expect(failure).to.be.instanceOf(InterruptedError);
    expect(failure.hint).to.contain('bk-stack status ci --wait');
    expect(cloud.stack).to.equal('begun');
  });

  it('takes a change set that was executed by a request whose answer got lost', async () => {
    const cloud = new FakeCloudFormation();
    cloud.story = [created()];
    let lost = true;
    cloud.executeChangeSet = () => {
      const error = lost
        ? Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
        : awsError('InvalidChangeSetStatus');
      lost = false;
      return Promise.reject(error);
    };
    expect(await attempt(cloud)).to.include({ status: 'CREATE_COMPLETE' });
  });

  it('says that the name is taken', async () => {
    const cloud = new FakeCloudFormation();
    cloud.createChangeSet = () =>
      Promise.reject(
        awsError(
          'ValidationError',
          'Stack [ci] already exists and cannot be created again with the changeSet [x].',
        ),
      );
    const failure = await failureOf(attempt(cloud));
    expect(failure.message).to.equal('There is a stack named ci in us-east-1 already');
  });

  it('protects the stack before it begins, and leaves it protected when all went well', async () => {
    const cloud = new FakeCloudFormation();
    cloud.story = [created()];
    let protectedAtStart = false;
    const execute = cloud.executeChangeSet.bind(cloud);
    cloud.executeChangeSet = () => {
      protectedAtStart = cloud.protected;
      return execute();
    };
    await attempt(cloud, { request: { terminationProtection: true } });
    expect([protectedAtStart, cloud.protected]).to.eql([true, true]);
    const open = new FakeCloudFormation();
    open.story = [created()];
    await attempt(open);
    expect(open.protected).to.equal(false);
  });

  it('cleans up after an interruption although AWS is throttling', async () => {
    const cloud = new FakeCloudFormation();
    const stop = new AbortController();
    cloud.changeSet = () => {
      stop.abort();
      return Promise.resolve({ status: 'CREATE_COMPLETE', resources: 2 });
    };
    const names = cloud.changeSetNames.bind(cloud);
    let throttled = false;
    cloud.changeSetNames = () => {
      if (throttled) return names();
      throttled = true;
      return Promise.reject(awsError('Throttling', 'Rate exceeded'));
    };
    const aborted = { random: () => 0, pause: () => Promise.reject(new InterruptedError()) };
    const options = { signal: stop.signal, observer: unobserved, wait: true };
    await failureOf(
      executeDeployment(cloud, request, options, {
        ...{ region: 'us-east-1', retry: aborted, cleanUpRetry: instantPacing(), now: new Date(0) },
      }),
    );
    expect(cloud.stack).to.equal('absent');
  });

  it('closes the display where it does not wait, and where it never begins', async () => {
    const ended = async (prepare: (cloud: FakeCloudFormation) => void, wait: boolean) => {
      const cloud = new FakeCloudFormation();
      prepare(cloud);
      const notes: string[] = [];
      const observer = {
        ...unobserved,
        note: (line: string) => notes.push(line),
        end: () => notes.push('end'),
      };
      const retry = instantPacing();
      const options = { signal: new AbortController().signal, observer, wait };
      const services = { region: 'us-east-1', retry, cleanUpRetry: retry, now: new Date(0) };
      await executeDeployment(cloud, request, options, services).catch(() => undefined);
      return notes;
    };
    expect(await ended(() => undefined, false)).to.eql(['Change set computed: 2 resources', 'end']);
    const failing = (cloud: FakeCloudFormation) => {
      cloud.changeSetStates = [{ status: 'FAILED', resources: 0 }];
    };
    expect(await ended(failing, true)).to.eql(['end']);
  });

  it('tells why it failed although the protection cannot be lifted', async () => {
    const cloud = new FakeCloudFormation();
    cloud.story = [rolledBack()];
    cloud.setTerminationProtection = (_id, on) => {
      cloud.protected = on;
      return on ? Promise.resolve() : Promise.reject(awsError('AccessDenied'));
    };
    const failure = await failureOf(attempt(cloud, { request: { terminationProtection: true } }));
    expect(failure.message).to.contain('ROLLBACK_COMPLETE');
  });

  it('fails as AWS does where the name is not what is wrong', async () => {
    const cloud = new FakeCloudFormation();
    cloud.createChangeSet = () => Promise.reject(awsError('ValidationError', 'Template format error'));
    expect((await failureOf(attempt(cloud))).message).to.equal('Template format error');
    const other = new FakeCloudFormation();
    other.executeChangeSet = () => Promise.reject(awsError('AccessDenied', 'You may not'));
    expect((await failureOf(attempt(other))).message).to.equal('You may not');
    expect(other.stack, 'nothing is left').to.equal('absent');
    const exists = new FakeCloudFormation();
    exists.createChangeSet = () => Promise.reject(awsError('AlreadyExistsException', 'x'));
    const { message, hint } = await failureOf(attempt(exists));
    expect([message, hint]).to.eql([
      'There is a stack named ci in us-east-1 already',
      'See it: bk-stack status ci --region us-east-1\nOr choose another name.',
    ]);
  });

  it('makes nothing once it is interrupted', async () => {
    const cloud = new FakeCloudFormation();
    const stop = new AbortController();
    stop.abort(new InterruptedError());
    await failureOf(attempt(cloud, { stop }));
    expect(cloud.changeSets).to.eql([]);
  });
});
