import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { UsageError } from '../../../src/errors.ts';
import type { LogCalls } from '../../../src/logs/calls.ts';
import type { GroupTarget } from '../../../src/logs/event.ts';
import {
  beginSaving,
  endSaving,
  planToResume,
  requireUnusedDirectory,
  resumeCommand,
  type SavingPlan,
} from '../../../src/logs/saving/journal.ts';
import { pathOf } from '../../../src/logs/saving/save-logs.ts';
import { saveStream } from '../../../src/logs/saving/save-stream.ts';
import { awsError } from '../../support/cloudformation.ts';

const TARGET: GroupTarget = { group: 'agent', name: '/buildkite/ci/agent' };
const FILE = { place: TARGET, stream: 'i-1', path: 'agent/i-1.log' };
const PLAN: SavingPlan = {
  stack: 'ci',
  region: 'us-east-1',
  since: 0,
  until: 9e12,
  format: 'text',
  files: [FILE],
};
const PACING = { pause: () => Promise.resolve(), random: () => 0 };

/** Six events, two a page. A page can be told to fail once. */
class Pages implements LogCalls {
  readonly asked: (string | undefined)[] = [];
  failing = new Map<string | undefined, Error>();

  streams() {
    return Promise.resolve({ streams: [] });
  }

  events(_: GroupTarget, __: object, page?: string) {
    this.asked.push(page);
    const failure = this.failing.get(page);
    this.failing.delete(page);
    if (failure !== undefined) return Promise.reject(failure);
    const from = Number(page ?? 0);
    const events = [from, from + 1].map((number) => ({
      ...{ id: String(number), group: 'agent' as const, groupName: TARGET.name, stream: 'i-1' },
      ...{ timestamp: number * 1000, ingestedAt: number * 1000, message: `line ${number}\n` },
    }));
    return Promise.resolve({ events, ...(from < 4 && { next: String(from + 2) }) });
  }
}

describe('saving logs', () => {
  let directory: string;
  let pages: Pages;
  const save = () => saveStream(pages, PACING, directory, PLAN, FILE, () => undefined);
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => (error as Error).name,
    );
  const lines = () => readFileSync(join(directory, FILE.path), 'utf8').trimEnd().split('\n');
  const all = [0, 1, 2, 3, 4, 5].map((number) => `1970-01-01T00:00:0${number}.000Z line ${number}`);

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'bk-stack-saving-'));
    pages = new Pages();
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('writes a stream to its file', async () => {
    expect(await save()).to.include({ events: 6 });
    expect(lines()).to.eql(all);
    expect(existsSync(join(directory, `${FILE.path}.part`))).to.equal(false);
  });

  it('writes what others on this machine can’t read', async () => {
    beginSaving(directory, PLAN);
    pages.failing.set('4', awsError('AccessDeniedException'));
    await failure(save());
    const mode = (path: string) => (statSync(join(directory, path)).mode & 0o777).toString(8);
    expect(mode(`${FILE.path}.part`)).to.equal('600');
    pages = new Pages();
    await save();
    const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    expect(files.length).to.be.greaterThan(2);
    for (const file of files) expect(mode(file), file).to.be.oneOf(['600', '700']);
  });

  it('goes on where it was cut short, and drops what had not been noted', async () => {
    pages.failing.set('4', awsError('AccessDeniedException'));
    expect(await failure(save())).to.equal('AccessDeniedException');
    expect(existsSync(join(directory, FILE.path))).to.equal(false);
    writeFileSync(join(directory, `${FILE.path}.part`), 'half a li', { flag: 'a' });
    pages = new Pages();
    await save();
    expect(pages.asked).to.eql(['4']);
    expect(lines()).to.eql(all);
  });

  it('begins a stream anew where CloudWatch no longer knows the page', async () => {
    pages.failing.set('4', awsError('AccessDeniedException'));
    await failure(save());
    pages = new Pages();
    pages.failing.set('4', awsError('InvalidParameterException', 'The specified nextToken is invalid.'));
    await save();
    expect(pages.asked).to.eql(['4', undefined, '2', '4']);
    expect(lines()).to.eql(all);
  });

  it('waits out throttling, and reads nothing twice', async () => {
    pages.failing.set('2', awsError('ThrottlingException'));
    await save();
    expect(lines()).to.eql(all);
    expect((await save()).bytes).to.be.greaterThan(0);
    expect(pages.asked).to.have.length(4);
  });

  it('writes over nothing', () => {
    requireUnusedDirectory(directory);
    requireUnusedDirectory(join(directory, 'new'));
    expect(() => planToResume(directory, 'ci')).to.throw(/nothing to resume/);
    beginSaving(directory, PLAN);
    expect(() => {
      requireUnusedDirectory(directory);
    }).to.throw(/not complete/);
    expect(planToResume(directory, 'ci')).to.deep.include(PLAN);
    expect(() => planToResume(directory, 'other')).to.throw(/holds logs of ci, not of other/);
    endSaving(directory, PLAN);
    expect(() => planToResume(directory, 'ci')).to.throw(/is complete/);
    expect(() => {
      requireUnusedDirectory(directory);
    }).to.throw(/holds logs of ci already/);
    writeFileSync(join(directory, 'bk-stack-logs.json'), '{');
    expect(() => {
      requireUnusedDirectory(directory);
    }).to.throw(/cannot be read/);
    rmSync(join(directory, 'bk-stack-logs.json'));
    writeFileSync(join(directory, 'mine'), '');
    expect(() => {
      requireUnusedDirectory(directory);
    }).to.throw(/is not empty/);
  });

  it('goes to a directory, and to nothing else', () => {
    const file = join(directory, 'mine');
    writeFileSync(file, '');
    for (const begin of [requireUnusedDirectory, (output: string) => planToResume(output, 'ci')]) {
      expect(() => begin('')).to.throw(UsageError, /^--output is empty/);
      expect(() => begin(file)).to.throw(UsageError, /mine is a file/);
      expect(() => begin(join(file, 'new'))).to.throw(UsageError, /mine is a file/);
    }
  });

  it('goes on by a command that a shell takes as it is meant', () => {
    expect(resumeCommand('ci', './night')).to.equal('bk-stack logs get ci --output ./night --resume');
    const odd = join(directory, "int 2's");
    beginSaving(odd, PLAN);
    for (const begin of [requireUnusedDirectory, (output: string) => planToResume(output, 'other')]) {
      let hint: string | undefined;
      try {
        begin(odd);
      } catch (error) {
        hint = (error as UsageError).hint;
      }
      expect(hint).to.match(/--output '[^']*int 2'\\''s' --resume$/);
    }
  });

  it('names files by group and stream, each differently', () => {
    const taken = new Set<string>();
    const lambda = { group: 'scaler' as const, name: '/buildkite/ci/scaler' };
    expect(pathOf(lambda, '2026/11/25/[$LATEST]ab', 'text', taken)).to.equal(
      'scaler/2026_11_25_LATEST_ab.log',
    );
    expect(pathOf(lambda, '2026/11/25/[$LATEST]?ab', 'text', taken)).to.equal(
      'scaler/2026_11_25_LATEST_ab-2.log',
    );
    expect(pathOf({ group: 'boot', name: '/buildkite/cloud-init/output' }, '../i-1', 'json', taken)).to.equal(
      'cloud-init-output/__i-1.jsonl',
    );
  });
});
