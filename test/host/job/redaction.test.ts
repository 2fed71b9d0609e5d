import { expect } from 'chai';
import { fingerprint, redact, secretsOfJob, secretValues } from '../../../src/host/job/redaction.ts';
import { failureOf, FakeHooks } from '../../support/hook-calls.ts';

const SECRET = 'marker-7f3a91';

describe('a fingerprint', () => {
  it('tells values apart, is short and shows nothing', () => {
    expect(fingerprint(SECRET)).to.match(/^[0-9a-f]{16}$/);
    expect(fingerprint(SECRET)).to.equal(fingerprint(SECRET));
    expect(fingerprint(SECRET)).to.not.equal(fingerprint(`${SECRET} `));
  });
});

describe('the secrets of a job that go to the log redactor', () => {
  const secrets = {
    envFiles: [
      { key: 'env', text: `A=plain-value\r\nGH_TOKEN_RO=${SECRET}\r\nB_TOKEN="two\nlines"\r\n` },
      { key: 'app/env', text: 'C_TOKEN=$(fetch)\nD_TOKEN=$A\n' },
    ],
    gitCredentials: [{ key: 'git-credentials', text: 'https://robot:p%40ss-word@github.com\n' }],
    variables: new Map([['E_TOKEN', 'of a file\n']]),
  };

  it('are secret files, passwords in each encoding, and variables of env files by their names', () => {
    expect(secretValues(secrets)).to.have.members([
      ...['of a file\n', SECRET, 'two\nlines'],
      ...['p@ss-word', 'p%40ss-word'],
    ]);
  });

  it('are those that an env file makes by a command, once it has run', () => {
    const before = {
      BUILDKITE_AGENT_ACCESS_TOKEN: 'of the agent',
      PIPELINE_TOKEN: 'of the pipeline',
      A: 'x',
    };
    const known = [...secretValues(secrets), ...secretsOfJob(before)].map(fingerprint);
    const prepared = { ...before, BK_STACK_KNOWN_SECRETS: known.join(' ') };
    expect(secretsOfJob(prepared), 'nothing new').to.eql([]);
    const made = { GH_TOKEN_RO: SECRET, C_TOKEN: 'fetched', D_TOKEN: 'plain-value', A: 'plain-value' };
    expect(secretsOfJob({ ...prepared, ...made, E_TOKEN: 'of a file\n' })).to.eql(['fetched', 'plain-value']);
    expect(secretsOfJob({ ...prepared, GH_TOKEN_RO: 'changed since' })).to.eql(['changed since']);
  });
});

describe('the agent’s log redactor', () => {
  const JOB = {
    BUILDKITE_AGENT_ACCESS_TOKEN: 'a',
    BUILDKITE_AGENT_ENDPOINT: 'b',
    BUILDKITE_AGENT_JOB_API_SOCKET: 'c',
    BUILDKITE_AGENT_JOB_API_TOKEN: 'd',
  };

  it('gets each form of each value once, in one call, with the variables that lead to the job’s agent', async () => {
    const hooks = new FakeHooks();
    await redact(hooks.run, [`${SECRET}\n`, SECRET, 'two-lines-1\ntwo-lines-2'], {
      ...JOB,
      LD_PRELOAD: '/x',
    });
    expect(hooks.commands).to.eql(['buildkite-agent redactor add --format json']);
    const { input = '', environment, timeoutSeconds } = hooks.ran[0]?.options ?? {};
    const given = JSON.parse(input) as Record<string, string>;
    expect(Object.keys(given)).to.eql(Object.keys(given).map((_, index) => String(index)));
    expect(Object.values(given).filter((form) => form === SECRET)).to.have.length(1);
    expect(Object.values(given)).to.include.members([
      'two-lines-1\ntwo-lines-2',
      'two-lines-1',
      'two-lines-2',
    ]);
    expect(environment).to.include({ ...JOB, PATH: process.env['PATH'] });
    expect(environment).to.not.have.property('LD_PRELOAD');
    expect(timeoutSeconds).to.equal(30);
  });

  it('is not asked where there is nothing to redact', async () => {
    const hooks = new FakeHooks();
    await redact(hooks.run, ['', '12345'], JOB);
    expect(hooks.commands).to.eql([]);
  });

  describe('fails the job', () => {
    const ROWS: readonly (readonly [what: string, status: number, stderr: string, said: string])[] = [
      ['with its last line', 1, 'fatal\nno job API\n', 'redactor add exited with 1: no job API'],
      ['without a word', 2, ' \n', 'redactor add exited with 2'],
      ['without its line where it quotes a secret', 3, `bad ${SECRET}`, 'redactor add exited with 3'],
      ['without its line where another quotes one', 3, `${SECRET}\nbad`, 'redactor add exited with 3'],
      ['where it hangs', 124, 'killed', "didn't answer within 7 s"],
    ];
    for (const [what, status, stderr, said] of ROWS) {
      it(what, async () => {
        const hooks = new FakeHooks({}, { 'buildkite-agent': { status, stderr } });
        const message = await failureOf(redact(hooks.run, [SECRET, 'another-secret'], JOB, 7));
        expect(message).to.match(
          /^The agent's log redactor failed, so logs could show secrets: buildkite-agent /,
        );
        expect(message.endsWith(said), message).to.equal(true);
      });
    }
  });
});
