import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GIT_CREDENTIAL, HOOK_SOCKET, JOB_PROGRAM } from '../../../src/host/program/paths.ts';
import type { DescribedJob } from '../../../src/sandbox/buildkite/jobs.ts';
import { bearer } from '../../../src/sandbox/server/process/discovery.ts';
import { awsEnvironment, type ServerClient } from '../../support/aws-environment.ts';
import { root, runProcess } from '../../support/process.ts';
import { until } from '../../support/until.ts';
import { toolFolder } from './tools.ts';

const HOST = join(root, 'dist/host/host.mjs');
const OPT = '/opt/bk-stack';

/** A machine's worth of folders on which real agents run with the host program's own hooks. */
export class AgentMachine {
  readonly folder = mkdtempSync(join(tmpdir(), 'bk-stack-agent-'));
  readonly #agents: ChildProcess[] = [];
  /** @param client of the sandbox: its keys are those of the instance's role */
  constructor(private readonly client: () => ServerClient) {}

  /** @param settings what stack.env would hold */
  async setUp(settings: Readonly<Record<string, string>>): Promise<void> {
    const written = await runProcess(process.execPath, [HOST, 'files', this.folder]);
    if (written.exitCode !== 0) throw new Error(written.stderr);
    const hooks = join(this.folder, 'hooks');
    cpSync(join(this.folder, 'etc/buildkite-agent/hooks'), hooks, { recursive: true });
    const scripts = readdirSync(hooks).map((name) => join(hooks, name));
    for (const path of [...scripts, join(this.folder, GIT_CREDENTIAL)]) {
      // The places of an instance become those of this machine; the text is otherwise its own.
      const text = readFileSync(path, 'utf8')
        .replaceAll(`${OPT}/node`, process.execPath)
        .replaceAll(`${OPT}/job`, join(this.folder, OPT, 'job'))
        .replaceAll(HOOK_SOCKET, this.socket);
      writeFileSync(path, text);
    }
    this.#script(join(hooks, 'checkout'), 'mkdir -p "$BUILDKITE_BUILD_CHECKOUT_PATH"');
    mkdirSync(join(this.folder, 'bin'));
    // What docker login is asked, for there is no Docker here: its words, what it reads, where its configuration is.
    this.#script(
      join(this.folder, 'bin/docker'),
      `echo "$* <$(cat)> $DOCKER_CONFIG" >>'${join(this.folder, 'docker.log')}'; echo '{}' >"$DOCKER_CONFIG/config.json"`,
    );
    this.#script(join(this.folder, 'bin/sudo'), `echo "$*" >>'${join(this.folder, 'sudo.log')}'`);
    writeFileSync(
      join(this.folder, 'stack.env'),
      Object.entries(settings)
        .map(([name, value]) => `${name}="${value}"\n`)
        .join(''),
    );
  }

  /** Where the hooks are served, if they are. */
  get socket(): string {
    return join(this.folder, 'hooks.sock');
  }

  /** Starts the program that serves the hooks, as its unit does. */
  async serve(): Promise<ChildProcess> {
    const server = spawn(process.execPath, [join(this.folder, JOB_PROGRAM), 'serve', this.socket], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...this.environment, PATH: this.#path },
    });
    this.#agents.push(server);
    await until('the hooks are served', () => existsSync(this.socket));
    return server;
  }

  get #path(): string {
    const agent = join(toolFolder('buildkite-agent'), 'bin');
    return `${join(this.folder, 'bin')}:${agent}:${process.env['PATH'] ?? ''}`;
  }

  #script(path: string, body: string): void {
    writeFileSync(path, `#!/usr/bin/env bash\n${body}\n`);
    chmodSync(path, 0o755);
  }

  get dockerLog(): string[] {
    return this.#lines('docker.log');
  }

  get sudoLog(): string[] {
    return this.#lines('sudo.log');
  }

  #lines(name: string): string[] {
    return readFileSync(join(this.folder, name), 'utf8').trim().split('\n');
  }

  /** Starts a real agent, without waiting for it. */
  start(queue: string, ...options: string[]): ChildProcess {
    return this.#spawn(...this.#options(queue, join(this.folder, 'builds')), ...options);
  }

  #options(queue: string, builds: string): string[] {
    return [
      ...['--endpoint', `${this.client().endpoint}/_buildkite/v3`, '--no-color'],
      ...[
        '--name',
        `${queue}-%spawn`,
        '--tags',
        `queue=${queue}`,
        '--hooks-path',
        join(this.folder, 'hooks'),
      ],
      ...['--build-path', builds, '--plugins-path', join(this.folder, 'plugins')],
    ];
  }

  /** The same, with builds on a disk of its own of one MiB. */
  startOnSmallDisk(queue: string): ChildProcess {
    const builds = join(this.folder, 'small-disk');
    mkdirSync(builds);
    const program = join(toolFolder('buildkite-agent'), 'bin/buildkite-agent');
    const mount = `mount -t tmpfs -o size=1m tmpfs '${builds}' && exec '${program}' "$@"`;
    return this.#launch('unshare', [
      ...(process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--map-root-user']),
      ...['sh', '-c', mount, 'agent', 'start', ...this.#options(queue, builds)],
    ]);
  }

  /** Starts one by an instance's configuration, with the folders of this machine, which is no instance of EC2's. */
  startWith(configuration: string): ChildProcess {
    const path = join(this.folder, 'buildkite-agent.cfg');
    const text = configuration
      .replaceAll('"/etc/buildkite-agent/', `"${this.folder}/`)
      .replaceAll('"/var/lib/buildkite-agent/', `"${this.folder}/`)
      .replace('tags-from-ec2-meta-data="true"', 'tags-from-ec2-meta-data="false"');
    writeFileSync(path, text);
    return this.#spawn('--config', path);
  }

  #spawn(...args: string[]): ChildProcess {
    return this.#launch(join(toolFolder('buildkite-agent'), 'bin/buildkite-agent'), ['start', ...args]);
  }

  #launch(command: string, args: readonly string[]): ChildProcess {
    const agent = spawn(command, args, {
      stdio: ['ignore', 'ignore', 'ignore'],
      env: {
        ...this.environment,
        BUILDKITE_AGENT_TOKEN: this.token,
        PATH: this.#path,
      },
    });
    this.#agents.push(agent);
    return agent;
  }

  /** One with which agents register. */
  get token(): string {
    return this.client().credentials.secretAccessKey;
  }

  /** Of the programs of an instance. */
  get environment(): NodeJS.ProcessEnv {
    return {
      HOME: this.folder,
      // Where the folders of jobs are.
      TMPDIR: this.folder,
      ...awsEnvironment(this.client()),
      BK_STACK_SETTINGS: join(this.folder, 'stack.env'),
    };
  }

  /** One of bk-stack's own requests to the sandbox. */
  control(path: string, body?: object): Promise<Response> {
    const client = this.client();
    return fetch(`${client.endpoint}/_sandbox/${path}`, {
      headers: bearer(client),
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    });
  }

  async push(queue: string, command: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const response = await this.control('jobs', {
      queue,
      env: {
        BUILDKITE_COMMAND: command,
        BUILDKITE_REPO: 'git@github.com:acme/app.git',
        ...env,
      },
    });
    return ((await response.json()) as { id: string }).id;
  }

  async jobs(): Promise<DescribedJob[]> {
    const response = await this.control('jobs');
    return ((await response.json()) as { jobs: DescribedJob[] }).jobs;
  }

  async job(id: string, so: (job: DescribedJob) => boolean): Promise<DescribedJob> {
    let job: DescribedJob | undefined;
    const isThere = async () => {
      job = (await this.jobs()).find((candidate) => candidate.id === id);
      return job !== undefined && so(job);
    };
    const instead = async () => JSON.stringify(await this.jobs(), undefined, 1);
    await until(`job ${id} gets so far`, isThere, { instead });
    return job as unknown as DescribedJob;
  }

  finished(id: string): Promise<DescribedJob> {
    return this.job(id, ({ state }) => state === 'finished' || state === 'lost');
  }

  remove(): void {
    for (const agent of this.#agents) agent.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
