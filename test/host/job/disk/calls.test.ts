import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { countJobs, diskCalls } from '../../../../src/host/job/disk/calls.ts';
import { FakeHooks } from '../../../support/hook-calls.ts';

describe('the jobs of an instance', () => {
  const ROWS: readonly (readonly [what: string, line: string, counts: boolean])[] = [
    ['a job', '/usr/bin/buildkite-agent\0bootstrap\0--x\0', true],
    ['a job without arguments', 'buildkite-agent\0bootstrap', true],
    ['the agent itself', '/usr/bin/buildkite-agent\0start\0--config\0/etc/x\0', false],
    ['a command of a job', 'buildkite-agent\0artifact\0upload\0bootstrap\0', false],
    ['another command beginning so', 'buildkite-agent\0bootstrapper\0', false],
    ['an editor of a file of that name', 'vi\0buildkite-agent\0bootstrap\0', false],
    ['another program whose name begins so', 'buildkite-agent-x\0bootstrap\0', false],
    ['a process that has ended', '', false],
  ];
  for (const [what, line, counts] of ROWS) {
    it(`${counts ? 'are' : 'are not'} ${what}`, () => {
      expect(countJobs([line])).to.equal(counts ? 1 : 0);
    });
  }

  it('are counted all', () => {
    const job = 'buildkite-agent\0bootstrap\0';
    expect(countJobs([job, 'init\0', job, ''])).to.equal(2);
  });
});

describe('the disk of an instance', () => {
  const builds = mkdtempSync(join(tmpdir(), 'bk-stack-builds-'));
  after(() => {
    rmSync(builds, { recursive: true });
  });

  it('is pruned by docker, by age where there is one', async () => {
    const prune = async (olderThan: string | undefined, buildCache: boolean) => {
      const hooks = new FakeHooks();
      await diskCalls(hooks.run, builds, hooks.say).pruneDocker({ olderThan, buildCache });
      return hooks.commands;
    };
    expect(await prune('4h', true)).to.eql([
      'docker container prune --force --filter label!=bk-stack.keep --filter until=4h',
      'docker network prune --force --filter label!=bk-stack.keep --filter until=4h',
      'docker volume prune --force --filter label!=bk-stack.keep',
      'docker image prune --all --force --filter until=4h',
      'docker builder prune --all --force --filter until=4h',
    ]);
    expect(await prune(undefined, false)).to.eql([
      'docker container prune --force --filter label!=bk-stack.keep',
      'docker network prune --force --filter label!=bk-stack.keep',
      'docker volume prune --force --filter label!=bk-stack.keep',
      'docker image prune --all --force',
    ]);
  });

  it('loses every checkout and keeps the folder of them', async () => {
    mkdirSync(join(builds, 'agent-1/org/app'), { recursive: true });
    mkdirSync(join(builds, 'agent-2'));
    writeFileSync(join(builds, 'agent-1/org/app/file'), '');
    await diskCalls(new FakeHooks().run, builds, () => undefined).purgeBuilds();
    expect(readdirSync(builds)).to.eql([]);
  });
});
