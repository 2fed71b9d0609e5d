import { expect } from 'chai';
import type { GroupFacts, QueueMetrics } from '../../../src/scaler/decide.ts';
import { BootTimes } from '../../../src/scaler/forecast/boot-times.ts';
import { Foresight } from '../../../src/scaler/forecast/foresight.ts';
import { Past } from '../../../src/scaler/forecast/past.ts';
import type { Group } from '../../../src/scaler/group.ts';
import { heldOf, heldTagValue } from '../../../src/scaler/held-tag.ts';
import { Scaler } from '../../../src/scaler/poll.ts';
import { scalerSettings } from '../../support/scaling.ts';

const MINUTE = 60_000;
const DAY = 24 * 60;
const MIDNIGHT = Date.parse('2026-11-23T00:00:00Z');

const settings = scalerSettings({ PREDICTIVE_SCALING_MAX_IDLE_HOURS: '100' });

/** A group whose instances are in service as soon as they are wanted, and the requests that each look made of AWS. */
class Stage {
  min = 0;
  desired = 0;
  max = 50;
  tag: string | undefined;
  paused = false;
  jobs: QueueMetrics['jobs'] = { scheduled: 0, running: 0, waiting: 0 };
  now = MIDNIGHT;
  historyFails = false;
  requests: string[] = [];
  readonly scaler: Scaler;

  constructor(forecasts = true) {
    const boots = new BootTimes();
    const foresight = new Foresight({ agentsPerInstance: 1, idleHours: 100 }, boots);
    const past = new Past(foresight, (from, until) => {
      this.requests.push('history');
      if (this.historyFails) return Promise.reject(new Error('not allowed'));
      const demand = new Map<number, number>();
      for (let minute = from; minute < until; minute++) demand.set(minute, minute % DAY >= 540 ? 8 : 0);
      return Promise.resolve({ demand, ahead: new Map(), next: undefined });
    });
    this.scaler = new Scaler(settings, {
      group: this.#group(),
      token: () => Promise.resolve('bkct_x'),
      queue: () =>
        Promise.resolve({
          jobs: this.jobs,
          agents: { idle: this.desired, busy: 0, total: this.desired },
          ...{ organization: '', pollMs: 10_000 },
        }),
      forecast: forecasts ? { foresight, past, boots } : undefined,
      now: () => this.now,
    });
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
    return {
      read: () => {
        this.requests.push('read');
        const facts: GroupFacts = {
          ...heldOf(this.tag, this.min),
          ...{ max: this.max, desired: this.desired, paused: this.paused },
          ...{ pending: 0, inService: this.desired, terminating: 0 },
        };
        return Promise.resolve({
          facts,
          members: { pending: [], inService: [], terminating: [] },
          buying: {
            ...{ purchase: { kind: 'as-set' }, paused: this.paused },
            ...{ onDemandPercentage: undefined, distribution: undefined },
          },
          noted: { held: this.tag, stuck: undefined },
        });
      },
      setDesired: (desired) => asked('set', () => (this.desired = desired)),
      hold: (least) => asked('hold', () => (this.min = least)),
      rememberHeld: (note) => asked('tag', () => (this.tag = heldTagValue(note))),
      rememberStuck: () => asked('stuck'),
      launches: () => asked('launches').then(() => ({ failures: [], shortage: undefined })),
      remember: () => asked('remember'),
      distribute: () => asked('distribute'),
      markUnhealthy: () => asked('unhealthy'),
      release: () => asked('release'),
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
  });
});
