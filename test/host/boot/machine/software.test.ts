import { expect } from 'chai';
import { distributionOf } from '../../../../src/host/boot/machine/distribution.ts';
import { Machine } from '../../../../src/host/boot/machine/machine.ts';
import {
  checkSoftware,
  filterThroughGitLfs,
  installSoftware,
  softwareVersions,
} from '../../../../src/host/boot/machine/software.ts';
import type { Run } from '../../../../src/shell/run.ts';

/** A machine on which everything answers but the commands that begin so. */
function machineWithout(...beginnings: string[]) {
  const commands: string[] = [];
  const machine = new Machine(
    () => undefined,
    '/nowhere',
    (command, args) => {
      const line = [command, ...args].join(' ');
      commands.push(line);
      const status = beginnings.some((beginning) => line.startsWith(beginning)) ? 1 : 0;
      return Promise.resolve({ status, stdout: 'version 1\n', stderr: `${command} is missing` });
    },
  );
  return { machine, commands };
}

describe('packages on Ubuntu', () => {
  it('are looked up in fresh lists when one is not found', async () => {
    const commands: string[] = [];
    const run: Run = (command, args) => {
      const line = [command, ...args].join(' ');
      if (command === 'apt-get') commands.push(args.includes('install') ? 'install' : 'update');
      const notFound = commands.at(-1) === 'install' && commands.length < 4;
      const stdout = line.endsWith('amazon-cloudwatch-agent') ? 'installed\n' : '';
      return Promise.resolve({ status: notFound ? 100 : 0, stdout, stderr: 'E: Unable to locate package' });
    };
    const machine = new Machine(() => undefined, '/nowhere', run);
    machine.withRetry = (_what, attempt) => attempt().catch(attempt);
    await installSoftware(machine, distributionOf('ID=ubuntu\nVERSION_ID="24.04"\n', 'x64'));
    expect(commands).to.eql(['update', 'install', 'update', 'install']);
  });

  it('are installed without a question, and changed configuration files are kept', async () => {
    const calls: { line: string; environment: NodeJS.ProcessEnv | undefined }[] = [];
    const run: Run = (command, args, { environment } = {}) => {
      if (command === 'apt-get') calls.push({ line: args.join(' '), environment });
      const stdout = args.at(-1) === 'amazon-cloudwatch-agent' ? 'installed\n' : '';
      return Promise.resolve({ status: 0, stdout, stderr: '' });
    };
    const machine = new Machine(() => undefined, '/nowhere', run);
    await installSoftware(machine, distributionOf('ID=ubuntu\nVERSION_ID="24.04"\n', 'x64'));
    expect(calls).to.have.length(2);
    for (const { line, environment } of calls) {
      for (const option of ['confdef', 'confold']) {
        expect(line).to.contain(`--option Dpkg::Options::=--force-${option} `);
      }
      expect(environment).to.include({
        DEBIAN_FRONTEND: 'noninteractive',
        APT_LISTCHANGES_FRONTEND: 'none',
        NEEDRESTART_MODE: 'l',
        PATH: process.env['PATH'],
      });
    }
  });
});

describe('the software of an image', () => {
  it('is complete if all of it answers', async () => {
    await checkSoftware(machineWithout().machine);
  });

  for (const [name, command] of [
    ['buildkite-agent', 'buildkite-agent '],
    ['docker', 'docker --version'],
    ['dockerd', 'dockerd '],
    ['docker compose', 'docker compose '],
    ['docker buildx', 'docker buildx '],
    ['git-lfs', 'git lfs '],
    ['git-lfs filter', 'git config --system --get filter.lfs.process'],
    ['sudo', 'sudo '],
    ['aws', 'aws '],
    ['docker-credential-ecr-login', 'docker-credential-ecr-login '],
    ['amazon-cloudwatch-agent', '/opt/aws/amazon-cloudwatch-agent/'],
  ] as const) {
    it(`is incomplete without ${name}`, async () => {
      const { machine } = machineWithout(command);
      const error = await checkSoftware(machine).catch((reason: unknown) => reason as Error);
      expect(error).to.have.property('message', `missing on this machine: ${name}`);
      const versions = JSON.parse(JSON.stringify(await softwareVersions(machine))) as object;
      expect(versions, 'the manifest').to.not.have.property(name);
      expect(versions).to.include({ jq: 'version 1' });
    });
  }
});

describe('the filter of Git LFS', () => {
  it('is left as it is where there is one', async () => {
    const { machine, commands } = machineWithout();
    await filterThroughGitLfs(machine);
    expect(commands).to.eql(['git config --system --get filter.lfs.process']);
  });

  it('fails the boot where it cannot be set up', async () => {
    const { machine } = machineWithout('git config', 'git lfs');
    const error = await filterThroughGitLfs(machine).catch((reason: unknown) => reason as Error);
    expect(error).to.have.property('message').that.contains('git lfs install --skip-repo --system failed');
  });
});
