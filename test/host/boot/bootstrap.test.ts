import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import { bootstrap } from '../../../src/host/boot/bootstrap.ts';
import type { BootCalls } from '../../../src/host/boot/calls.ts';
import { STATIC_FILES } from '../../../src/host/boot/configuration/files.ts';
import { Machine } from '../../../src/host/boot/machine/machine.ts';
import { AGENT_CONFIG, AGENT_RESTART, PRESETS } from '../../../src/host/program/paths.ts';
import type { Run } from '../../../src/shell/run.ts';
import { hostSettings } from '../../support/bk-stack-template.ts';

const PARAMETERS = {
  BuildkiteQueue: 'deploy',
  BuildkiteAgentTags: 'os=linux, team=ci',
  AgentsPerInstance: '4',
};
const TOKEN = 'token-that-no-log-may-hold';
const SYSTEMS = {
  amazonlinux2023: 'NAME="Amazon Linux"\nVERSION_ID="2023"\nID="amzn"\n',
  ubuntu2404: 'ID=ubuntu\nVERSION_ID="24.04"\n',
};

const DISK = { name: 'nvme1n1', model: 'Amazon EC2 NVMe Instance Storage' };

/** A machine of files in a folder, whose programs answer as on an instance. */
class FakeMachine {
  readonly root = mkdtempSync(join(tmpdir(), 'bk-stack-machine-'));
  readonly lines: string[] = [];
  readonly commands: string[] = [];
  readonly told: string[] = [];
  readonly installed = new Set<string>();
  /** What dpkg says of packages that it knows and that are not installed. */
  readonly statuses: Record<string, string> = {};
  systemd = '252 (252.23-2.amzn2023)';
  /** Units as systemd has read them last. */
  loadedUnits: Record<string, string> = {};
  /** Whose key has signed the CloudWatch agent. */
  signer = '937616F3450B7D806CBD9725D58167303B789C72';
  broken: string | undefined;
  token = TOKEN;
  /** Whether it has an instance store. */
  disks = false;
  /** What the metadata says, one look after the other; the last stays. */
  targets: (string | undefined)[] = ['InService'];

  constructor(osRelease: string) {
    mkdirSync(join(this.root, 'etc'));
    writeFileSync(join(this.root, 'etc/os-release'), osRelease);
  }

  /** Docker's version. */
  docker = '29.1.0';

  readonly run: Run = (command, args) => {
    const line = [command, ...args].join(' ');
    this.commands.push(line);
    const answer = (status: number, stdout = '') =>
      Promise.resolve({ status, stdout, stderr: status === 0 ? '' : `${command} is broken` });
    if (this.broken !== undefined && line.includes(this.broken)) return answer(1);
    if (command === 'journalctl') return answer(0, `${args.at(-1) ?? ''} failed with status 1`);
    if (command === 'tail') return answer(0, `the end of ${basename(args.at(-1) ?? '')}`);
    if (command === 'dockerd') return answer(0, `Docker version ${this.docker}, build 411e817`);
    if (command === 'rpm') return answer(this.installed.has(args.at(-1) ?? '') ? 0 : 1);
    if (command === 'dpkg-query') {
      const name = args.at(-1) ?? '';
      const status = this.installed.has(name) ? 'installed' : this.statuses[name];
      const asked = args.some((arg) => arg.includes('${db:Status-Status}'));
      return answer(status === undefined ? 1 : 0, asked ? (status ?? '') : `${name}\t1.0`);
    }
    if (line === 'systemctl --version') return answer(0, `systemd ${this.systemd}\n+PAM +AUDIT`);
    if (line === 'systemctl daemon-reload') this.loadedUnits = this.units;
    if (line === 'git config --system --get filter.lfs.process')
      return answer(this.installed.has('git-lfs filter') ? 0 : 1);
    if (line === 'git lfs install --skip-repo --system') {
      this.installed.add('git-lfs filter');
      return answer(this.installed.has('git-lfs') ? 0 : 1);
    }
    if (command === 'snap') {
      const there = this.installed.has('amazon-ssm-agent');
      if (args[0] === 'install') this.installed.add('amazon-ssm-agent');
      return answer(there || args[0] === 'install' ? 0 : 1);
    }
    if (command === 'git-lfs' || command === 'id') return answer(this.installed.has(command) ? 0 : 1);
    if (command === 'lsblk') return answer(0, JSON.stringify({ blockdevices: this.disks ? [DISK] : [] }));
    if (command === 'tar') this.installed.add('git-lfs');
    if (command === 'useradd') this.installed.add('id');
    if (args.includes('install'))
      for (const name of args) this.installed.add(name.replace(/^.*\/|\.deb$/g, ''));
    if (command === 'gpg' && args.includes('--verify')) {
      return answer(
        0,
        `[GNUPG:] VALIDSIG ${this.signer} 2026-11-30 1796055757 0 4 0 1 10 00 ${this.signer}\n`,
      );
    }
    return answer(0, command === 'docker' ? this.docker : '');
  };

