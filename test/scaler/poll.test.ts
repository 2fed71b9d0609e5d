import { expect } from 'chai';
import { BootTimes } from '../../src/scaler/forecast/boot-times.ts';
import type { Group, GroupPurchase, LaunchFailure } from '../../src/scaler/group/group.ts';
import { pauseAfter, Scaler } from '../../src/scaler/poll.ts';
import { Throttled, TokenRefused } from '../../src/scaler/queue.ts';
import type { GroupFacts, QueueMetrics } from '../../src/scaler/sizing/observation.ts';
import type { SpotShortage } from '../../src/scaler/spot/shortage.ts';
import { scalerSettings } from '../support/scaling.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-11-25T10:00:00Z');

/** A queue and a group that are as a test says, and the requests that looks make of them. */
class Scene {
  now = START;
  jobs: QueueMetrics['jobs'] = { scheduled: 0, running: 0, waiting: 0 };
  agents: QueueMetrics['agents'] = { idle: 0, busy: 0, total: 0 };
  facts: Partial<GroupFacts> = {};
  members = { pending: [] as string[], inService: [] as string[], terminating: [] as string[] };
  buying: Partial<GroupPurchase> = {};
  noted: { held?: string; stuck?: string; agents?: string } = { agents: '1=1' };
  versions: string[] | undefined;
  balancesZones = false;
  failures: LaunchFailure[] = [];
  shortage: SpotShortage | undefined;
  pollMs = 10_000;
  /** Requests that are refused. */
  readonly refusing = new Set<string>();
  /** How often the token is refused. */
  refusedTokens = 0;
  readonly requests: string[] = [];
  readonly scaler: Scaler;

  constructor(environment: Parameters<typeof scalerSettings>[0] = {}) {
    this.scaler = new Scaler(scalerSettings(environment), {
      group: this.#group(),
      token: (fresh) => Promise.resolve(fresh ? 'fresh' : 'kept'),
      queue: (token) => {
        if (this.refusedTokens-- > 0) return Promise.reject(new TokenRefused(token));
        return Promise.resolve({
          jobs: this.jobs,
          agents: this.agents,
          organization: token,
          pollMs: this.pollMs,
        });
      },
      boots: new BootTimes(),
      now: () => this.now,
    });
  }

  /** @returns what the look did beside reading */
  async look(after = 10_000) {
    this.now += after;
    this.requests.length = 0;
    const poll = await this.scaler.poll();
    return { poll, requests: [...this.requests] };
  }

  /** Looks every ten seconds, the last of which comes so long after the first. */
  async lookFor(milliseconds: number): Promise<void> {
    for (let passed = 0; passed < milliseconds; passed += 10_000) await this.look();
  }

  #group(): Group {
    const ask = (...words: (string | number)[]) => {
      this.requests.push(words.join(' '));
      return this.refusing.has(String(words[0])) ? Promise.reject(new Error('refused')) : Promise.resolve();
    };
    return {
      read: () => {
        const { pending, inService, terminating } = this.members;
        const counts = {
          ...{ pending: pending.length, inService: inService.length, terminating: terminating.length },
          desired: pending.length + inService.length,
        };
        const facts = { min: 0, max: 10, paused: false, ...counts, ...this.facts };
        return Promise.resolve({
          facts,
          members: this.members,
          buying: {
            ...{ purchase: { kind: 'normal' as const }, onDemandPercentage: 0, distribution: undefined },
            ...{ paused: facts.paused },
            ...this.buying,
          },
          noted: { held: this.noted.held, stuck: this.noted.stuck, agents: this.noted.agents },
          versions: {
            inService: this.versions ?? inService.map(() => '1'),
            all: this.versions ?? inService.map(() => '1'),
          },
          balancesZones: this.balancesZones,
        });
      },
      setDesired: (desired) => ask('setDesired', desired),
      hold: (minSize) => ask('hold', minSize),
      rememberHeld: ({ min, held }) => ask('rememberHeld', min, ...held),
      rememberStuck: (stuck) => ask('rememberStuck', stuck?.jobs ?? 'none'),
      rememberAgents: (agents) => ask('rememberAgents', ...[...agents].flat()),
      launches: () => ask('launches').then(() => ({ failures: this.failures, shortage: this.shortage })),
      markUnhealthy: (id) => ask('markUnhealthy', id),
      release: (id) => ask('release', id),
      remember: ({ kind }) => ask('remember', kind),
      distribute: (_, percentage) => ask('distribute', percentage),
      suspendBalancing: () => ask('suspendBalancing'),
    };
  }
}

