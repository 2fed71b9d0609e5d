import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { redact } from '../../../src/host/job/redaction.ts';
import { run } from '../../../src/shell/run.ts';

const SECRET = 'marker-7f3a91';

describe('the agent’s log redactor as a process', () => {
  let folder: string;
  let path: string | undefined;
  /** In place of the agent. @param body what it does; undefined for no agent at all */
  const agent = (body: string | undefined) => {
    process.env['PATH'] = body === undefined ? folder : `${folder}:${path ?? ''}`;
    if (body === undefined) return;
    writeFileSync(join(folder, 'buildkite-agent'), `#!/bin/bash\n${body}\n`);
    chmodSync(join(folder, 'buildkite-agent'), 0o755);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bk-stack-redactor-'));
    path = process.env['PATH'];
  });
  afterEach(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });
  const failure = async (timeoutSeconds?: number) => {
    try {
      await redact(run, [SECRET], {}, timeoutSeconds);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('the job goes on');
  };

  it('gets every form in one call by its standard input, and nothing by its arguments', async () => {
    agent(`echo "$*" >'${folder}/arguments'; env -0 >'${folder}/variables'; cat >'${folder}/input'`);
    const job = { BUILDKITE_AGENT_JOB_API_SOCKET: '/socket', BUILDKITE_AGENT_ACCESS_TOKEN: 'job-token' };
    await redact(run, [`${SECRET}\n`, 'first-line\nsecond-line'], { ...job, NODE_OPTIONS: '--bad' });
    expect(readFileSync(join(folder, 'arguments'), 'utf8')).to.equal('redactor add --format json\n');
    const given = JSON.parse(readFileSync(join(folder, 'input'), 'utf8')) as Record<string, string>;
    expect(Object.values(given)).to.include.members([SECRET, 'first-line', 'first-line\r\nsecond-line']);
    const variables = readFileSync(join(folder, 'variables'), 'utf8');
    expect(variables)
      .to.contain('BUILDKITE_AGENT_JOB_API_SOCKET=/socket\0')
      .and.contain('BUILDKITE_AGENT_ACCESS_TOKEN=job-token\0')
      .and.not.contain('--bad');
  });

  it('is not asked where there is nothing to redact', async () => {
    agent('exit 1');
    await redact(run, ['', 'short'], {});
  });

  it('fails the job where it fails, and says why without any secret', async () => {
    agent('echo "no job API" >&2; exit 1');
    expect(await failure()).to.match(/log redactor failed.*redactor add exited with 1: no job API$/);
    agent('cat >&2; exit 3');
    expect(await failure()).to.match(/redactor add exited with 3$/);
  });

  it('fails the job where it is missing', async () => {
    agent(undefined);
    expect(await failure()).to.match(/redactor add exited with 127: .*ENOENT/);
  });

  it('fails the job where it hangs, whatever it has begun', async () => {
    agent('sleep 600 & wait');
    expect(await failure(0.2)).to.match(/buildkite-agent didn't answer within 0\.2 s$/);
  });
});
