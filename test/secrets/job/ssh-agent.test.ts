import { expect } from 'chai';
import { startSshAgent } from '../../../src/secrets/job/ssh-agent.ts';
import { type Answers, failureOf, FakeHooks, SSH_AGENT } from '../../support/hook-calls.ts';

const start = async (answers: Answers, ...texts: string[]) => {
  const hooks = new FakeHooks({}, answers);
  const keys = texts.map((text, index) => ({ key: `key-${index}`, text }));
  return { agent: await startSshAgent(hooks.run, keys), hooks };
};

describe('the ssh-agent of a job', () => {
  it('gets each key by standard input, with its last line feed', async () => {
    const { agent, hooks } = await start(SSH_AGENT, 'one', 'two\n');
    expect(agent).to.eql({
      socket: '/tmp/ssh/agent',
      pid: '4711',
      added: ['key-0', 'key-1'],
      refused: [],
    });
    expect(hooks.commands).to.eql(['ssh-agent -s', 'ssh-add -q -', 'ssh-add -q -']);
    expect(hooks.ran.slice(1).map(({ options }) => options?.input)).to.eql(['one\n', 'two\n']);
  });

  it('asks nobody for a passphrase, and waits no longer than 10 s', async () => {
    const { hooks } = await start(SSH_AGENT, 'one');
    const { environment, timeoutSeconds } = hooks.ran[1]?.options ?? {};
    expect(timeoutSeconds).to.equal(10);
    expect(environment).to.include({
      PATH: process.env['PATH'],
      SSH_AUTH_SOCK: '/tmp/ssh/agent',
      SSH_ASKPASS: '/bin/false',
      SSH_ASKPASS_REQUIRE: 'force',
      DISPLAY: '',
    });
  });

  describe('does not start', () => {
    const ROWS: readonly (readonly [what: string, status: number, stdout: string])[] = [
      ['where it fails', 1, 'SSH_AUTH_SOCK=/s;\nSSH_AGENT_PID=1;'],
      ['without a socket', 0, 'SSH_AGENT_PID=1;'],
      ['without a process', 0, 'SSH_AUTH_SOCK=/s;\nSSH_AGENT_PID=;'],
    ];
    for (const [what, status, stdout] of ROWS) {
      it(what, async () => {
        const answers = { 'ssh-agent': { status, stdout, stderr: 'why\n' } };
        expect(await failureOf(start(answers, 'one'))).to.equal('ssh-agent does not start: why');
      });
    }
  });

  describe('refuses a key', () => {
    const PASSPHRASE = 'it has a passphrase, and nobody is there to type it: store the key without one';
    const PUBLIC = 'it is a public key, and the private one belongs here';
    const ROWS: readonly (readonly [key: string, stderr: string, reason: string])[] = [
      ['ssh-ed25519 AAAA me', 'invalid format', PUBLIC],
      ['ecdsa-sha2-nistp256 AAAA me', 'invalid format', PUBLIC],
      ['x ssh-ed25519 AAAA', 'invalid format', 'invalid format'],
      ['-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED', 'no', PASSPHRASE],
      ['openssh-key-v1 bcrypt', 'no', PASSPHRASE],
      ['key', 'Enter Passphrase for (stdin):', PASSPHRASE],
      ['key', 'Error loading key\n(stdin): invalid format\n', '(stdin): invalid format'],
    ];
    for (const [key, stderr, reason] of ROWS) {
      it(`${JSON.stringify(key)} at "${stderr.trim()}"`, async () => {
        const { agent } = await start({ ...SSH_AGENT, 'ssh-add': { status: 1, stderr } }, key);
        expect([agent.added, agent.refused]).to.eql([[], [`key-0: ${reason}`]]);
      });
    }
  });
});