const SPOT = { ON_DEMAND_PERCENTAGE: '0', SPOT_FALLBACK_MINUTES: '10' };
const refused = async (poll: Promise<unknown>) => {
  const error: unknown = await poll.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).to.be.instanceOf(Error);
  return error as Error;
};

describe('a look', () => {
  it('sets the size that is decided on, and asks for nothing where that is as it should be', async () => {
    const scene = new Scene();
    expect((await scene.look()).requests).to.eql([]);
    scene.jobs = { scheduled: 3, running: 0, waiting: 0 };
    scene.facts = { desired: 0 };
    expect((await scene.look()).requests[0]).to.equal('setDesired 3');
    scene.facts = { desired: 3, pending: 3 };
    expect((await scene.look()).requests).to.eql([]);
  });

  it('decides again when the size was refused, as if nothing had been decided', async () => {
    const scene = new Scene({ SCALE_OUT_COOLDOWN_PERIOD: '300' });
    scene.jobs = { scheduled: 3, running: 0, waiting: 0 };
    scene.refusing.add('setDesired');
    await refused(scene.look());
    scene.refusing.clear();
    expect((await scene.look()).requests[0]).to.equal('setDesired 3');
  });

  it('waits as long as Buildkite and the settings ask for, the longer of the two', async () => {
    const scene = new Scene({ MIN_POLL_INTERVAL: '20s' });
    expect((await scene.look()).poll.pauseMs).to.equal(20_000);
    scene.pollMs = 30_000;
    expect((await scene.look()).poll.pauseMs).to.equal(30_000);
  });

  it('asks for the token again when it was refused, once', async () => {
    const scene = new Scene();
    expect((await scene.look()).poll.organization).to.equal('kept');
    scene.refusedTokens = 1;
    expect((await scene.look()).poll.organization).to.equal('fresh');
    scene.refusedTokens = 2;
    expect(await refused(scene.look())).to.be.instanceOf(TokenRefused);
  });

  it('waits after a failure as the settings say, or as Buildkite does if that is longer', () => {
    const settings = { minPollMs: 10_000 };
    expect(pauseAfter(new Error('any'), settings)).to.equal(10_000);
    expect(pauseAfter(new Throttled('slow down', 30_000), settings)).to.equal(30_000);
    expect(pauseAfter(new Throttled('slow down', 5_000), settings)).to.equal(10_000);
  });
});

describe('a look at the minimum for idle instances', () => {
  const buffered = () => {
    const scene = new Scene({ INSTANCE_BUFFER: '2' });
    scene.members.inService = ['i-1', 'i-2'];
    scene.agents = { idle: 2, busy: 0, total: 2 };
    return scene;
  };

  it('writes down what it raises, then raises it', async () => {
    const scene = buffered();
    expect((await scene.look()).requests).to.eql(['rememberHeld 0 2']);
    scene.noted.held = '0/2';
    expect((await scene.look()).requests).to.eql(['hold 2']);
  });

  it('leaves it alone while the size changes, or the group is paused', async () => {
    const scene = buffered();
    scene.jobs = { scheduled: 1, running: 0, waiting: 0 };
    expect((await scene.look()).requests[0]).to.equal('setDesired 3');
    scene.jobs = { scheduled: 0, running: 0, waiting: 0 };
    scene.facts = { paused: true };
    expect((await scene.look()).requests).to.eql([]);
  });

  for (const [request, held] of [
    ['rememberHeld', undefined],
    ['hold', '0/2'],
  ] as const) {
    it(`goes on when ${request} is refused, says so, and tries again after five minutes`, async () => {
      const scene = buffered();
      if (held !== undefined) scene.noted.held = held;
      scene.refusing.add(request);
      const { poll } = await scene.look();
      expect((poll.noteError as Error).message).to.equal('refused');
      expect((await scene.look(5 * MINUTE - 1)).requests).to.eql([]);
      const again = await scene.look(1);
      expect(again.requests).to.have.length(1);
      scene.refusing.clear();
      expect((await scene.look(5 * MINUTE)).poll.noteError).to.equal(undefined);
    });
  }
});

