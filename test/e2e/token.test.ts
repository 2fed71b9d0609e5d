import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { SSM } from '@aws-sdk/client-ssm';
import { expect } from 'chai';
import { CliSandbox } from '../support/sandbox.ts';
import { until } from '../support/until.ts';

describe('bk-stack token rotate', function () {
  this.timeout(600_000);
  const sandbox = new CliSandbox();
  let ssm: SSM;
  const PARAMETER = '/bk-stack/ci/agent-token';
  const rotate = (input: string, ...args: string[]) =>
    sandbox.runWith({ input }, 'token', 'rotate', 'ci', '--token-stdin', ...args);
  const stored = async () => {
    const { Parameter } = await ssm.getParameter({ Name: PARAMETER, WithDecryption: true });
    return { token: Parameter?.Value, version: Parameter?.Version, type: Parameter?.Type };
  };
  const control = (path: string, init: RequestInit = {}) => sandbox.control(path, init);
  const jobStates = async () => {
    const { jobs } = (await (await control('jobs')).json()) as { jobs: { state: string }[] };
    return jobs.map(({ state }) => state);
  };

  before(async () => {
    await sandbox.start();
    ssm = new SSM(sandbox.client);
    const made = await sandbox.runWith(
      { input: 'bkct_first' },
      ...[
        'create',
        'ci',
        '--token-stdin',
        '--no-input',
        '--json',
        '--param',
        'MinSize=3',
        '--param',
        'BuildkiteQueue=q',
      ],
    );
    expect(made.exitCode, made.stderr).to.equal(0);
  });
  after(() => sandbox.remove());

  it('changes nothing for a token that Buildkite refuses', async () => {
    const { exitCode, stdout, stderr } = await rotate('invalid_one\n');
    expect(exitCode).to.equal(2);
    expect(stdout).to.equal('');
    expect(stderr)
      .to.match(/does not accept the new token/)
      .and.not.match(/invalid_one/);
    expect(await stored()).to.eql({ token: 'bkct_first', version: 1, type: 'SecureString' });
  });

  it('needs a token, and a stack that keeps one in SSM', async () => {
    const none = await sandbox.run('token', 'rotate', 'ci');
    expect(none.exitCode).to.equal(2);
    expect(none.stderr).to.match(/No token given.*--token-stdin/s);
    const unknown = await sandbox.runWith({ input: 'x' }, 'token', 'rotate', 'nowhere', '--token-stdin');
    expect(unknown.exitCode).to.equal(1);
    const empty = await rotate('');
    expect(empty.exitCode).to.equal(2);
    expect(empty.stderr).to.match(/it is empty.*bk-stack token rotate ci --token-stdin --sandbox < /s);
  });

  it('changes nothing while an update of the stack is under way', async () => {
    const journal = {
      stackName: 'ci',
      by: 'somebody',
      startedAt: 'noon',
      phase: 'updating',
      strategy: 'roll',
    };
    const Name = '/bk-stack/ci/update';
    await ssm.putParameter({ Name, Type: 'String', Value: JSON.stringify(journal) });
    const { exitCode, stderr } = await rotate('bkct_second\n');
    await ssm.deleteParameter({ Name });
    expect(exitCode).to.equal(1);
    expect(stderr)
      .to.match(/An update of ci is under way.*--resume/s)
      .and.not.match(/Buildkite takes/);
    expect((await stored()).version).to.equal(1);
  });

  it('replaces the instances while jobs run, and loses none', async () => {
    const autoScaling = new AutoScaling(sandbox.client);
    const members = async () => {
      const { AutoScalingGroups: [group] = [] } = await autoScaling.describeAutoScalingGroups({});
      return (group?.Instances ?? []).map(({ InstanceId = '' }) => InstanceId);
    };
    const before = await members();
    expect(before).to.have.length(3);
    for (let number = 0; number < 3; number += 1) {
      await control('jobs', { method: 'POST', body: JSON.stringify({ queue: 'q', seconds: 600 }) });
    }
    await until('all jobs run', async () =>
      (await jobStates()).every((state) => /finished|running/.test(state)),
    );
    const { exitCode, stdout, stderr } = await rotate('bkct_second\n');
    expect(exitCode, stderr).to.equal(0);
    expect(stdout).to.match(/new token, as version 2 .*3 instances were replaced/);
    expect(stdout + stderr).to.not.match(/bkct_/);
    expect(await stored()).to.eql({ token: 'bkct_second', version: 2, type: 'SecureString' });
    const history = await ssm.getParameterHistory({ Name: PARAMETER, WithDecryption: true });
    expect(history.Parameters?.map(({ Value }) => Value)).to.eql(['bkct_first', 'bkct_second']);
    expect(stdout).to.match(/can be revoked/);
    const again = await rotate('bkct_second\n', '--no-roll');
    expect(again.stdout)
      .to.match(/ci had this token already, as version 2/)
      .and.not.match(/revoked/);
    const after = await members();
    expect(after).to.have.length(3);
    expect(after.filter((id) => before.includes(id))).to.eql([]);
    expect((await jobStates()).filter((state) => !/finished|running/.test(state))).to.eql([]);
  });

  it('takes a token back that Buildkite refuses while instances are replaced', async () => {
    const autoScaling = new AutoScaling(sandbox.client);
    const { AutoScalingGroups: [group] = [] } = await autoScaling.describeAutoScalingGroups({});
    const refresh = async () => {
      const { InstanceRefreshes: [latest] = [] } = await autoScaling.describeInstanceRefreshes({
        AutoScalingGroupName: group?.AutoScalingGroupName,
      });
      return latest;
    };
    // For as long as these run, no instance ends, and so the refresh does not.
    for (let number = 0; number < 6; number += 1) {
      await control('jobs', { method: 'POST', body: JSON.stringify({ queue: 'q', seconds: 500_000 }) });
    }
    const earlier = (await refresh())?.InstanceRefreshId;
    const rotating = rotate('bkct_third\n', '--json');
    await until('the refresh begins', async () => (await refresh())?.InstanceRefreshId !== earlier);
    await control('tokens/revoke', { method: 'POST', body: JSON.stringify({ token: 'bkct_third' }) });
    const { exitCode, stdout, stderr } = await rotating;
    expect(exitCode, stderr).to.equal(1);
    expect(stderr).to.match(
      /does not take the new token any more, so the one before is back in .*, as version 4/,
    );
    expect(stdout + stderr).to.not.match(/bkct_/);
    expect(await stored()).to.eql({ token: 'bkct_second', version: 4, type: 'SecureString' });
    expect((await refresh())?.Status).to.match(/^Cancel/);
  });

  it('names what it needs where a stack keeps its token elsewhere', async () => {
    const cloudFormation = new CloudFormation(sandbox.client);
    await cloudFormation.createStack({
      StackName: 'official',
      TemplateBody: JSON.stringify({
        Parameters: { BuildkiteAgentToken: { Type: 'String', NoEcho: true, Default: '' } },
        Resources: { Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' } },
      }),
      Parameters: [{ ParameterKey: 'BuildkiteAgentToken', ParameterValue: 'bkct_plain' }],
    });
    const { exitCode, stderr } = await sandbox.runWith(
      { input: 'bkct_fourth' },
      ...['token', 'rotate', 'official', '--token-stdin'],
    );
    expect(exitCode).to.equal(1);
    expect(stderr).to.match(
      /is a parameter of the stack, and not kept in SSM.*BuildkiteAgentTokenParameterStorePath/s,
    );
    expect(stderr).to.not.match(/bkct_/);
  });
});
