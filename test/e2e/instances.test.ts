import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { expect } from 'chai';
import { SandboxJobs } from '../support/jobs.ts';
import { KEY } from '../support/pty.ts';
import { CliSandbox } from '../support/sandbox.ts';

interface Listed {
  readonly instances: { readonly instanceId: string; readonly state: string; readonly current: boolean }[];
}

describe('bk-stack instances and scale', function () {
  this.timeout(300_000);
  const sandbox = new CliSandbox();
  const jobs = new SandboxJobs(sandbox);
  const ran = async (...args: string[]) => {
    const done = await sandbox.run(...args);
    expect(done.exitCode, done.stdout + done.stderr).to.equal(0);
    return done;
  };
  const listed = async () =>
    (JSON.parse((await ran('instances', 'ci', '--json')).stdout) as Listed).instances;
  const size = async () => {
    const { AutoScalingGroups: [group] = [] } = await new AutoScaling(
      sandbox.client,
    ).describeAutoScalingGroups({});
    return [group?.MinSize, group?.MaxSize, group?.DesiredCapacity];
  };
  /** The limits that the stack's parameters give. */
  const parameters = async () => {
    const { Stacks: [stack] = [] } = await new CloudFormation(sandbox.client).describeStacks({
      StackName: 'ci',
    });
    return ['MinSize', 'MaxSize'].map(
      (name) => stack?.Parameters?.find(({ ParameterKey }) => ParameterKey === name)?.ParameterValue,
    );
  };

  before(async () => {
    await sandbox.start('--speed', '50');
    const parameters = ['MinSize=2', 'MaxSize=5', 'BuildkiteQueue=q'].flatMap((each) => ['--param', each]);
    const made = await sandbox.runWith(
      { input: 'token' },
      ...['create', 'ci', '--token-stdin', '--no-input', '--json', ...parameters],
    );
    expect(made.exitCode, made.stderr).to.equal(0);
  });
  after(() => sandbox.remove());

  it('lists them', async () => {
    const { stdout } = await ran('instances', 'ci');
    expect(stdout).to.match(/^INSTANCE +STATE +HEALTH +TYPE +BOUGHT +ZONE +BUSY +AGE +VERSION\n/);
    expect(stdout).to.match(
      /i-[0-9a-f]{17} +InService +Healthy +t3\.large +on-demand +us-east-1\w +0 of 1 +\d+m \d\ds +1\n/,
    );
    expect(await listed()).to.have.length(2);
  });

  it('ends one gracefully, and never one that belongs to nobody', async () => {
    // Jobs on all of them: without one it would be gone before it is asked for again.
    await jobs.push(2);
    await jobs.allTaken();
    const [first] = await listed();
    const id = first?.instanceId ?? '';
    expect((await ran('instances', 'stop', id)).stdout).to.match(
      /ends when its jobs are done, and another is launched/,
    );
    expect((await ran('instances', 'stop', id)).stdout).to.match(/is ending already/);
    for (const [ids, said] of [
      [[], /No instance is named/],
      [['i-12'], /i-12: an instance's id looks like/],
      [['i-0123456789abcdef0', id], /No agent stack in us-east-1 has i-0123456789abcdef0/],
    ] as const) {
      const { exitCode, stderr } = await sandbox.run('instances', 'stop', ...ids);
      expect(exitCode).to.equal(2);
      expect(stderr).to.match(said);
    }
    await jobs.allFinished();
  });

  it('says how to connect to one', async () => {
    const id = (await listed()).at(-1)?.instanceId ?? '';
    const { stdout } = await ran('instances', 'connect', id, '--print');
    expect(stdout).to.equal(
      `(eval "$(bk-stack sandbox env)" && aws ssm start-session --target ${id} --region us-east-1)\n`,
    );
    const refused = await sandbox.run('instances', 'connect', id);
    expect(refused.exitCode).to.equal(1);
    expect(refused.stderr).to.match(/logs tail STACK --instance/);
  });

  it('connects with the programs that it takes, and says which is missing', async () => {
    const id = (await listed()).at(-1)?.instanceId ?? '';
    const tools = mkdtempSync(join(tmpdir(), 'bk-stack-tools-'));
    // As an AWS of its own, to which a session is opened, and not as the sandbox.
    const env = {
      ...{ BK_STACK_SANDBOX: undefined, PATH: tools },
      ...sandbox.awsEnvironment,
    };
    const connect = () => sandbox.runWith({ env }, 'instances', 'connect', id);
    const install = (program: string, script: string) => {
      writeFileSync(join(tools, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    };
    const missing = async (what: RegExp) => {
      const { exitCode, stderr } = await connect();
      expect(exitCode, stderr).to.equal(1);
      expect(stderr).to.match(what);
    };
    await missing(/needs the AWS CLI, and there is no aws in PATH.*Install it: .*--print/s);
    install('aws', 'echo "$@"');
    await missing(/Session Manager plugin, and there is no session-manager-plugin in PATH/);
    install('session-manager-plugin', 'exit 0');
    const { exitCode, stdout, stderr } = await connect();
    expect(exitCode, stderr).to.equal(0);
    expect(stdout).to.equal(`ssm start-session --target ${id} --region us-east-1\n`);
    install('aws', 'exit 254');
    await missing(/The session ended with 254/);
    rmSync(tools, { recursive: true });
  });

  it('sets the size, and says what an update would do to it', async () => {
    const { stdout } = await ran('scale', 'ci', '--min', '3', '--max', '8');
    expect(stdout).to.match(/ci: \d desired \(3 to 8\); it was \d desired \(2 to 5\)/);
    expect(stdout).to.match(
      /bk-stack update ci --keep-template --strategy in-place --param MinSize=3 --param MaxSize=8/,
    );
    expect((await size()).slice(0, 2)).to.eql([3, 8]);
    expect((await ran('scale', 'ci', '--min', '3')).stdout).to.match(/has that size already/);
    for (const [flags, said] of [
      [[], /No size is named/],
      [['--min', '9'], /minimum \(9\) would exceed the maximum \(8\)/],
      [
        ['--desired', '9'],
        /desired capacity \(9\) must be between the minimum \(3\) and the maximum \(8\).*--max 9/s,
      ],
      [['--min', '-1'], /--min/],
    ] as const) {
      const { exitCode, stderr } = await sandbox.run('scale', 'ci', ...flags);
      expect(exitCode, stderr).to.equal(2);
      expect(stderr).to.match(said);
    }
  });

  it('asks on a terminal whether the group alone is to have the size, or the parameters of the stack too', async () => {
    const limits = async () => (await size()).slice(0, 2);
    const asked = async (max: number) => {
      const terminal = sandbox.terminal(['scale', 'ci', '--max', String(max)], { columns: 200 });
      await terminal.shows(
        /^\? The stack's parameters say MinSize=2, MaxSize=5: .* What is to be 3 to \d+\?/m,
      );
      return terminal;
    };
    for (const [keys, exitCode] of [
      [[KEY.down, KEY.down, KEY.enter], 1],
      [[KEY.ctrlC], 130],
    ] as const) {
      const terminal = await asked(9);
      terminal.type(...keys);
      expect(await terminal.ended()).to.equal(exitCode);
      expect(terminal.screen).to.match(/Nothing was changed/);
      expect(await limits()).to.eql([3, 8]);
    }
    const group = await asked(9);
    group.type(KEY.enter);
    expect(await group.ended(), group.screen).to.equal(0);
    expect(group.screen).to.match(/\(3 to 9\); it was .* \(3 to 8\)/);
    expect([await limits(), await parameters()]).to.eql([
      [3, 9],
      ['2', '5'],
    ]);
    const stack = await asked(10);
    stack.type(KEY.down, KEY.enter);
    await stack.shows(/MinSize: 2 → 3\n +MaxSize: 5 → 10/);
    await stack.shows(/Update ci\?/);
    stack.type(KEY.enter);
    expect(await stack.ended(), stack.screen).to.equal(0);
    expect(stack.screen).to.match(/\(3 to 10\); it was .* \(3 to 9\)/);
    expect([await limits(), await parameters()]).to.eql([
      [3, 10],
      ['3', '10'],
    ]);
    const unasked = sandbox.terminal(['scale', 'ci', '--max', '9', '--no-input'], { columns: 200 });
    expect(await unasked.ended(), unasked.screen).to.equal(0);
    expect(unasked.screen).to.match(
      /bk-stack update ci --keep-template --strategy in-place --param MaxSize=9/,
    );
    expect([await limits(), await parameters()]).to.eql([
      [3, 9],
      ['3', '10'],
    ]);
  });

  it('keeps the size of a stack that is at zero', async () => {
    await ran('scale-to-zero', 'ci', '--wait');
    expect((await ran('instances', 'ci')).stdout).to.match(/ci is paused, and at zero.*bk-stack resume ci/);
    const refused = await sandbox.run('scale', 'ci', '--min', '1');
    expect(refused.exitCode).to.equal(1);
    expect(refused.stderr).to.match(/ci is paused.*bk-stack resume ci/s);
    expect(await size()).to.eql([0, 0, 0]);
  });
});
