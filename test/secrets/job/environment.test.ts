import { execFileSync, spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { environmentScript, type JobEnvironment } from '../../../src/secrets/job/environment.ts';

const NOTHING: JobEnvironment = {
  fixed: {},
  defaults: {},
  secrets: undefined,
  sshAgent: undefined,
  credentialHelper: '!helper deploy',
};

function withSecrets(secrets: Partial<NonNullable<JobEnvironment['secrets']>>): string {
  const none = { envFiles: [], gitCredentials: [], variables: new Map<string, string>() };
  return environmentScript({ ...NOTHING, secrets: { ...none, ...secrets } });
}

const HOOK = 'bk_stack_failed() { echo "failed: $1"; exit 53; }\n';

/** What a job finds in its environment after the script was evaluated by a real bash. */
function environmentAfter(script: string, env: NodeJS.ProcessEnv = {}): Record<string, string> {
  const stdout = execFileSync('bash', ['--norc', '-c', `${HOOK}eval "$SCRIPT"; unset SCRIPT; env -0`], {
    env: { PATH: process.env['PATH'], ...env, SCRIPT: script },
    encoding: 'utf8',
  });
  return Object.fromEntries(
    stdout.split('\0').flatMap((entry) => {
      const at = entry.indexOf('=');
      return at < 0 ? [] : [[entry.slice(0, at), entry.slice(at + 1)]];
    }),
  );
}

describe('the environment of a job', () => {
  it('has secret files byte for byte', () => {
    const values = [
      "it's",
      'a "b" $HOME `id` \\n',
      'two\nlines\n',
      'ünï©ode 🔑',
      '',
      ' spaces ',
      '$(touch /tmp/x)',
    ];
    values.push('k'.repeat(65_536));
    for (const value of values) {
      const environment = environmentAfter(withSecrets({ variables: new Map([['A_TOKEN', value]]) }));
      expect(environment['A_TOKEN']).to.equal(value);
    }
  });

  it('runs env files as shell, each on top of those before', () => {
    const environment = environmentAfter(
      withSecrets({
        envFiles: [
          { key: 'env', text: 'A=1\nB="two words"\n# comment\nexport C=$A' },
          { key: 'deploy/env', text: 'A=2\r\nD=${C}3\r\n' },
        ],
      }),
    );
    expect(environment).to.include({ A: '2', B: 'two words', C: '1', D: '13' });
  });

  it('fails the job where an env file cannot be parsed, and names it', () => {
    const script = withSecrets({ envFiles: [{ key: 'deploy/env', text: 'A="unfinished' }] });
    const { status, stdout } = spawnSync('bash', ['--norc', '-c', `${HOOK}eval "$SCRIPT"`], {
      env: { ...process.env, SCRIPT: script },
      encoding: 'utf8',
    });
    expect(status).to.equal(53);
    expect(stdout).to.contain('deploy/env in the secrets bucket');
  });

  it('never shows a line that bash cannot use, as it may be part of a value', () => {
    for (const text of ['A=1\nse-cret x\nB=2', 'A="se-cret', 'se-cret']) {
      const script = withSecrets({ envFiles: [{ key: 'env', text }] });
      const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', `${HOOK}eval "$SCRIPT"`], {
        env: { ...process.env, SCRIPT: script },
        encoding: 'utf8',
      });
      expect(stdout + stderr).to.not.contain('se-cret');
    }
  });

  it('shows nothing that an env file prints', () => {
    const lists = ['export', 'export -p', 'declare -x', 'set', 'env', 'echo "$A"', 'echo "$A" >&2'];
    for (const command of [...lists, 'BASH_XTRACEFD=1 PS4="+$A "; set -x', "trap 'echo $A' RETURN"]) {
      const script = withSecrets({ envFiles: [{ key: 'env', text: `A=se-cret\n${command}\nB=two\n` }] });
      const rest = 'echo "B is $B"; echo "B is $B" >&2';
      const { stdout, stderr, status } = spawnSync(
        'bash',
        ['--norc', '-c', `${HOOK}eval "$SCRIPT"; ${rest}`],
        {
          env: { PATH: process.env['PATH'], SCRIPT: script },
          encoding: 'utf8',
        },
      );
      expect({ stdout, stderr, status }, command).to.eql({
        stdout: 'B is two\n',
        stderr: 'B is two\n',
        status: 0,
      });
    }
  });

  it('names an env file that fails, wherever the hook says so', () => {
    const script = withSecrets({ envFiles: [{ key: 'deploy/env', text: 'export\nexit 0\n' }] });
    for (const descriptor of [1, 2]) {
      const hook = `bk_stack_failed() { echo "failed: $1" >&${descriptor}; exit 53; }\neval "$SCRIPT"`;
      const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', hook], {
        env: { PATH: process.env['PATH'], SCRIPT: script },
        encoding: 'utf8',
      });
      const said = 'failed: deploy/env in the secrets bucket\n';
      expect([status, stdout, stderr]).to.eql([53, ...(descriptor === 1 ? [said, ''] : ['', said])]);
    }
  });

  it('fails the job where an env file does not come to its end well, and names it', () => {
    for (const text of [
      'A=$(false)\nB=1',
      'A=$nowhere',
      'A=two words\nB=1',
      'return 0',
      'exit 0',
      'exit 3',
    ]) {
      const script = withSecrets({ envFiles: [{ key: 'deploy/env', text }] });
      const { status, stdout } = spawnSync('bash', ['--norc', '-c', `${HOOK}eval "$SCRIPT"; echo reached`], {
        env: { PATH: process.env['PATH'], SCRIPT: script },
        encoding: 'utf8',
      });
      expect(status, text).to.equal(53);
      expect(stdout, text).to.equal('failed: deploy/env in the secrets bucket\n');
    }
  });

  it('keeps an env file’s options from the rest of the hook, which would be traced', () => {
    const script = withSecrets({
      envFiles: [{ key: 'env', text: 'set -xv\nA=1' }],
      variables: new Map([['A_TOKEN', 'se-cret']]),
    });
    const rest = 'false; echo "[$nowhere]"; C=1; env | grep -c "^C=" || true; trap -p';
    const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', `${HOOK}eval "$SCRIPT"; ${rest}`], {
      env: { PATH: process.env['PATH'], SCRIPT: script },
      encoding: 'utf8',
    });
    expect(stderr).to.not.contain('se-cret');
    expect(stdout).to.equal('[]\n0\n');
    expect(status).to.equal(0);
  });

  it('leaves a region that the job names as it is', () => {
    const script = environmentScript({
      ...NOTHING,
      fixed: { STACK: 'a' },
      defaults: { AWS_REGION: 'eu-west-1' },
    });
    expect(environmentAfter(script)['AWS_REGION']).to.equal('eu-west-1');
    const own = environmentAfter(script, { AWS_REGION: 'us-east-2', STACK: 'b' });
    expect(own).to.include({ AWS_REGION: 'us-east-2', STACK: 'a' });
  });

  it('has git ask the helper, beside the settings that the job has already', () => {
    const script = withSecrets({ gitCredentials: [{ key: 'git-credentials', text: 'https://a:b@c' }] });
    const git = (env: NodeJS.ProcessEnv) =>
      execFileSync('git', ['config', '--get-all', 'credential.helper'], { env, encoding: 'utf8' });
    const home = { HOME: '/nonexistent', PATH: process.env['PATH'] };
    expect(git({ ...home, ...environmentAfter(script) })).to.equal('!helper deploy\n');
    const both = environmentAfter(script, { GIT_CONFIG_PARAMETERS: "'credential.helper=own'" });
    expect(git({ ...home, ...both })).to.equal('own\n!helper deploy\n');
  });
});
