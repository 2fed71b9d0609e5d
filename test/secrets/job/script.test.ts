import { expect } from 'chai';
import {
  environmentScript,
  type JobEnvironment,
  withUnixLineEnds,
} from '../../../src/secrets/job/environment.ts';

const NOTHING: JobEnvironment = {
  fixed: {},
  defaults: {},
  secrets: undefined,
  sshAgent: undefined,
  credentialHelper: '!helper app',
};
const SECRETS = { envFiles: [], gitCredentials: [], variables: new Map<string, string>() };

/** The lines of the script. What bash makes of them, environment.test.ts tries. */
const lines = (environment: Partial<JobEnvironment>) =>
  environmentScript({ ...NOTHING, ...environment }).split('\n');

describe('the shell text of a job’s environment', () => {
  it('sets what is fixed, and defaults where the job has no value', () => {
    expect(lines({ fixed: { A: '1' }, defaults: { B: "it's" } })).to.eql([
      "export A='1'",
      `[ -n "\${B+set}" ] || export B='it'\\''s'`,
      '',
    ]);
  });

  it('names the ssh-agent', () => {
    const sshAgent = { socket: '/s', pid: '1', added: [], refused: [] };
    expect(lines({ sshAgent })).to.eql(["export SSH_AUTH_SOCK='/s'", "export SSH_AGENT_PID='1'", '']);
  });

  it('runs env files first, in order, each on its own, then exports secret files, which win', () => {
    const envFiles = [
      { key: 'env', text: 'A=1\r\n' },
      { key: 'app/env', text: 'A=2\n' },
    ];
    const found = lines({ secrets: { ...SECRETS, envFiles, variables: new Map([['A_TOKEN', 'x']]) } });
    expect(found.filter((line) => /^(?:eval|export|trap|A=|')/.test(line))).to.eql([
      `trap 'bk_stack_failed '\\''env in the secrets bucket'\\'' >&"$bk_stack_stdout" 2>&"$bk_stack_stderr"' EXIT`,
      "eval 'A=1",
      "' >/dev/null 2>&1",
      'trap - EXIT',
      `trap 'bk_stack_failed '\\''app/env in the secrets bucket'\\'' >&"$bk_stack_stdout" 2>&"$bk_stack_stderr"' EXIT`,
      "eval 'A=2",
      "' >/dev/null 2>&1",
      'trap - EXIT',
      "export A_TOKEN='x'",
    ]);
    expect(found.slice(0, 3)).to.eql([
      'exec {bk_stack_stdout}>&1 {bk_stack_stderr}>&2',
      `trap 'bk_stack_failed '\\''env in the secrets bucket'\\'' >&"$bk_stack_stdout" 2>&"$bk_stack_stderr"' EXIT`,
      'set -o allexport -o errexit -o nounset',
    ]);
    expect(found).to.include(
      '{ set +o allexport +o errexit +o nounset +o xtrace +o verbose; } >/dev/null 2>&1',
    );
    expect(found).to.include('exec {bk_stack_stdout}>&- {bk_stack_stderr}>&-');
  });

  it('has git ask the helper only where there are credentials', () => {
    expect(lines({ secrets: SECRETS }).join('')).to.equal('');
    const gitCredentials = [{ key: 'git-credentials', text: '' }];
    expect(lines({ secrets: { ...SECRETS, gitCredentials } })).to.eql([
      `export GIT_CONFIG_PARAMETERS="\${GIT_CONFIG_PARAMETERS:+$GIT_CONFIG_PARAMETERS }"''\\''credential.helper=!helper app'\\'''`,
      '',
    ]);
  });
});

describe('line ends', () => {
  it('are those of Unix, and a carriage return elsewhere stays', () => {
    expect(withUnixLineEnds('a\r\nb\r\n\rc\r')).to.equal('a\nb\n\rc\r');
  });
});