describe('a look at stuck jobs', () => {
  const TAG = `2 until ${new Date(START + 60 * MINUTE).toISOString()} then 240 s`;

  it('knows of them from the group, and leaves the note as it is', async () => {
    const scene = new Scene();
    scene.noted.stuck = TAG;
    scene.jobs = { scheduled: 2, running: 0, waiting: 0 };
    const { poll, requests } = await scene.look();
    expect(poll.decision.desired).to.equal(0);
    expect(requests).to.eql([]);
  });

  it('takes none for started because others ran when the function started', async () => {
    const scene = new Scene();
    scene.noted.stuck = TAG;
    scene.jobs = { scheduled: 1, running: 5, waiting: 0 };
    expect((await scene.look()).requests).to.eql(['rememberStuck 1']);
  });

  it('writes down that there are none any more', async () => {
    const scene = new Scene();
    scene.noted.stuck = TAG;
    expect((await scene.look()).requests).to.eql(['rememberStuck none']);
    scene.noted.stuck = 'none';
    expect((await scene.look()).requests).to.eql([]);
  });

  it('remembers for itself what the group says no more', async () => {
    const scene = new Scene();
    scene.noted.stuck = TAG;
    scene.jobs = { scheduled: 2, running: 0, waiting: 0 };
    await scene.look();
    delete scene.noted.stuck;
    const { poll, requests } = await scene.look();
    expect(poll.decision.desired).to.equal(0);
    expect(requests).to.eql(['rememberStuck 2']);
  });

  it('goes on when that is refused, says so, and tries again after five minutes', async () => {
    const scene = new Scene();
    scene.noted.stuck = TAG;
    scene.refusing.add('rememberStuck');
    expect(((await scene.look()).poll.noteError as Error).message).to.equal('refused');
    expect((await scene.look(5 * MINUTE - 1)).requests).to.eql([]);
    expect((await scene.look(1)).requests).to.eql(['rememberStuck none']);
  });

  it('leaves a paused group its note', async () => {
    const scene = new Scene();
    scene.noted.stuck = TAG;
    scene.facts = { paused: true };
    expect((await scene.look()).requests).to.eql([]);
  });
});

describe('a look after AgentsPerInstance has changed', () => {
  it('counts the agents that instances were launched with, and notes those of its own version', async () => {
    const scene = new Scene({ AGENTS_PER_INSTANCE: '4', LAUNCH_TEMPLATE_VERSION: '8' });
    scene.noted = { agents: '6=2 7=1' };
    scene.members.inService = ['i-1', 'i-2', 'i-3'];
    scene.versions = ['7', '7', '8'];
    scene.agents = { idle: 0, busy: 6, total: 6 };
    scene.jobs = { scheduled: 8, running: 6, waiting: 0 };
    const { poll, requests } = await scene.look();
    expect(poll.decision.reason).to.equal('8 jobs need an agent; 0 agents idle, 0 starting');
    expect(requests).to.eql(['setDesired 5', 'rememberAgents 7 1 8 4']);
    scene.refusing.add('rememberAgents');
    expect((await scene.look()).poll.noteError).to.be.instanceOf(Error);
    expect((await scene.look(5 * MINUTE - 1)).requests.join()).not.to.contain('rememberAgents');
    expect((await scene.look(1)).requests.join()).to.contain('rememberAgents');
    scene.noted = { agents: '7=1 8=4' };
    expect((await scene.look(5 * MINUTE)).requests.join()).not.to.contain('rememberAgents');
  });

  it('leaves a paused group its note', async () => {
    const scene = new Scene({ AGENTS_PER_INSTANCE: '4' });
    scene.facts = { paused: true };
    expect((await scene.look()).requests).to.eql([]);
  });
});

