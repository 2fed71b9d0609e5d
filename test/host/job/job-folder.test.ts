import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { JobFolders } from '../../../src/host/job/job-folder.ts';
import { startSshAgent } from '../../../src/secrets/job/ssh-agent.ts';
import { run } from '../../../src/shell/run.ts';
import { until } from '../../support/until.ts';

describe('the folder of a job', () => {
  let root: string;
  let folders: JobFolders;
  const processes: ChildProcess[] = [];
  beforeEach(() => {
    root = join(mkdtempSync(join(tmpdir(), 'bk-stack-folders-')), 'jobs');
    folders = new JobFolders(root);
  });
  afterEach(() => {
    for (const each of processes) each.kill('SIGKILL');
    new JobFolders(root).sweep();
    rmSync(join(root, '..'), { recursive: true });
  });
  /** Stands for the agent's process of a job. */
  const job = async () => {
    const child = spawn('/bin/sh', ['-c', 'echo; read -r _'], { stdio: ['pipe', 'pipe', 'ignore'] });
    processes.push(child);
    await once(child.stdout, 'data');
    return { pid: child.pid!, child };
  };
  const isAlive = (pid: number) => existsSync(`/proc/${pid}/cmdline`);
  const finish = async ({ child }: Awaited<ReturnType<typeof job>>) => {
    child.kill('SIGKILL');
    await once(child, 'close');
  };

  it('is this user’s alone, and holds its Docker configuration', async () => {
    const { pid } = await job();
    const { docker } = folders.begin(pid);
    expect(statSync(docker).isDirectory()).to.equal(true);
    expect(statSync(root).mode & 0o777).to.equal(0o700);
  });

  it('goes with its ssh-agent once the job’s process has ended, and not before', async () => {
    const running = await job();
    const ended = await job();
    const [kept, left] = [folders.begin(running.pid), folders.begin(ended.pid)];
    const [keptAgent, leftAgent] = [
      await startSshAgent(run, [], kept.sshSocket),
      await startSshAgent(run, [], left.sshSocket),
    ];
    folders.sweep();
    expect([keptAgent, leftAgent].map(({ pid }) => isAlive(Number(pid)))).to.eql([true, true]);
    await finish(ended);
    folders.sweep();
    await until('its ssh-agent has ended', () => !isAlive(Number(leftAgent.pid)));
    expect(existsSync(left.docker)).to.equal(false);
    expect([isAlive(Number(keptAgent.pid)), existsSync(kept.docker)]).to.eql([true, true]);
    folders.end(running.pid);
    await until('it has ended', () => !isAlive(Number(keptAgent.pid)));
    expect(readdirSync(root)).to.eql([]);
  });

  it('is cleared by the next job’s hook, and begun anew by another try of its own', async () => {
    const first = await job();
    const { docker, sshSocket } = folders.begin(first.pid);
    writeFileSync(join(docker, 'config.json'), '{}');
    const agent = await startSshAgent(run, [], sshSocket);
    expect(folders.begin(first.pid).docker).to.equal(docker);
    expect(readdirSync(docker)).to.eql([]);
    await until('the first try’s ssh-agent has ended', () => !isAlive(Number(agent.pid)));
    await finish(first);
    const next = folders.begin((await job()).pid);
    expect(existsSync(docker)).to.equal(false);
    expect(existsSync(next.docker)).to.equal(true);
  });

  it('is not mistaken for that of another process of the same number', async () => {
    const { pid } = await job();
    mkdirSync(join(root, `${pid}-1`, 'docker'), { recursive: true, mode: 0o700 });
    folders.sweep();
    expect(readdirSync(root)).to.eql([]);
  });

  it('is refused for a process that is gone, and below a folder that others can open', async () => {
    const gone = await job();
    await finish(gone);
    expect(() => folders.begin(gone.pid)).to.throw(/process \d+ of this job is gone/);
    expect(() => folders.begin(NaN)).to.throw(/is gone/);
    mkdirSync(root);
    chmodSync(root, 0o755);
    const { pid } = await job();
    expect(() => folders.begin(pid)).to.throw(`${root} is not a folder that this user alone can open`);
  });
});