  /** The same content for every address, and its sum where sums are published. */
  readonly download = (url: string): Promise<Uint8Array> => {
    const sum = createHash('sha256').update('program').digest('hex');
    return Promise.resolve(Buffer.from(/sha256/.test(url) ? `${sum}  git-lfs-linux\n` : 'program'));
  };

  /** By a stack with these parameters. */
  async boot(parameters: Record<string, string> = {}): Promise<boolean> {
    const machine = new Machine((line) => this.lines.push(line), this.root, this.run, this.download);
    const note = (what: string) => () => {
      this.told.push(what);
      return Promise.resolve();
    };
    const calls: BootCalls = {
      instanceId: () => Promise.resolve('i-1'),
      targetState: () => Promise.resolve(this.targets.length > 1 ? this.targets.shift() : this.targets[0]),
      vpcRanges: () => Promise.resolve(['10.0.0.0/16']),
      parameter: (name) =>
        Promise.resolve(name.endsWith('/agent-token') ? this.token : `{"keys": "${name}"}`),
      fetch: (url) => Promise.resolve(`# ${url}`),
      signal: (_id, status) => note(status)(),
      markUnhealthy: note('unhealthy'),
      reportToGroup: (_id, boot) => note(boot)(),
      shipLog: note('log'),
    };
    return bootstrap(machine, await hostSettings({ ...PARAMETERS, ...parameters }), calls, {
      files: STATIC_FILES,
      lines: this.lines,
      pause: () => Promise.resolve(),
    });
  }

  /** Every file of configuration, by path, with its rights. */
  get configuration(): Record<string, string> {
    const files = readdirSync(join(this.root, 'etc'), { recursive: true, withFileTypes: true });
    return Object.fromEntries(
      files
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort()
        .map((path) => [
          path.slice(this.root.length),
          `${(statSync(path).mode & 0o777).toString(8)} ${readFileSync(path, 'utf8')}`,
        ]),
    );
  }

  /** The configuration of systemd's units. */
  get units(): Record<string, string> {
    const files = Object.entries(this.configuration);
    return Object.fromEntries(files.filter(([path]) => path.startsWith('/etc/systemd/system/')));
  }

  /** Whether presets enable or disable a unit, by its name. */
  get presets(): Record<string, string> {
    const lines = readFileSync(join(this.root, PRESETS), 'utf8').trimEnd().split('\n');
    const presets = lines.map((line) => line.split(' ') as [verb: string, unit: string]);
    expect(new Set(presets.map(([, unit]) => unit)), 'one line for each').to.have.length(presets.length);
    return Object.fromEntries(presets.map(([verb, unit]) => [unit, verb]));
  }