describe('a look at instances that do not work', () => {
  it('releases one whose boot never ended, once', async () => {
    const scene = new Scene();
    scene.members.pending = ['i-1'];
    await scene.lookFor(10 * MINUTE);
    await scene.look();
    scene.members = { pending: [], inService: [], terminating: ['i-1'] };
    const { poll, requests } = await scene.look();
    expect(poll.released).to.eql(['i-1']);
    expect(requests).to.eql(['release i-1']);
    expect((await scene.look()).requests).to.eql([]);
  });

  it('replaces one of those in service where no agent comes for ten minutes and jobs wait', async () => {
    const scene = new Scene();
    scene.members.inService = ['i-1', 'i-2'];
    scene.facts = { max: 2 };
    scene.jobs = { scheduled: 3, running: 0, waiting: 0 };
    await scene.lookFor(10 * MINUTE);
    expect((await scene.look(9_999)).poll.replaced).to.eql([]);
    const { poll, requests } = await scene.look(1);
    expect(poll.replaced).to.eql(['i-1']);
    expect(requests).to.eql(['markUnhealthy i-1']);
  });

  it('replaces none because there was no agent before an outage and after it', async () => {
    const scene = new Scene();
    scene.members.inService = ['i-1', 'i-2'];
    scene.facts = { max: 2 };
    scene.jobs = { scheduled: 3, running: 0, waiting: 0 };
    await scene.look();
    expect((await scene.look(60 * MINUTE)).requests).to.eql([]);
  });

  it('finds one between looks that are as far apart as the function is started', async () => {
    const scene = new Scene({ SCHEDULE_PERIOD: '5 minutes' });
    scene.members.inService = ['i-1'];
    scene.facts = { max: 1 };
    scene.jobs = { scheduled: 3, running: 0, waiting: 0 };
    await scene.look();
    await scene.look(5 * MINUTE);
    expect((await scene.look(5 * MINUTE)).requests).to.eql(['markUnhealthy i-1']);
  });

  it('gets another one beside it where it boots for far longer than others did', async () => {
    const scene = new Scene();
    scene.jobs = { scheduled: 1, running: 0, waiting: 0 };
    scene.members = { ...scene.members, pending: ['i-1'] };
    await scene.lookFor(6 * MINUTE);
    expect(scene.requests).to.eql([]);
    expect((await scene.look()).requests).to.include('setDesired 2');
    scene.members = { ...scene.members, pending: ['i-1', 'i-2'] };
    expect((await scene.look()).requests).not.to.include('setDesired 3');
  });

  it('makes one such request, and leaves the rest to the next look', async () => {
    const scene = new Scene();
    scene.members = { pending: ['i-3'], inService: ['i-1'], terminating: [] };
    scene.facts = { max: 1, desired: 1 };
    scene.jobs = { scheduled: 3, running: 0, waiting: 0 };
    scene.balancesZones = true;
    await scene.lookFor(10 * MINUTE);
    await scene.look();
    scene.members = { pending: [], inService: ['i-1'], terminating: ['i-3'] };
    expect((await scene.look()).requests).to.eql(['release i-3']);
    expect((await scene.look()).requests).to.eql(['markUnhealthy i-1']);
  });
});

describe('a look at balancing', () => {
  it('suspends it where the group has it, and tries again after five minutes', async () => {
    const scene = new Scene();
    scene.balancesZones = true;
    const { poll, requests } = await scene.look();
    expect(requests).to.eql(['suspendBalancing']);
    expect(poll.balancing).to.eql({ error: undefined });
    expect((await scene.look(5 * MINUTE - 1)).requests).to.eql([]);
    scene.refusing.add('suspendBalancing');
    expect(((await scene.look(1)).poll.balancing?.error as Error).message).to.equal('refused');
  });

  it('leaves it where it is suspended, or the group paused', async () => {
    const scene = new Scene();
    expect((await scene.look()).poll.balancing).to.equal(undefined);
    scene.balancesZones = true;
    scene.facts = { paused: true };
    expect((await scene.look()).requests).to.eql([]);
  });

  it('comes after what is noted of stuck jobs', async () => {
    const scene = new Scene();
    scene.balancesZones = true;
    scene.noted.stuck = `2 until ${new Date(START).toISOString()} then 240 s`;
    expect((await scene.look()).requests).to.eql(['rememberStuck none']);
  });
});

