import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CALLS } from '../../src/doctor/permissions/calls.ts';
import { CliSandbox } from '../support/sandbox.ts';

/** A line of --debug: `· s3 HeadBucket 200 REQUEST-ID 12 ms`. */
const REQUEST = /^· (\S+) (\w+) \S+(?: \S+)? \d+ ms$/gm;

/** What the clients of src/aws/clients.ts call themselves, where src/aws/sdk has another name. */
const SDK: Readonly<Record<string, string>> = { logs: 'cloudwatch-logs' };

describe('what commands really ask of AWS', function () {
  this.timeout(240_000);
  const sandbox = new CliSandbox();
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-permissions-'));
  const seen = new Map<string, Set<string>>();

  /** Runs a command, and keeps what it asked. */
  async function ask(command: string, args: readonly string[] = [], input?: string): Promise<void> {
    const words = [...command.split(' '), ...args, '--debug'];
    const { exitCode, stderr, stdout } = await sandbox.runWith(
      input === undefined ? {} : { input },
      ...words,
    );
    expect(exitCode, `${words.join(' ')}\n${stderr}${stdout}`).to.be.oneOf([0, 1]);
    const asked = seen.get(command) ?? new Set();
    for (const [, service = '', operation = ''] of stderr.matchAll(REQUEST)) {
      asked.add(`${SDK[service] ?? service}:${operation}`);
    }
    seen.set(command, asked);
  }

  before(async () => {
    await sandbox.start('--speed', '200');
  });
  after(async () => {
    await sandbox.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is what the table says, and nothing else', async () => {
    const param = (...each: string[]) => each.flatMap((one) => ['--param', one]);
    await ask(
      'create',
      ['ci', '--token-stdin', '--no-input', ...param('MinSize=1', 'MaxSize=3', 'WarmPoolSize=1')],
      'bkct_x',
    );
    for (const command of ['list', 'status ci', 'params ci', 'instances ci', 'doctor ci']) {
      const [word = '', ...rest] = command.split(' ');
      await ask(word, rest);
    }
    await ask('logs tail', ['ci', '--no-follow', '--format', 'json']);
    await ask('logs list', ['ci']);
    await ask('logs insights', ['ci', 'fields @message | limit 1']);
    await ask('logs get', ['ci', '--output', join(folder, 'logs')]);
    await ask('metrics', ['ci']);
    await ask('simulate', ['--from-stack', 'ci']);
    await ask('secrets put', ['ci', '--set', 'A=b']);
    await ask('support-bundle', ['ci', '--output', join(folder, 'bundle.zip')]);
    await ask('secrets list', ['ci']);
    await ask('secrets get', ['ci', 'env']);
    await ask('secrets history', ['ci', 'env']);
    await ask('secrets lint', ['ci']);
    await ask('secrets rm', ['ci', 'env', '--yes']);
    await ask('scale', ['ci', '--max', '4']);
    await ask('token rotate', ['ci', '--token-stdin'], 'bkct_y');
    await ask('update', ['ci', '--yes', '--no-input', ...param('AgentsPerInstance=2')]);
    await ask('rollback', ['ci', '--yes', '--no-input']);
    await ask('scale-to-zero', ['ci', '--no-input']);
    await ask('resume', ['ci']);
    await ask('delete', ['ci', '--yes', '--no-input', '--delete-secrets']);
    for (const [command, asked] of seen) {
      expect(asked.size, `${command} was seen to ask nothing`).to.be.greaterThan(0);
      const listed = CALLS[command] ?? [];
      expect(
        [...asked].filter((call) => !listed.includes(call)),
        command,
      ).to.eql([]);
    }
  });
});