  /** Forgets this boot and keeps the software, as an image does. */
  bake(): void {
    rmSync(join(this.root, 'var/lib/bk-stack/boot'));
    this.commands.length = 0;
    this.told.length = 0;
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}

describe('a boot', () => {
  const machines: FakeMachine[] = [];
  const machineOf = (system: keyof typeof SYSTEMS) => {
    const machine = new FakeMachine(SYSTEMS[system]);
    machines.push(machine);
    return machine;
  };
  after(() => {
    for (const machine of machines) machine.remove();
  });

  for (const system of ['amazonlinux2023', 'ubuntu2404'] as const) {
    it(`gives the same configuration from a bare image of ${system} and from a baked one`, async () => {
      const machine = machineOf(system);
      expect(await machine.boot(), machine.lines.join('\n')).to.equal(true);
      const bare = machine.configuration;
      expect(machine.told).to.eql(['SUCCESS', 'CONTINUE']);
      machine.bake();
      expect(await machine.boot(), machine.lines.join('\n')).to.equal(true);
      expect(machine.configuration).to.eql(bare);
      expect(
        machine.commands.some((line) =>
          /^(dnf|apt-get|snap install|tar|git lfs install|useradd) /.test(line),
        ),
      ).to.equal(false);
    });
  }

  for (const system of ['amazonlinux2023', 'ubuntu2404'] as const) {
    it(`checks out Git LFS files, not pointers to them, on ${system}`, async () => {
      const machine = machineOf(system);
      expect(await machine.boot(), machine.lines.join('\n')).to.equal(true);
      expect(machine.installed).to.include('git-lfs filter');
    });

    it(`sets up Git LFS's filter on ${system} even if the image brings its program`, async () => {
      const machine = machineOf(system);
      machine.installed.add('git-lfs');
      expect(await machine.boot(), machine.lines.join('\n')).to.equal(true);
      expect(machine.installed).to.include('git-lfs filter');
    });
  }

  for (const status of ['not-installed', 'config-files', 'half-configured', 'unpacked']) {
    it(`installs a package that is ${status} to dpkg`, async () => {
      const machine = machineOf('ubuntu2404');
      machine.statuses['sudo'] = status;
      machine.statuses['amazon-cloudwatch-agent'] = status;
      expect(await machine.boot(), machine.lines.join('\n')).to.equal(true);
      const installed = machine.commands.filter((line) => /^apt-get .* install /.test(line)).join('\n');
      expect(installed)
        .to.match(/ sudo( |$)/m)
        .and.to.contain('/tmp/amazon-cloudwatch-agent.deb');
    });
  }

  it('fails on an image where Docker lacks a plugin that jobs use', async () => {
    for (const plugin of ['buildx', 'compose']) {
      const machine = machineOf('ubuntu2404');
      machine.broken = `docker ${plugin} version`;
      expect(await machine.boot(), plugin).to.equal(false);
      expect(machine.lines.at(-1)).to.contain(`docker ${plugin} version failed`);
    }
  });

  it('restarts a crashed agent without marking the instance unhealthy, on every systemd', async () => {
    for (const [systemd, direct] of [
      ['252 (252.23-2.amzn2023)', false],
      ['255 (255.4-1ubuntu8.4)', true],
    ] as const) {
      const machine = machineOf('ubuntu2404');
      machine.systemd = systemd;
      await machine.boot();
      const dropIn = machine.loadedUnits[AGENT_RESTART] ?? '';
      expect(dropIn.includes('\nRestartMode=direct\n'), systemd).to.equal(direct);
      expect(machine.loadedUnits, 'all were there when systemd read them').to.eql(machine.units);
    }
  });

  it('leaves presets that enable exactly what it has enabled', async () => {
    const machine = machineOf('ubuntu2404');
    await machine.boot({ AuthorizedUsersUrl: 's3://keys/users' });
    expect(machine.presets).to.eql({
      'amazon-cloudwatch-agent.service': 'enable',
      'bk-stack-authorized-users.timer': 'enable',
      'bk-stack-hooks.service': 'enable',
      'bk-stack-lifecycle.service': 'enable',
      'bk-stack-wake.service': 'disable',
      'buildkite-agent.service': 'enable',
      'docker.service': 'enable',
      'rsyslog.service': 'enable',
      'snap.amazon-ssm-agent.amazon-ssm-agent.service': 'enable',
    });
    const pooled = machineOf('amazonlinux2023');
    pooled.targets = ['Warmed:Stopped'];
    await pooled.boot();
    expect(pooled.presets).to.include({
      'bk-stack-authorized-users.timer': 'disable',
      'bk-stack-wake.service': 'enable',
      'buildkite-agent.service': 'disable',
    });
    pooled.targets = ['InService'];
    await pooled.boot();
    expect(pooled.presets).to.include({
      'bk-stack-wake.service': 'enable',
      'buildkite-agent.service': 'enable',
    });
  });

  it('starts the agent last, when Docker has answered', async () => {
    const machine = machineOf('amazonlinux2023');
    await machine.boot();
    const at = (text: string) => machine.commands.findIndex((line) => line.includes(text));
    expect(at('docker version')).to.be.greaterThan(at('restart docker.service'));
    expect(at('enable --now bk-stack-lifecycle')).to.be.greaterThan(at('docker version'));
    expect(machine.commands.at(-1)).to.equal('systemctl enable --now buildkite-agent.service');
  });

  it('keeps the token to the agent’s configuration', async () => {
    const machine = machineOf('amazonlinux2023');
    await machine.boot();
    const text = machine.configuration[AGENT_CONFIG] ?? '';
    expect(text).to.match(/^600 /).and.to.contain(`token="${TOKEN}"`);
    expect(text).to.contain('tags="queue=deploy,docker=29.1.0,stack=ci');
    expect(text).to.contain('spawn="4"').and.to.contain('disconnect-after-idle-timeout="420"');
    expect(text).to.not.contain('disconnect-after-uptime');
    expect([...machine.lines, ...machine.commands].join('\n')).to.not.contain(TOKEN);
  });

  it('into the warm pool does everything but start agents, and tells no stack', async () => {
    const machine = machineOf('amazonlinux2023');
    machine.targets = ['Warmed:Stopped'];
    expect(await machine.boot({ WarmPoolSize: '2' }), machine.lines.join('\n')).to.equal(true);
    expect(machine.told).to.eql(['CONTINUE']);
    expect(machine.commands.join('\n')).to.not.match(/buildkite-agent\.service|bk-stack-lifecycle/);
    expect(machine.commands.at(-1)).to.equal('systemctl enable bk-stack-wake.service');
    expect(machine.configuration[AGENT_CONFIG]).to.contain(TOKEN);
  });

  it('out of the warm pool reads anew what may have changed, and starts the agents', async () => {
    const machine = machineOf('amazonlinux2023');
    machine.targets = ['Warmed:Stopped'];
    await machine.boot({ BootstrapScriptUrl: 's3://scripts/b.sh' });
    machine.commands.length = 0;
    machine.told.length = 0;
    machine.token = 'rotated-meanwhile';
    machine.targets = ['InService'];
    expect(await machine.boot({ BootstrapScriptUrl: 's3://scripts/b.sh' })).to.equal(true);
    expect(machine.configuration[AGENT_CONFIG]).to.contain('token="rotated-meanwhile"');
    expect(machine.commands.join('\n')).to.not.match(/^(dnf|bash|useradd) /m);
    expect(machine.commands.at(-1)).to.equal('systemctl enable --now buildkite-agent.service');
    expect(machine.told).to.eql(['SUCCESS', 'CONTINUE']);
    machine.commands.length = 0;
    expect(await machine.boot(), 'a reboot').to.equal(true);
    expect(machine.commands).to.eql([]);
  });

  it('out of the warm pool has instance storage again, before Docker puts its data there', async () => {
    const machine = machineOf('amazonlinux2023');
    const parameters = { EnableInstanceStorage: 'true', BuildkiteAgentEnableGitMirrors: 'true' };
    machine.targets = ['Warmed:Stopped'];
    machine.disks = true;
    machine.broken = 'mountpoint --quiet /mnt';
    await machine.boot({ ...parameters, GitMirrorSeedBucket: 'seeds' });
    machine.commands.length = 0;
    machine.targets = ['InService'];
    expect(await machine.boot({ ...parameters, GitMirrorSeedBucket: 'seeds' })).to.equal(true);
    const at = (text: string) => machine.commands.findIndex((line) => line.includes(text));
    expect(at('stop docker.socket docker.service')).to.be.within(0, at('mkfs.ext4') - 1);
    expect(at('mkfs.ext4')).to.be.lessThan(at('s3://seeds/'));
    for (const folder of ['builds', 'git-mirrors']) {
      expect(at(`/mnt/ephemeral/${folder}`), folder).to.be.within(0, at('s3://seeds/'));
      expect(machine.commands.join('\n')).to.match(
        new RegExp(`chown buildkite-agent:buildkite-agent .*/mnt/ephemeral/${folder}$`, 'm'),
      );
    }
    expect(at('s3://seeds/')).to.be.lessThan(at('restart docker.service'));
  });

  it('that finds the warm pool to have it still waits for the group', async () => {
    const machine = machineOf('amazonlinux2023');
    machine.targets = ['Warmed:Stopped'];
    await machine.boot();
    machine.told.length = 0;
    machine.targets = ['Warmed:Stopped', 'Warmed:Stopped', 'InService'];
    expect(await machine.boot()).to.equal(true);
    expect(machine.lines).to.include('the warm pool has this instance still');
    expect(machine.told).to.eql(['SUCCESS', 'CONTINUE']);
  });

  it('out of the warm pool that fails is reported, and ends', async () => {
    const machine = machineOf('amazonlinux2023');
    machine.targets = ['Warmed:Stopped'];
    await machine.boot();
    machine.told.length = 0;
    machine.targets = ['InService'];
    machine.broken = 'restart docker.service';
    expect(await machine.boot()).to.equal(false);
    expect(machine.told).to.eql(['log', 'FAILURE', 'ABANDON', 'unhealthy']);
    machine.broken = undefined;
    expect(await machine.boot(), 'nobody knows where it stands').to.equal(false);
  });

  it('is done once', async () => {
    const machine = machineOf('amazonlinux2023');
    await machine.boot();
    machine.commands.length = 0;
    expect(await machine.boot()).to.equal(true);
    expect(machine.commands).to.eql([]);
  });

  it('leaves the CloudWatch agent what an image has configured, and is at home with its own', async () => {
    const folder = '/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.d';
    for (const [file, action] of [
      [undefined, 'fetch-config'],
      ['file_cloudwatch.json', 'fetch-config'],
      ['file_of-an-image.json', 'append-config'],
    ] as const) {
      const machine = machineOf('amazonlinux2023');
      if (file !== undefined) {
        mkdirSync(join(machine.root, folder), { recursive: true });
        writeFileSync(join(machine.root, folder, file), '{}');
      }
      expect(await machine.boot()).to.equal(true);
      expect(machine.commands.join('\n')).to.contain(`amazon-cloudwatch-agent-ctl -a ${action}`);
    }
  });

  it('that fails ships its log, signals, marks the instance, and is not taken up again', async () => {
    const machine = machineOf('amazonlinux2023');
    machine.broken = 'amazon-cloudwatch-agent-ctl -a fetch-config';
    expect(await machine.boot()).to.equal(false);
    expect(machine.told).to.eql(['log', 'FAILURE', 'ABANDON', 'unhealthy']);
    expect(machine.lines.at(-1)).to.contain('amazon-cloudwatch-agent-ctl is broken');
    expect(machine.commands.join('\n')).to.not.contain('enable --now buildkite-agent');
    machine.broken = undefined;
    expect(await machine.boot()).to.equal(false);
    expect(machine.lines.at(-1)).to.contain('An earlier boot of this instance broke off');
  });

  it('refuses a program whose hash is not the published one', async () => {
    const machine = machineOf('amazonlinux2023');
    const genuine = machine.download;
    const forged = Object.assign(machine, {
      download: (url: string) =>
        url.endsWith('buildkite-agent-linux-amd64') ? Promise.resolve(Buffer.from('forged')) : genuine(url),
    });
    expect(await forged.boot()).to.equal(false);
    expect(machine.lines.at(-1)).to.contain('was expected');
    expect(existsSync(join(machine.root, 'usr/bin/buildkite-agent'))).to.equal(false);
  });

  it('refuses a CloudWatch agent that another key has signed, even one that came with AWS’s', async () => {
    const machine = machineOf('ubuntu2404');
    machine.signer = '0000000000000000000000000000000000000000';
    expect(await machine.boot()).to.equal(false);
    expect(machine.lines.at(-1)).to.contain('not signed with the key that AWS documents');
    expect(machine.commands.join('\n')).to.not.contain('install --yes /tmp/amazon-cloudwatch-agent.deb');
  });

  it('runs one’s own script before the agent starts', async () => {
    const machine = machineOf('amazonlinux2023');
    await machine.boot({ BootstrapScriptUrl: 's3://scripts/b.sh' });
    const script = machine.commands.findIndex((line) => line.startsWith('bash '));
    expect(script).to.be.within(1, machine.commands.length - 2);
    machine.bake();
    machine.broken = 'bash ';
    expect(await machine.boot({ BootstrapScriptUrl: 's3://scripts/b.sh' })).to.equal(false);
  });

  it('has /tmp where it is wanted', async () => {
    // The stand-in's /tmp is in memory, as Amazon Linux has it.
    const memory = machineOf('amazonlinux2023');
    await memory.boot();
    expect(memory.commands.join('\n')).to.not.match(/umount|tmpfs/);
    const disk = machineOf('amazonlinux2023');
    await disk.boot({ MountTmpfsAtTmp: 'false' });
    expect(disk.commands.join('\n')).to.contain('mask tmp.mount\numount --lazy /tmp');
    const ubuntu = machineOf('ubuntu2404');
    ubuntu.broken = 'mountpoint';
    await ubuntu.boot();
    expect(ubuntu.commands.join('\n')).to.match(/mount --types tmpfs .*size=50%.* tmpfs \/tmp/);
  });

  it('tells why Docker does not start, before the instance powers off', async () => {
    for (const broken of ['restart docker.service', 'enable --now buildkite-agent.service']) {
      const machine = machineOf('ubuntu2404');
      machine.broken = broken;
      expect(await machine.boot()).to.equal(false);
      const unit = broken.split(' ').at(-1) ?? '';
      const log = unit === 'docker.service' ? 'docker.log' : 'agent.log';
      expect(machine.lines.at(-1)).to.contain(
        `systemctl ${broken} failed: systemctl is broken\n--unit=${unit} failed with status 1\nthe end of ${log}`,
      );
      expect(machine.told).to.include('log');
    }
  });

  it('has Docker experimental for dual stack where ip6tables is', async () => {
    for (const [version, experimental] of [
      ['26.1.5+dfsg1', true],
      ['27.5.1', false],
    ] as const) {
      const machine = machineOf('ubuntu2404');
      machine.docker = version;
      expect(await machine.boot({ DockerNetworkingProtocol: 'dualstack' })).to.equal(true);
      const config = machine.configuration['/etc/docker/daemon.json'];
      expect(config?.includes('"experimental": true'), version).to.equal(experimental);
    }
  });

  it('limits jobs and their containers together, where it is asked to', async () => {
    const machine = machineOf('amazonlinux2023');
    await machine.boot();
    expect(Object.keys(machine.configuration).filter((path) => path.endsWith('.slice'))).to.eql([]);
    machine.bake();
    await machine.boot({ ExperimentalEnableResourceLimits: 'true', ResourceLimitsMemoryMax: '4G' });
    expect(machine.configuration['/etc/systemd/system/buildkite.slice']).to.contain('MemoryMax=4G');
    expect(machine.configuration['/etc/docker/daemon.json']).to.contain('"cgroup-parent": "buildkite.slice"');
    expect(machine.configuration['/etc/systemd/system/buildkite-agent.service.d/20-limits.conf']).to.contain(
      'Slice=buildkite.slice',
    );
  });

  it('maps root in containers to the agent’s user, where it is asked to', async () => {
    const machine = machineOf('ubuntu2404');
    await machine.boot({ EnableDockerUserNamespaceRemap: 'true' });
    expect(machine.configuration['/etc/docker/daemon.json']).to.contain('"userns-remap": "buildkite-agent"');
    expect(machine.configuration['/etc/subuid']).to.match(
      /buildkite-agent:.*:1\nbuildkite-agent:100000:65536/,
    );
  });

  it('gives the agent its keys for signed pipelines, and lets nobody else read them', async () => {
    const machine = machineOf('amazonlinux2023');
    await machine.boot({
      BuildkiteAgentSigningKeySSMParameter: '/keys/sign',
      BuildkiteAgentSigningKeyID: 'first',
      BuildkiteAgentVerificationKeySSMParameter: '/keys/verify',
      PipelineSigningVerificationFailureBehavior: 'warn',
    });
    const { configuration } = machine;
    expect(configuration['/etc/buildkite-agent/signing-keys.json']).to.match(/^600 .*\/keys\/sign/);
    expect(configuration['/etc/buildkite-agent/verification-keys.json']).to.match(/^600 .*\/keys\/verify/);
    expect(configuration[AGENT_CONFIG])
      .to.contain('signing-jwks-file="/etc/buildkite-agent/signing-keys.json"\nsigning-jwks-key-id="first"')
      .and.to.contain('verification-jwks-file="/etc/buildkite-agent/verification-keys.json"')
      .and.to.contain('verification-failure-behavior="warn"');
    const kms = machineOf('amazonlinux2023');
    await kms.boot({ PipelineSigningKMSKeySpec: 'ECC_NIST_P256' });
    expect(kms.configuration[AGENT_CONFIG]).to.contain('signing-aws-kms-key="<PipelineSigningKMSKey>"');
  });

  it('gives the agent its environment, and those who are named their SSH', async () => {
    const machine = machineOf('ubuntu2404');
    await machine.boot({ AgentEnvFileUrl: 'ssm:/ci/env', AuthorizedUsersUrl: 's3://keys/users' });
    expect(machine.configuration['/etc/buildkite-agent/environment']).to.equal('600 # ssm:/ci/env');
    expect(readFileSync(join(machine.root, 'home/ubuntu/.ssh/authorized_keys'), 'utf8')).to.contain(
      's3://keys/users',
    );
    expect(machine.commands).to.include('systemctl enable --now bk-stack-authorized-users.timer');
  });

  it('knows which systems it runs on', async () => {
    const machine = new FakeMachine('ID=debian\nVERSION_ID="12"\n');
    machines.push(machine);
    expect(await machine.boot()).to.equal(false);
    expect(machine.lines.at(-1)).to.contain('debian 12').and.to.contain('Amazon Linux 2023 and Ubuntu 24.04');
  });
});
