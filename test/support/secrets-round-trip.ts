import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { jobEnvironment } from './job-environment.ts';
import type { Finished, RunOptions } from './process.ts';

/** Values that something on the way could be tempted to change. */
export const HARD_VALUES: Readonly<Record<string, string>> = {
  MULTI_LINE: 'first\n  second\n\nlast',
  ENDS_IN_LINE_FEED: 'line\n',
  QUOTES: `it's "quoted" \`twice\``,
  DOLLARS: '$HOME ${PATH} $(id) $$ $1',
  BACKSLASHES: 'a\\b\\\\c\\n\\',
  UNICODE: 'ünïcode 🔑 漢字 ‏rtl',
  CARRIAGE_RETURNS: "DOS\r\nit's $1 \\r\r\nends\r",
  BLANKS: '  \t around  ',
  SYMBOLS: '!#%&()*;<=>?[]^{|}~',
  EMPTY: '',
  LARGE: 'k€y'.repeat(13_107),
};

/**
 * Puts secrets of every kind by the CLI, and finds each of them in a build, byte for byte, by the host program.
 * @param cli runs the built CLI against the server that `aws`, an environment, leads to
 */
export async function secretsRoundTrip(
  cli: (options: RunOptions, ...args: string[]) => Promise<Finished>,
  aws: Readonly<Record<string, string>>,
  bucket: string,
): Promise<void> {
  const put = async (args: readonly string[], input?: string) => {
    const options = input === undefined ? {} : { input };
    const { exitCode, stderr } = await cli(options, 'secrets', 'put', '--bucket', bucket, ...args);
    expect(exitCode, stderr).to.equal(0);
  };
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-round-trip-'));
  try {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await put(['--ssh-key', '-'], privateKey.export({ type: 'pkcs1', format: 'pem' }).toString());
    await put(['--git-credentials', '-', '--pipeline', 'app'], 'https://robot:p%40ss%2Fword@git.example.com');
    await put(
      ['--env', '-', '--allow-shell'],
      'SHARED=root\nBOTH=root\nQUOTED="two  words"\nMADE=$SHARED/x\n',
    );
    for (const [name, value] of Object.entries(HARD_VALUES)) {
      // Stdin that is empty is refused: what shall be empty is said to be.
      if (value === '') await put(['--pipeline', 'app', '--set', `${name}=`]);
      // What --set drops from stdin.
      else await put(['--pipeline', 'app', '--set', name], `${value}\n`);
    }
    await put(['--pipeline', 'app', '--set', 'BOTH'], 'own');
    mkdirSync(join(folder, 'app/secret-files'), { recursive: true });
    const files = Object.entries(HARD_VALUES).filter(([, value]) => value !== '');
    for (const [name, value] of files) writeFileSync(join(folder, `app/secret-files/${name}_TOKEN`), value);
    await put(['--dir', folder]);

    const job = await jobEnvironment(aws, bucket, 'app');
    expect(job.variables).to.include({ SHARED: 'root', BOTH: 'own', QUOTED: 'two  words', MADE: 'root/x' });
    for (const [name, value] of Object.entries(HARD_VALUES))
      expect(job.variables[name], name).to.equal(value);
    for (const [name, value] of files) expect(job.variables[`${name}_TOKEN`], name).to.equal(value);
    expect(job.sshKeys).to.match(/^ssh-rsa /);
    expect(await job.credentials('https://git.example.com')).to.equal('username=robot\npassword=p@ss/word\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
