import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { distributionOf } from '../../src/host/boot/machine/distribution.ts';
import { Machine } from '../../src/host/boot/machine/machine.ts';
import { filterThroughGitLfs, installSoftware } from '../../src/host/boot/machine/software.ts';
import { run, type Run } from '../../src/shell/run.ts';

const UBUNTU = distributionOf('ID=ubuntu\nVERSION_ID="24.04"\n', 'x64');

describe('the software of an instance', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-software-'));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('counts as missing unless the real dpkg calls it installed', async () => {
    const packageOf = (name: string, status: string) =>
      `Package: ${name}\nStatus: ${status}\nVersion: 1\nArchitecture: all\n` +
      `Maintainer: nobody <nobody@example.com>\nDescription: ${name}\n`;
    const packages = [
      // It mentions sudo, which dpkg knows from then on.
      `${packageOf('docker.io', 'install ok installed')}Recommends: sudo\n`,
      packageOf('git', 'hold ok installed'),
      packageOf('amazon-cloudwatch-agent', 'install ok installed'),
      `${packageOf('jq', 'deinstall ok config-files')}Config-Version: 1\n`,
      `${packageOf('unzip', 'install ok half-configured')}Config-Version: 1\n`,
    ];
    const database = join(folder, 'dpkg');
    mkdirSync(database);
    writeFileSync(join(database, 'status'), packages.join('\n'));
    const commands: string[] = [];
    const asked: Run = (command, args) => {
      if (command === 'dpkg-query')
        return run(command, args, { environment: { ...process.env, DPKG_ADMINDIR: database } });
      commands.push([command, ...args].join(' '));
      return Promise.resolve({ status: 0, stdout: '', stderr: '' });
    };
    const download = (url: string) => Promise.reject(new Error(`${url} was fetched`));
    const machine = new Machine(() => undefined, folder, asked, download);
    machine.withRetry = (_what, attempt) => attempt();
    await installSoftware(machine, UBUNTU);
    const installed = commands.find((line) => /^apt-get .* install /.test(line))?.split(' ') ?? [];
    expect(installed).to.include.members(['sudo', 'jq', 'unzip', 'rsyslog']);
    expect(installed).to.not.include('docker.io').and.to.not.include('git');
  });

  it('makes the real git check out Git LFS files', async () => {
    const environment = (system: string) => ({
      PATH: process.env['PATH'],
      GIT_CONFIG_SYSTEM: join(folder, system),
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a@example.com',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a@example.com',
    });
    /** A machine with that file as git's configuration of the system, and no home folder, as in user data. */
    const machineOf = (system: string) => {
      writeFileSync(join(folder, system), '');
      return new Machine(
        () => undefined,
        folder,
        (command, args) => run(command, args, { environment: environment(system) }),
      );
    };
    const bare = machineOf('bare');
    const machine = machineOf('configured');
    await filterThroughGitLfs(machine);
    const configuration = readFileSync(join(folder, 'configured'), 'utf8');
    await filterThroughGitLfs(machine);
    expect(readFileSync(join(folder, 'configured'), 'utf8'), 'the second time').to.equal(configuration);

    const remote = `file://${join(folder, 'remote.git')}`;
    const author = join(folder, 'author');
    const git = (...args: string[]) => machine.must('git', ['-C', author, ...args]);
    await machine.must('git', [
      'init',
      '--quiet',
      '--bare',
      '--initial-branch=main',
      join(folder, 'remote.git'),
    ]);
    await machine.must('git', ['clone', '--quiet', remote, author]);
    writeFileSync(join(author, '.gitattributes'), '*.bin filter=lfs diff=lfs merge=lfs -text\n');
    writeFileSync(join(author, 'large.bin'), 'the content of a large file\n');
    await git('add', '.');
    await git('commit', '--quiet', '--message', 'A large file');
    await git('lfs', 'push', '--all', 'origin');
    await git('push', '--quiet', 'origin', 'HEAD:main');

    const checkedOut = async (by: Machine, place: string) => {
      await by.must('git', ['clone', '--quiet', remote, join(folder, place)]);
      return readFileSync(join(folder, place, 'large.bin'), 'utf8');
    };
    expect(await checkedOut(machine, 'with')).to.equal('the content of a large file\n');
    expect(await checkedOut(bare, 'without'), 'a pointer').to.match(/^version https:\/\/git-lfs/);
  });
});
