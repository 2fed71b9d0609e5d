import { expect } from 'chai';
import type { GroupFacts, QueueMetrics } from '../../../src/scaler/sizing/observation.ts';
import { BootTimes } from '../../../src/scaler/forecast/boot-times.ts';
import { Foresight } from '../../../src/scaler/forecast/foresight.ts';
import { Past } from '../../../src/scaler/forecast/past.ts';
import type { Group } from '../../../src/scaler/group/group.ts';
import { minSizesOf, minSizeTagValue } from '../../../src/scaler/group/forecast-min-size.ts';
import { type PollCalls, Scaler } from '../../../src/scaler/poll.ts';
import { stuckTagValue } from '../../../src/scaler/sizing/stuck-jobs.ts';
import { scalerSettings } from '../../support/scaling.ts';

const MINUTE = 60_000;
const DAY = 24 * 60;
const MIDNIGHT = Date.parse('2026-11-23T00:00:00Z');

/** A group whose instances are in service as soon as they are wanted, and the requests that each look made of AWS. */
class Stage {
  min = 0;
  desired = 0;
  max = 50;
  tag: string | undefined;
  stuck: string | undefined;
  tagsFail = false;
  holdFails = false;
  sizeFails = false;
  paused = false;
  jobs: QueueMetrics['jobs'] = { scheduled: 0, running: 0, waiting: 0 };
  now = MIDNIGHT;
  historyFails = false;
  requests: string[] = [];
  scaler: Scaler;
  readonly startCold: () => void;

  constructor(forecasts = true, instanceBuffer = 0) {
    const settings = scalerSettings({
      PREDICTIVE_SCALING_MAX_IDLE_HOURS: '100',
      INSTANCE_BUFFER: String(instanceBuffer),
    });
    const boots = new BootTimes();
    const foresight = new Foresight({ agentsPerInstance: 1, idleHours: 100 }, boots);
    const past = new Past(foresight, (from, until) => {
      this.requests.push('history');
      if (this.historyFails) return Promise.reject(new Error('not allowed'));
      const demand = new Map<number, number>();
      for (let minute = from; minute < until; minute++) demand.set(minute, minute % DAY >= 540 ? 8 : 0);
      return Promise.resolve({ demand, ahead: new Map(), next: undefined });
    });
    const calls: PollCalls = {
      group: this.#group(),
      token: () => Promise.resolve('bkct_x'),
      queue: () =>
        Promise.resolve({
          jobs: this.jobs,
          agents: { idle: this.desired - this.jobs.running, busy: this.jobs.running, total: this.desired },
          ...{ organization: '', pollMs: 10_000 },
        }),
      forecast: forecasts ? { foresight, past } : undefined,
      boots,
      now: () => this.now,
    };
    this.startCold = () => (this.scaler = new Scaler(settings, calls));
    this.scaler = new Scaler(settings, calls);
  }

  async look(times = 1) {
    let poll = await this.#once();
    for (let more = 1; more < times; more++) poll = await this.#once();
    return poll;
  }

  async #once() {
    this.now += 10_000;
    this.requests = [];
    const poll = await this.scaler.poll();
    expect(this.requests.length, this.requests.join()).to.be.at.most(3);
    return poll;
  }

  #group(): Group {
    const asked = (request: string, change: () => void = () => undefined) => {
      this.requests.push(request);
      change();
      return Promise.resolve();
    };
    const refused = (request: string) =>
      asked(request).then(() => Promise.reject(new Error(`${request}: not allowed`)));
    return {
      read: () => {
        this.requests.push('read');
        const facts: GroupFacts = {
          ...minSizesOf(this.tag, this.min),
          ...{ max: this.max, desired: this.desired, paused: this.paused },
          ...{ pending: 0, inService: this.desired, terminating: 0 },
        };
        return Promise.resolve({
          facts,
          members: { pending: [], inService: [], terminating: [] },
          buying: {
            ...{ purchase: { kind: 'normal' }, paused: this.paused },
            ...{ onDemandPercentage: undefined, distribution: undefined },
          },
          noted: { held: this.tag, stuck: this.stuck, agents: '1=1' },
          versions: { inService: Array.from({ length: this.desired }, () => '1'), all: ['1'] },
          balancesZones: false,
        });
      },
      rememberAgents: () => Promise.resolve(),
      setDesired: (desired) =>
        this.sizeFails ? refused('set') : asked('set', () => (this.desired = desired)),
      hold: (least) => (this.holdFails ? refused('hold') : asked('hold', () => (this.min = least))),
      rememberHeld: (note) =>
        this.tagsFail ? refused('tag') : asked('tag', () => (this.tag = minSizeTagValue(note))),
      rememberStuck: (stuck) =>
        this.tagsFail ? refused('stuck') : asked('stuck', () => (this.stuck = stuckTagValue(stuck))),
      launches: () => asked('launches').then(() => ({ failures: [], shortage: undefined })),
      remember: () => asked('remember'),
      distribute: () => asked('distribute'),
      markUnhealthy: () => asked('unhealthy'),
      release: () => asked('release'),
      suspendBalancing: () => asked('suspend'),
    };
  }
}

