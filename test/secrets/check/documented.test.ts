import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { AwsContext } from '../../../src/aws/context.ts';
import { bucketByName } from '../../../src/secrets/bucket/location.ts';
import { openForReading, openForWriting } from '../../../src/secrets/bucket/open.ts';
import { environmentScript } from '../../../src/secrets/job/environment.ts';
import { gatherSecrets } from '../../../src/secrets/put/gather.ts';
import { lintSecrets } from '../../../src/secrets/read/lint.ts';
import { root } from '../../support/process.ts';
import { TestServer } from '../../support/server.ts';

/** A row of the table of env files in docs/secrets.md. */
interface Documented {
  readonly file: string;
  readonly gets: string;
  readonly put: string;
}

function documented(): Documented[] {
  const text = readFileSync(join(root, 'docs/secrets.md'), 'utf8');
  const line = (cell: string) => /^(`+) ?(.*?) ?\1$/.exec(cell)?.[2];
  const code = (cell: string) => {
    const lines = cell.split('<br>').map(line);
    return lines.includes(undefined) ? undefined : lines.join('\n');
  };
  return text
    .slice(text.indexOf('| in the file'))
    .split('\n\n')[0]!
    .split('\n')
    .slice(2)
    .map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .map(([, file = '', gets = '', put = '']) => ({ file: code(file)!, gets: code(gets) ?? gets, put }));
}

/** What a build gets of A, by a real bash in the way of an instance's hook. */
function built(text: string): string {
  const secrets = {
    envFiles: [{ key: 'env', text }],
    gitCredentials: [],
    variables: new Map<string, string>(),
  };
  const script = environmentScript({
    fixed: {},
    defaults: {},
    secrets,
    sshAgent: undefined,
    credentialHelper: '',
  });
  const hook = 'bk_stack_failed() { exit 53; }\neval "$SCRIPT"\nenv -0';
  const { status, stdout } = spawnSync('bash', ['--norc', '-c', hook], {
    env: { PATH: process.env['PATH'], HOME: '/home/ci', SCRIPT: script },
    encoding: 'utf8',
  });
  if (status !== 0) return 'nothing: it fails';
  return /(?:^|\0)A=([^\0]*)/.exec(stdout)?.[1] ?? 'nothing';
}

async function put(
  text: string,
  allowShell: boolean,
): Promise<'refuses it' | 'stores it' | 'stores it and warns'> {
  const flags = { 'generate-ssh-key': false, 'allow-shell': allowShell, env: '-' };
  const given = { stdin: () => Promise.resolve(Buffer.from(text)), stdinIsTerminal: false, ask: undefined };
  try {
    const { warnings } = await gatherSecrets(flags, given);
    return warnings.length === 0 ? 'stores it' : 'stores it and warns';
  } catch {
    return 'refuses it';
  }
}

describe('what docs/secrets.md says of env files', () => {
  const rows = documented();
  const server = new TestServer();
  before(() => server.start());
  after(() => server.remove());

  it('has a row for everything that is decided', () => {
    expect(rows.length).to.be.greaterThan(30);
    expect(new Set(rows.map(({ put }) => put))).to.eql(
      new Set(['stores it', 'stores it and warns', 'refuses it', 'needs `--allow-shell`']),
    );
  });

  it('is what builds get', () => {
    for (const { file, gets } of rows) expect(built(`${file}\n`), file).to.equal(gets);
  });

  it('is what secrets put does', async () => {
    for (const { file, put: said } of rows) {
      const flagged = said === 'needs `--allow-shell`';
      expect(await put(`${file}\n`, false), file).to.equal(flagged ? 'refuses it' : said);
      expect(await put(`${file}\n`, true), file).to.equal(flagged ? 'stores it and warns' : said);
    }
  });

  it('is what secrets lint finds', async () => {
    const context = new AwsContext('us-east-1', server.client);
    await new S3({ ...server.client, forcePathStyle: true }).createBucket({ Bucket: 'documented' });
    const bucket = await bucketByName(context, 'documented');
    const { objects } = await openForWriting(context, bucket, { encrypt: true });
    for (const [index, { file }] of rows.entries()) {
      await objects.write(`row-${index}/env`, Buffer.from(`${file}\n`), 'absent');
    }
    const { findings } = await lintSecrets(openForReading(context, bucket), {
      maxAgeDays: 365,
      now: new Date(),
    });
    for (const [index, { file, put: said }] of rows.entries()) {
      const found = findings.filter(({ key }) => key === `row-${index}/env`);
      const worst = found.find(({ severity }) => severity === 'error')?.severity ?? found[0]?.severity;
      const expected = said === 'refuses it' ? 'error' : said === 'stores it' ? undefined : 'warning';
      expect(worst, file).to.equal(expected);
      for (const { message } of found) expect(message, file).to.match(/^line 1, column \d+: /);
    }
  });
});
