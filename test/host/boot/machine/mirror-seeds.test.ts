import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Machine } from '../../../../src/host/boot/machine/machine.ts';
import { seedMirrors } from '../../../../src/host/boot/machine/mirror-seeds.ts';
import { run } from '../../../../src/shell/run.ts';

const MIRRORS = 'var/lib/buildkite-agent/git-mirrors';

/** Real archives of a bucket whose `aws s3 sync` is a copy; everything else runs as on an instance. */
describe('mirrors to begin with', () => {
  const root = mkdtempSync(join(tmpdir(), 'bk-stack-seeds-'));
  const bucket = join(root, 'bucket');
  const sh = (command: string) => execFileSync('sh', ['-ec', command], { cwd: bucket, stdio: 'pipe' });
  const said: string[] = [];
  let asked: readonly string[] = [];
  const machineWith = (sync: () => void) =>
    new Machine(
      (line) => said.push(line),
      root,
      (command, args, options) => {
        const done = { status: 0, stdout: '', stderr: '' };
        if (command === 'chown') return Promise.resolve(done);
        if (command !== 'aws') return run(command, args, options);
        asked = args;
        try {
          sync();
        } catch (error) {
          return Promise.resolve({ ...done, status: 1, stderr: (error as Error).message });
        }
        return Promise.resolve(done);
      },
    );
  const mirrors = () => readdirSync(join(root, MIRRORS)).sort();
  before(() => {
    mkdirSync(bucket);
    sh('git init --quiet --bare git-github-com-acme-app-git');
    sh('tar czf git-github-com-acme-app-git.tar.gz git-github-com-acme-app-git');
    sh('mkdir plain && echo x >plain/file && tar cf plain.tar plain');
    sh('mkdir two-a two-b && tar cf two.tar two-a two-b');
    sh('echo no archive >broken.tar.gz');
  });
  after(() => {
    rmSync(root, { recursive: true });
  });

  it('are unpacked and put in place; what is none is said and left out', async () => {
    const staging = join(root, MIRRORS, '.seeds');
    await seedMirrors(
      machineWith(() => sh(`cp *.tar *.tar.gz '${staging}'`)),
      'seeds',
    );
    expect(asked.slice(0, 5)).to.eql([
      's3',
      'sync',
      '--only-show-errors',
      's3://seeds/git-mirror-seeds/',
      staging,
    ]);
    expect(mirrors(), said.join('\n')).to.eql(['git-github-com-acme-app-git']);
    expect(existsSync(join(root, MIRRORS, 'git-github-com-acme-app-git/HEAD'))).to.equal(true);
    for (const name of ['plain', 'two', 'broken']) {
      expect(said.some((line) => line.startsWith(`${name}.tar`) && line.includes('is left out'))).to.equal(
        true,
      );
    }
  });

  it('leave those alone that are there', async () => {
    const head = join(root, MIRRORS, 'git-github-com-acme-app-git/HEAD');
    const before = readFileSync(head, 'utf8');
    await seedMirrors(
      machineWith(() => sh(`cp git-*.tar.gz '${join(root, MIRRORS, '.seeds')}'`)),
      'seeds',
    );
    expect(mirrors()).to.eql(['git-github-com-acme-app-git']);
    expect(readFileSync(head, 'utf8')).to.equal(before);
  });

  it('are those that came, where the time ends before all have', async () => {
    const staging = join(root, MIRRORS, '.seeds');
    sh('git init --quiet --bare git-late');
    sh('tar czf git-late.tar.gz git-late');
    await seedMirrors(
      machineWith(() => {
        // As the AWS CLI names a file that it has half of.
        sh(`cp git-late.tar.gz '${staging}' && cp git-late.tar.gz '${staging}/git-half.tar.gz.5Dd1a2E'`);
        throw new Error('timed out');
      }),
      'seeds',
    );
    expect(said.join('\n'))
      .to.contain('not all mirrors came, those that did are used')
      .and.contain('timed out');
    expect(mirrors()).to.eql(['git-github-com-acme-app-git', 'git-late']);
    sh(`rm -r '${join(root, MIRRORS, 'git-late')}'`);
  });

  it('are done without, where the bucket cannot be read', async () => {
    said.length = 0;
    await seedMirrors(
      machineWith(() => {
        throw new Error('AccessDenied');
      }),
      'seeds',
    );
    expect(said.at(-1)).to.contain('not all mirrors came').and.to.contain('AccessDenied');
    expect(mirrors()).to.eql(['git-github-com-acme-app-git']);
  });
});