describe('a look that forecasts', () => {
  it('launches first, then writes down the least size, then raises it; a request at a time', async () => {
    const stage = new Stage();
    await stage.look(20);
    expect(stage).to.include({ min: 0, desired: 0 });
    stage.now = MIDNIGHT + 540 * MINUTE;
    const seen: string[][] = [];
    for (let look = 0; look < 4; look++) {
      await stage.look();
      seen.push(stage.requests.filter((request) => request !== 'read' && request !== 'history'));
    }
    expect(seen).to.eql([['set'], ['tag'], ['hold'], []]);
    expect(stage).to.include({ min: 8, desired: 8, tag: '0/8' });
  });

  it('gives the least size back when nothing is expected, and to whoever has set it meanwhile', async () => {
    const stage = new Stage();
    await stage.look(20);
    stage.now = MIDNIGHT + 540 * MINUTE;
    await stage.look(4);
    stage.min = 3;
    await stage.look(3);
    expect(stage, 'the forecast wants more than that').to.include({ min: 8, tag: '3/8' });
    stage.now = MIDNIGHT + (DAY + 60) * MINUTE;
    await stage.look(2);
    expect(stage, 'instances end by themselves').to.include({ min: 3, desired: 8 });
    await stage.look(2);
    expect(stage.tag, 'nothing is held').to.equal('3');
    stage.min = 8;
    await stage.look(5);
    expect(stage, "what somebody sets later is no longer taken for the scaler's").to.include({ min: 8 });
  });

  it('gives it back when forecasts are switched off', async () => {
    const stage = new Stage(false);
    Object.assign(stage, { min: 8, desired: 8, tag: '1/8' });
    await stage.look(2);
    expect(stage).to.include({ min: 1, desired: 8 });
    expect((await stage.look()).forecast).to.equal(undefined);
  });

  it('goes on as if nothing was expected where the past cannot be read, and says so', async () => {
    const stage = new Stage();
    stage.historyFails = true;
    stage.now = MIDNIGHT + 540 * MINUTE;
    stage.jobs = { scheduled: 2, running: 0, waiting: 0 };
    const poll = await stage.look();
    expect((poll.forecast?.error as Error).message).to.equal('not allowed');
    expect(stage, 'jobs are grown for').to.include({ min: 0, desired: 2 });
    stage.jobs = { scheduled: 0, running: 2, waiting: 0 };
    expect((await stage.look()).forecast?.error, 'not with every look').to.equal(undefined);
    expect(stage.requests).to.eql(['read']);
    await stage.look(60);
    expect(stage).to.include({ min: 0, desired: 2 });
  });

  it('leaves a paused group alone', async () => {
    const stage = new Stage();
    await stage.look(20);
    Object.assign(stage, { now: MIDNIGHT + 540 * MINUTE, paused: true });
    await stage.look(5);
    expect(stage).to.include({ min: 0, desired: 0, tag: undefined });
    stage.tag = '0/5';
    await stage.look(5);
    expect(stage.tag).to.equal('0/5');
  });
});

describe('a look with a buffer', () => {
  it('counts as ahead what is up for expected jobs alone, and neither the buffer nor the minimum', async () => {
    const stage = new Stage(true, 2);
    expect((await stage.look(20)).forecast?.ahead).to.equal(0);
    expect(stage, 'the buffer is held').to.include({ min: 2, tag: '0/2' });
    stage.startCold();
    expect((await stage.look()).forecast?.ahead, 'at the first look as well').to.equal(0);
    stage.now = MIDNIGHT + 540 * MINUTE;
    expect((await stage.look(5)).forecast?.ahead, 'two of eight').to.equal(6);
    Object.assign(stage, { min: 3 });
    expect((await stage.look(5)).forecast?.ahead, 'the minimum is three').to.equal(5);
    stage.jobs = { scheduled: 0, running: 7, waiting: 0 };
    expect((await stage.look(5)).forecast?.ahead, 'jobs need seven, and nine are held').to.equal(0);
  });

  it('raises and lowers the minimum with what is busy, and gives back the one that the group has', async () => {
    const stage = new Stage(false, 2);
    stage.min = 1;
    await stage.look(4);
    expect(stage).to.include({ desired: 2, min: 2, tag: '1/2' });
    stage.jobs = { scheduled: 0, running: 1, waiting: 0 };
    await stage.look(3);
    expect(stage, 'the buffer is filled up, and kept').to.include({ desired: 3, min: 3, tag: '1/2/3' });
    stage.jobs = { scheduled: 0, running: 0, waiting: 0 };
    await stage.look(40);
    expect(stage, 'the third may end').to.include({ desired: 3, min: 2, tag: '1/3/2' });
    stage.desired = 2;
    const none = new Stage(false, 0);
    Object.assign(none, { min: stage.min, desired: stage.desired, tag: stage.tag });
    await none.look(2);
    expect(none, 'InstanceBuffer is set back').to.include({ desired: 2, min: 1 });
  });

  it('makes one request of each change, and none where nothing changes', async () => {
    const stage = new Stage(false, 2);
    const seen: string[][] = [];
    for (let look = 0; look < 5; look++) {
      await stage.look();
      seen.push(stage.requests.filter((request) => request !== 'read'));
    }
    expect(seen).to.eql([['set'], ['tag'], ['hold'], [], []]);
  });
});

