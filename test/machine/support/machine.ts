import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finished, runProcess } from '../../support/process.ts';
import { until } from '../../support/until.ts';
import { command } from './commands.ts';
import { BRIDGE, GATEWAY, type TestWorld } from './world.ts';

/** An instance of the sandbox, as far as its network goes. */
export interface Place {
  readonly instanceId: string;
  readonly privateIp: string;
}

/** Real folders: Docker's own layers can't lie on the machine's, which are layers themselves. */
const REAL_FOLDERS = ['/var/lib/docker', '/var/lib/containerd'];

const NSPAWN_ENVIRONMENT = {
  SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1',
  SYSTEMD_NSPAWN_API_VFS_WRITABLE: '1',
  SYSTEMD_NSPAWN_TMPFS_TMP: '0',
};

export interface MachineOptions {
  /** Files that its image has beside those of the bare one, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** An image that was baked before: the upper layer of the machine that baked it. */
  readonly image?: string;
}

/** A machine that boots a real Linux: systemd, cloud-init and Docker in namespaces of their own. */
export class Machine {
  readonly #folder: string;
  readonly #name: string;
  #process: ChildProcess | undefined;

  constructor(
    world: TestWorld,
    readonly place: Place,
    { files = {}, image }: MachineOptions = {},
  ) {
    this.#name = place.instanceId;
    this.#folder = join(world.folder, place.instanceId);
    for (const name of ['upper', 'work', 'root', 'real']) mkdirSync(this.#at(name), { recursive: true });
    const layers = [...(image === undefined ? [] : [image]), process.env['MACHINE_ROOT'] ?? ''].join(':');
    const options = `lowerdir=${layers},upperdir=${this.#at('upper')},workdir=${this.#at('work')}`;
    command('mount', '-t', 'overlay', 'overlay', '-o', options, this.#at('root'));
    for (const folder of REAL_FOLDERS) mkdirSync(this.#real(folder), { recursive: true });
    const trusted = '/etc/ssl/certs/ca-certificates.crt';
    appendFileSync(this.path(trusted), world.authority.certificate);
    for (const [path, text] of Object.entries(files)) writeFileSync(this.path(path), text);
    this.#connect();
  }

  #at(name: string): string {
    return join(this.#folder, name);
  }

  #real(folder: string): string {
    return join(this.#at('real'), folder.replaceAll('/', '_'));
  }

  /** Where a file of the machine is here. */
  path(inside: string): string {
    return join(this.#at('root'), inside);
  }

  /** Everything that it has beside its image. */
  get layer(): string {
    return this.#at('upper');
  }

  read(path: string): string {
    return existsSync(this.path(path)) ? readFileSync(this.path(path), 'utf8') : '';
  }

  #connect(): void {
    const { privateIp } = this.place;
    const [inside, outside] = ['eth0', `v${this.#name.slice(-10)}`];
    command('ip', 'netns', 'add', this.#name);
    command('ip', 'link', 'add', outside, 'type', 'veth', 'peer', 'name', inside, 'netns', this.#name);
    command('ip', 'link', 'set', outside, 'master', BRIDGE, 'up');
    command('ip', 'route', 'replace', `${privateIp}/32`, 'dev', BRIDGE);
    const within = (...args: string[]) => command('ip', '-n', this.#name, ...args);
    within('link', 'set', 'lo', 'up');
    within('addr', 'add', `${privateIp}/32`, 'dev', inside);
    within('link', 'set', inside, 'up');
    within('route', 'add', '169.254.0.0/16', 'dev', inside);
    within('route', 'add', 'default', 'via', GATEWAY, 'dev', inside);
  }

  /** Turns the power on. */
  powerOn(): void {
    const options = [
      ...['--quiet', '--register=no', '--keep-unit', `--machine=${this.#name}`, '--boot'],
      ...[`--directory=${this.#at('root')}`, `--network-namespace-path=/run/netns/${this.#name}`],
      ...['--capability=all', '--system-call-filter=@known', '--resolv-conf=off', '--timezone=off'],
      ...[
        '--link-journal=no',
        '--console=pipe',
        `--bind-ro=${process.env['MACHINE_PACKAGES'] ?? ''}:/srv/packages`,
      ],
      ...REAL_FOLDERS.map((folder) => `--bind=${this.#real(folder)}:${folder}`),
    ];
    const started = spawn('systemd-nspawn', options, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...NSPAWN_ENVIRONMENT },
    });
    for (const stream of [started.stdout, started.stderr]) {
      stream.on('data', (text: Buffer) => {
        appendFileSync(this.#at('console.log'), text);
      });
    }
    this.#process = started;
  }

  /** Whether it has the power still: a machine that shuts down turns it off by itself. */
  get isOn(): boolean {
    const { exitCode = 0, signalCode = null } = this.#process ?? {};
    return exitCode === null && signalCode === null;
  }

  /** Waits until the host program has brought it up. */
  booted(seconds = 240): Promise<void> {
    const isUp = () => this.read('/var/lib/bk-stack/boot') === 'completed\n';
    return until(`${this.#name} is up`, isUp, { seconds, every: 500, instead: () => this.story() });
  }

  /** Takes the power from it, as EC2 does. */
  async powerOff(): Promise<void> {
    if (this.#process === undefined || !this.isOn) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }

  /** Waits until it has shut down by itself. */
  shutDown(seconds = 120): Promise<void> {
    return until(`${this.#name} shuts down`, () => !this.isOn, { seconds, instead: () => this.story() });
  }

  /** The process with the number 1 in it. */
  get #init(): string | undefined {
    const { stdout } = spawnSync('pgrep', ['--parent', String(this.#process?.pid ?? 0)], {
      encoding: 'utf8',
    });
    return stdout.trim().split('\n')[0] || undefined;
  }

  /** Runs a line of bash in it as root. @throws Error with what it printed where it fails */
  async run(line: string): Promise<string> {
    const { exitCode, stdout, stderr } = await this.try(line);
    if (exitCode !== 0) throw new Error(`${line}\n${stdout}${stderr}`);
    return stdout;
  }

  /** As `run`, for a line that may fail. Not synchronous: the world outside is served by this very process. */
  try(line: string): Promise<Pick<Finished, 'exitCode' | 'stdout' | 'stderr'>> {
    const init = this.#init;
    if (init === undefined) {
      return Promise.resolve({ exitCode: null, stdout: '', stderr: 'the machine is off' });
    }
    const namespaces = ['--target', init, '--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'];
    return runProcess('nsenter', [...namespaces, '--', '/bin/bash', '-c', line], {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8' },
    });
  }

  /** What it has said and logged, for whoever reads that something didn't happen. */
  async story(): Promise<string> {
    const { stdout: journal } = await this.try('journalctl --no-pager --lines=60 --output=cat');
    const logs = ['boot', 'agent', 'lifecycle'].map(
      (name) => `--- ${name}\n${this.read(`/var/log/bk-stack/${name}.log`).slice(-3000)}`,
    );
    const console = existsSync(this.#at('console.log')) ? readFileSync(this.#at('console.log'), 'utf8') : '';
    return [
      `the machine is ${this.isOn ? 'on' : 'off'}`,
      console.slice(-1500),
      `--- cloud-init\n${this.read('/var/log/cloud-init-output.log').slice(-5000)}`,
      ...logs,
      `--- journal\n${journal}`,
    ].join('\n');
  }

  async remove(): Promise<void> {
    await this.powerOff();
    spawnSync('umount', ['--lazy', this.#at('root')]);
    spawnSync('ip', ['netns', 'delete', this.#name]);
  }
}
