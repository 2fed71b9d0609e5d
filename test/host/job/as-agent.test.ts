import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { STATIC_FILES } from '../../../src/host/boot/configuration/files.ts';
import { AS_AGENT } from '../../../src/host/program/paths.ts';
import { parseVariables } from '../../../src/host/job/job-environment.ts';
import { runProcess } from '../../support/process.ts';

/** Everything by which a pipeline could change a program, and would break it. */
const HOSTILE = {
  NODE_OPTIONS: '--require /nonexistent.js',
  NODE_PATH: '/nonexistent',
  NODE_EXTRA_CA_CERTS: '/nonexistent',
  LD_LIBRARY_PATH: '/nonexistent',
  PATH: '/nonexistent',
  HOME: '/nonexistent',
  TMPDIR: '/nonexistent',
  AWS_PROFILE: 'of-the-job',
  AWS_ENDPOINT_URL: 'http://localhost:4566',
  AWS_ENDPOINT_URL_S3: 'http://localhost:4566',
  AWS_ACCESS_KEY_ID: 'of-the-job',
  AWS_CONFIG_FILE: '/nonexistent',
  AWS_EC2_METADATA_DISABLED: 'true',
  HTTPS_PROXY: 'http://localhost:1',
  BK_STACK_SETTINGS: '/nonexistent',
  BASH_ENV: '/nonexistent',
  SHELLOPTS: 'xtrace',
  POSIXLY_CORRECT: '1',
  'BASH_FUNC_exec%%': '() { echo intercepted; }',
  'BASH_FUNC_export%%': '() { echo intercepted; }',
};

describe('a command of the job hooks', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-as-agent-'));
  const asAgent = join(folder, 'as-agent');
  /** Stands for the agent, whose environment is its own. */
  let agent: ChildProcess;
  const OWN = {
    PATH: `${folder}:/usr/bin:/bin`,
    HOME: folder,
    NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
    AWS_REGION: 'eu-west-1',
    TWO_LINES: 'a\nb',
  };
  before(async () => {
    const file = STATIC_FILES.find(({ path }) => path === AS_AGENT)!;
    writeFileSync(asAgent, file.text);
    chmodSync(asAgent, file.mode);
    agent = spawn('/bin/sh', ['-c', 'echo; read -r _'], {
      env: { ...OWN, NODE_OPTIONS: '--owners' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    // Its environment is in force once it runs.
    await once(agent.stdout!, 'data');
  });
  after(() => {
    agent.kill();
    rmSync(folder, { recursive: true });
  });

  const environmentFor = async (job: Record<string, string>) => {
    // The job's variables alone: what this process has would hide what is missing.
    const none = Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]));
    const { stdout, stderr, exitCode } = await runProcess(asAgent, ['/usr/bin/env', '-0'], {
      env: { ...none, ...job },
    });
    expect(stderr).to.equal('');
    expect(exitCode).to.equal(0);
    return parseVariables(stdout);
  };

  it('runs in the agent’s environment, whatever a pipeline sets', async () => {
    const found = await environmentFor({ ...HOSTILE, BUILDKITE_AGENT_PID: String(agent.pid) });
    const expected: Record<string, string> = {
      ...OWN,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      BK_STACK_JOB_ENVIRONMENT: '3',
    };
    // Bash hands on what it can't have as a variable; no program of ours looks at it.
    const variables = Object.entries(found).filter(
      ([name]) => /^\w+$/.test(name) && !/^(?:_|SHLVL)$/.test(name),
    );
    expect(Object.fromEntries(variables)).to.eql(expected);
  });

  it('runs in none of the job where the agent cannot be found', async () => {
    for (const pid of [undefined, '', 'self', '../self', '999999999']) {
      const found = await environmentFor({
        ...HOSTILE,
        ...(pid !== undefined && { BUILDKITE_AGENT_PID: pid }),
      });
      expect(found).to.include({
        HOME: '/var/lib/buildkite-agent',
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      });
      expect(found).to.not.have.any.keys(
        'NODE_OPTIONS',
        'AWS_PROFILE',
        'AWS_ENDPOINT_URL',
        'LD_LIBRARY_PATH',
      );
    }
  });

  it('finds the variables of the job on a descriptor, byte for byte', async () => {
    const given = {
      TEXT: 'a\n  b=c\n',
      EMPTY: '',
      LONG: 'x'.repeat(100_000),
      BUILDKITE_AGENT_PID: String(agent.pid),
    };
    // Bash makes a value of its own of this one.
    const { SHELLOPTS: _, ...job } = { ...HOSTILE, ...given };
    const { stdout } = await runProcess(asAgent, ['/bin/cat', '/dev/fd/3'], { env: job });
    expect(parseVariables(stdout)).to.include(job);
  });

  it('runs Node with nothing of the job’s', async () => {
    const job = { ...HOSTILE, BUILDKITE_AGENT_PID: String(agent.pid) };
    const program = 'process.stdout.write(String(process.env.AWS_PROFILE))';
    const { stdout, stderr } = await runProcess(asAgent, [process.execPath, '-e', program], { env: job });
    expect(stdout, stderr).to.equal('undefined');
  });
});