describe('a look at which the minimum cannot be raised', () => {
  it('fails where the size itself is refused, and so does the next', async () => {
    const stage = new Stage(false, 2);
    stage.sizeFails = true;
    for (let look = 0; look < 2; look++) {
      const error = await stage.look().catch((failure: unknown) => failure);
      expect((error as Error).message).to.equal('set: not allowed');
    }
  });

  for (const [fault, request] of [
    ['tagsFail', 'tag'],
    ['holdFails', 'hold'],
  ] as const) {
    it(`goes on without, says so, and tries that again in five minutes (${request})`, async () => {
      const stage = new Stage(false, 2);
      stage[fault] = true;
      await stage.look(request === 'tag' ? 1 : 2);
      const failed = await stage.look();
      expect((failed.noteError as Error).message).to.equal(`${request}: not allowed`);
      expect(failed.decision.memory.busy, 'the look counts').to.have.length(1);
      stage.jobs = { scheduled: 2, running: 0, waiting: 0 };
      const seen = [];
      for (let look = 0; look < 29; look++) {
        const { noteError } = await stage.look();
        expect(stage.requests).to.not.include(request);
        if (noteError !== undefined) seen.push(noteError);
      }
      expect(stage.desired, 'the stuck jobs are known, and tried').to.be.within(5, 8);
      if (fault === 'holdFails') expect(stage.stuck).to.match(/^2 until/);
      expect(seen).to.have.length(fault === 'tagsFail' ? 1 : 0);
      stage[fault] = false;
      await stage.look(4);
      expect(stage.min).to.be.at.least(2);
      expect(stage.tag).to.match(/^0\/2/);
    });
  }
});

describe('a look beside idle agents that take no job', () => {
  const waiting = async () => {
    const stage = new Stage(false);
    Object.assign(stage, { desired: 2, jobs: { scheduled: 2, running: 0, waiting: 0 } });
    await stage.look(5);
    return stage;
  };

  it('writes the stuck jobs down, with the attempt that it makes', async () => {
    const stage = await waiting();
    expect(stage.requests).to.eql(['read', 'set', 'stuck']);
    expect(stage).to.include({
      desired: 3,
      stuck: '2 until 2026-11-23T00:02:50.000Z then 240 s and nothing starts',
    });
    await stage.look();
    expect(stage.requests).to.eql(['read']);
    stage.jobs = { scheduled: 0, running: 2, waiting: 0 };
    await stage.look();
    expect(stage.stuck).to.equal('none');
  });

  it('knows of them after a cold start', async () => {
    const stage = await waiting();
    stage.startCold();
    stage.desired = 0;
    await stage.look(11);
    expect(stage.desired).to.equal(0);
    await stage.look();
    expect(stage, 'the next attempt').to.include({ desired: 1 });
  });

  it('forgets none of them after a cold start because others run', async () => {
    const stage = new Stage(false);
    const noted = '5 until 2026-11-23T00:10:00.000Z then 330 s';
    Object.assign(stage, { desired: 5, stuck: noted, jobs: { scheduled: 4, running: 3, waiting: 0 } });
    await stage.look(2);
    expect(stage.desired).to.equal(5);
    expect(stage.stuck, 'one was canceled').to.equal(noted.replace('5', '4'));
    stage.jobs = { scheduled: 3, running: 4, waiting: 0 };
    await stage.look();
    expect(stage.desired, 'one has started').to.equal(7);
  });

  it('goes on where they cannot be written down, says so, and tries that again in five minutes', async () => {
    const stage = new Stage(false);
    Object.assign(stage, { desired: 2, tagsFail: true, jobs: { scheduled: 2, running: 0, waiting: 0 } });
    await stage.look(4);
    const failed = await stage.look();
    expect((failed.noteError as Error).message).to.equal('stuck: not allowed');
    expect(stage.desired).to.equal(3);
    expect((await stage.look()).noteError).to.equal(undefined);
    stage.tagsFail = false;
    await stage.look(28);
    expect(stage.stuck).to.equal(undefined);
    await stage.look();
    expect(stage.stuck).to.match(/^2 until/);
  });

  it('leaves the note of a paused group alone', async () => {
    const stage = await waiting();
    const { stuck } = stage;
    Object.assign(stage, { paused: true, jobs: { scheduled: 0, running: 0, waiting: 0 } });
    await stage.look(2);
    expect(stage.stuck).to.equal(stuck);
  });
});
