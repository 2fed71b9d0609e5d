import { type HookCalls } from '../../src/host/job/calls.ts';
import type { DiskCalls } from '../../src/host/job/disk/space.ts';
import { BUILDS } from '../../src/host/program/paths.ts';
import type { RunOptions } from '../../src/shell/run.ts';

/** What a program answers, by the beginning of its command line. */
export type Answers = Readonly<
  Record<string, { readonly status?: number; readonly stdout?: string; readonly stderr?: string }>
>;

/** An instance on which the job hooks run: programs, disk and bucket in memory. */
export class FakeHooks implements HookCalls {
  readonly lines: string[] = [];
  readonly ran: { readonly line: string; readonly options: RunOptions | undefined }[] = [];
  readonly begun: number[] = [];
  readonly ended: number[] = [];
  readonly dockerConfigs: Record<string, string> = {};
  printed = '';
  /** Keys that may not be read, with S3's reason. */
  forbidden: Readonly<Record<string, string>> = {};
  short: string | undefined;
  /** What was removed to make room. */
  readonly cleared: string[] = [];
  buildsPath = '';

  constructor(
    readonly bucket: Readonly<Record<string, string>> = {},
    readonly answers: Answers = {},
  ) {}

  readonly run: HookCalls['run'] = (command, args, options) => {
    const line = [command, ...args].join(' ');
    this.ran.push({ line, options });
    const found = Object.entries(this.answers).find(([beginning]) => line.startsWith(beginning))?.[1];
    return Promise.resolve({ status: 0, stdout: '', stderr: '', ...found });
  };

  readonly say = (line: string) => {
    this.lines.push(line);
  };

  readonly print = (text: string) => {
    this.printed += text;
  };

  readonly secretStore = () =>
    Promise.resolve({
      get: (key: string) => {
        const reason = this.forbidden[key];
        return reason === undefined ? Promise.resolve(this.bucket[key]) : Promise.reject(new Error(reason));
      },
      list: (prefix: string) =>
        Promise.resolve(Object.keys(this.bucket).filter((key) => key.startsWith(prefix))),
      page: (prefix: string, delimiter?: string) => Promise.resolve(pageOf(this.bucket, prefix, delimiter)),
    });

  readonly ecrToken = (region: string) =>
    Promise.resolve({
      user: 'AWS',
      password: 'ecr-password',
      registry: `777788889999.dkr.ecr.${region}.amazonaws.com`,
    });

  readonly disk: HookCalls['disk'] = (job, say = this.say): DiskCalls => {
    this.buildsPath = job['BUILDKITE_BUILD_PATH'] ?? BUILDS;
    const clear = (what: string) => {
      this.cleared.push(what);
      return Promise.resolve();
    };
    return {
      shortage: () => Promise.resolve(this.short),
      runningJobs: () => Promise.resolve(1),
      pruneDocker: ({ olderThan = 'all', buildCache }) =>
        clear(`images ${olderThan}${buildCache ? ' and build cache' : ''}`),
      purgeBuilds: () => clear('builds'),
      say,
    };
  };

  readonly beginJob = (agentProcess: number) => {
    this.begun.push(agentProcess);
    return { docker: '/tmp/docker-of-job', sshSocket: '/tmp/ssh/agent' };
  };

  readonly endJob = (agentProcess: number) => {
    this.ended.push(agentProcess);
  };

  readonly writeDockerConfig = (folder: string, text: string) => {
    this.dockerConfigs[folder] = text;
  };

  /** Command lines, in order. */
  get commands(): string[] {
    return this.ran.map(({ line }) => line);
  }
}

/** A page of a bucket, as S3 answers. */
export function pageOf(bucket: Readonly<Record<string, string>>, prefix: string, delimiter?: string) {
  const found = Object.keys(bucket).filter((key) => key.startsWith(prefix));
  const end = (key: string) => (delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length));
  return {
    keys: found.filter((key) => end(key) < 0),
    prefixes: [...new Set(found.filter((key) => end(key) >= 0).map((key) => key.slice(0, end(key) + 1)))],
    complete: true,
  };
}

/** An ssh-agent that starts and takes every key. */
export const SSH_AGENT: Answers = {
  'ssh-agent -s': { stdout: 'SSH_AUTH_SOCK=/tmp/ssh/agent; export X;\nSSH_AGENT_PID=4711; export Y;\n' },
};

/** The message of the error with which something fails. */
export async function failureOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'it went well',
    (error: unknown) => (error as Error).message,
  );
}