describe('a look at spot', () => {
  const shortage = (minutes: number): SpotShortage => ({
    since: START - minutes * MINUTE,
    until: START,
    reason: 'no capacity',
  });
  /** One instance is missing. */
  const short = (environment = SPOT) => {
    const scene = new Scene(environment);
    scene.facts = { desired: 1 };
    scene.jobs = { scheduled: 1, running: 0, waiting: 0 };
    return scene;
  };

  it('asks what launches came to only while instances are missing, or spot is on trial', async () => {
    const scene = short();
    expect((await scene.look()).requests).to.eql(['launches']);
    scene.facts = { desired: 1, pending: 1 };
    expect((await scene.look()).requests).to.eql([]);
    scene.facts = { desired: 1, inService: 1 };
    scene.agents = { idle: 1, busy: 0, total: 1 };
    expect((await scene.look()).requests).to.eql([]);
    scene.buying = { purchase: { kind: 'trial', until: START + 60 * MINUTE } };
    expect((await scene.look()).requests).to.eql(['launches']);
  });

  it('falls back at the look after the one that finds the shortage, and then starts anew', async () => {
    const scene = short();
    scene.shortage = shortage(10);
    const found = await scene.look();
    expect(found.requests).to.eql(['launches']);
    expect(found.poll.buying.shortage).to.eql(scene.shortage);
    const { poll, requests } = await scene.look();
    expect(requests).to.eql(['remember on-demand']);
    expect(poll.buying.change?.step?.kind).to.equal('remember');
    expect(poll.buying.shortage, 'done with').to.equal(undefined);
    scene.buying = { purchase: { kind: 'on-demand', until: START + 60 * MINUTE } };
    expect((await scene.look()).requests).to.eql(['distribute 100']);
  });

  it('keeps what it knows of the shortage when the change is refused, and tries it again', async () => {
    const scene = short();
    scene.shortage = shortage(10);
    await scene.look();
    scene.refusing.add('remember');
    const { poll } = await scene.look();
    expect((poll.buying.error as Error).message).to.equal('refused');
    expect(poll.buying.change).to.equal(undefined);
    expect((await scene.look()).requests).to.eql(['remember on-demand']);
  });

  it('takes failures for those of before while everything is on-demand', async () => {
    const scene = short();
    scene.shortage = shortage(99);
    scene.buying = {
      purchase: { kind: 'on-demand', until: START + 60 * MINUTE },
      onDemandPercentage: 100,
    };
    const { poll, requests } = await scene.look();
    expect(requests).to.eql(['launches']);
    expect(poll.buying.shortage).to.equal(undefined);
  });

  for (const [minutes, environment] of [
    [10, SPOT],
    [5, { ...SPOT, SPOT_FALLBACK_MINUTES: '0' }],
  ] as const) {
    it(`tells of a shortage once, after ${minutes} minutes`, async () => {
      const scene = short(environment);
      scene.shortage = { ...shortage(0), since: START - minutes * MINUTE + 10_001 };
      expect((await scene.look()).poll.buying.told).to.equal(undefined);
      scene.shortage = { ...shortage(0), since: START - minutes * MINUTE, until: START + 10_000 };
      expect((await scene.look(0)).poll.buying.told).to.contain('spot has had no capacity for');
      scene.refusing.add('remember');
      expect((await scene.look()).poll.buying.told).to.equal(undefined);
    });
  }

  it('tells of the next one again', async () => {
    const scene = short({ ...SPOT, SPOT_FALLBACK_MINUTES: '0' });
    scene.shortage = shortage(6);
    expect((await scene.look()).poll.buying.told).to.be.a('string');
    scene.facts = { desired: 0 };
    scene.jobs = { scheduled: 0, running: 0, waiting: 0 };
    expect((await scene.look()).poll.buying).to.include({ told: undefined, shortage: undefined });
    scene.facts = { desired: 1 };
    scene.jobs = { scheduled: 1, running: 0, waiting: 0 };
    expect((await scene.look()).poll.buying.told).to.be.a('string');
  });
});

describe('launches that failed', () => {
  const failure = (id: string, at: number): LaunchFailure => ({ id, message: id, at });

  it('are told once each, those of the last ten minutes at the first look', async () => {
    const scene = new Scene();
    scene.facts = { desired: 1 };
    scene.jobs = { scheduled: 1, running: 0, waiting: 0 };
    const first = START + 10_000;
    scene.failures = [failure('late', first - 1), failure('edge', first - 10 * MINUTE), failure('old', 0)];
    expect((await scene.look()).poll.failures.map(({ id }) => id)).to.eql(['late']);
    expect((await scene.look()).poll.failures).to.eql([]);
    scene.failures = [failure('new', first + 5), ...scene.failures];
    expect((await scene.look()).poll.failures.map(({ id }) => id)).to.eql(['new']);
  });

  it('are none where nobody asked', async () => {
    expect((await new Scene().look()).poll.failures).to.eql([]);
  });
});
