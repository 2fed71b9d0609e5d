import { expect } from 'chai';
import { OperationError, UsageError } from '../../../src/errors.ts';
import { type RotationRequest } from '../../../src/stack/token/next.ts';
import {
  rotateToken,
  type RotationCalls,
  type RotationResult,
  testToken,
} from '../../../src/stack/token/rotate.ts';
import { rotationText } from '../../../src/stack/token/text.ts';
import type { Theme } from '../../../src/terminal/theme.ts';
import type { RefreshCalls, RefreshState } from '../../../src/stack/rollout/refresh.ts';

const ORDER: RotationRequest = {
  stackName: 'ci',
  parameter: '/bk-stack/ci/agent-token',
  endpoint: 'https://agent.example/v3',
  group: 'group',
  token: 'new',
  minHealthy: 90,
  roll: true,
};
const NO_WAIT = { pause: () => Promise.resolve(), random: () => 0 };

/** SSM, Buildkite and a group, as a story tells them. */
class World implements RotationCalls, RefreshCalls {
  readonly versions = ['old'];
  readonly started: number[] = [];
  readonly told: string[] = [];
  readonly refreshed: string[] = [];
  cancelled = false;
  releases = 0;
  /** Answers of Buildkite by token, the last one for ever. */
  answers: Record<string, (number | Error)[]> = { old: [200], new: [200] };
  organizations: Record<string, string> = {};
  running: string | undefined;
  size = 3;
  states: RefreshState[] = [
    { status: 'InProgress', percentage: 0, left: 3 },
    { status: 'Successful', percentage: 100, left: 0 },
  ];

  read() {
    const { length } = this.versions;
    return Promise.resolve({ token: this.versions.at(-1)!, type: 'SecureString' as const, version: length });
  }
  readonly writes: object[] = [];
  write(parameter: string, token: string, how: object) {
    this.writes.push({ parameter, token, ...how });
    this.versions.push(token);
    return Promise.resolve(this.versions.length);
  }
  metrics(_endpoint: string, token: string) {
    const left = this.answers[token]!;
    const answer = left.length > 1 ? left.shift()! : left[0]!;
    if (answer instanceof Error) return Promise.reject(answer);
    const slug = this.organizations[token] ?? 'acme';
    return Promise.resolve({ status: answer, body: { organization: { slug } } });
  }
  instances() {
    return Promise.resolve(this.size);
  }
  active() {
    return Promise.resolve(this.running);
  }
  start(_group: string, { minHealthy }: { minHealthy: number }) {
    this.started.push(minHealthy);
    return Promise.resolve('refresh');
  }
  cancel() {
    this.cancelled = true;
    return Promise.resolve();
  }
  describe() {
    return Promise.resolve(this.states.length > 1 ? this.states.shift()! : this.states[0]!);
  }

  releaseWarm() {
    this.releases += 1;
    return Promise.resolve();
  }

  rotate(order: Partial<RotationRequest> = {}) {
    const told = this.told;
    const observer = {
      say: (line: string) => told.push(line),
      refreshed: ({ status, left }: RefreshState, instances: number) => {
        this.refreshed.push(`${status} ${left}/${instances}`);
      },
    };
    return rotateToken(this, this, { ...ORDER, ...order }, NO_WAIT, observer).finally(() => {
      expect(told.join()).to.not.match(/\bnew\b(?! token)|\bold\b/);
    });
  }
  async failure(order: Partial<RotationRequest> = {}): Promise<UsageError | OperationError> {
    try {
      await this.rotate(order);
    } catch (error) {
      return error as OperationError;
    }
    throw new Error('it went well');
  }
}

const as = (text: string) => text;
const THEME: Theme = { stack: as, command: as, good: as, busy: as, bad: as, dim: as, heading: as };
const plain = (result: RotationResult) => rotationText(result, THEME);

describe('rotating an agent token', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  it('tests it, keeps it beside the one before, and has the instances replaced', async () => {
    expect(await world.rotate()).to.include({
      previousVersion: 1,
      version: 2,
      organization: 'acme',
      replaced: 3,
    });
    expect(world.versions).to.eql(['old', 'new']);
    expect(world.started).to.eql([90]);
  });

  it('lets instances of a warm pool go at once, which have no job to wait for', async () => {
    const world = new World();
    await world.rotate();
    expect(world.releases).to.equal(0);
    const warm = new World();
    warm.states = [{ status: 'InProgress', percentage: 50, left: 1, leftWarm: 1 }, ...warm.states];
    await warm.rotate();
    expect(warm.releases).to.equal(1);
  });

  it('leaves the instances as they are where that is asked for, or where there are none', async () => {
    expect(await world.rotate({ roll: false })).to.not.have.property('replaced');
    world.size = 0;
    expect(await world.rotate()).to.include({ replaced: 0 });
    expect(world.started).to.eql([]);
  });

  it('replaces the instances all the same where the token is there already, from a run that ended early', async () => {
    world.versions.push('new');
    expect(await world.rotate()).to.include({ version: 2, same: true, replaced: 3 });
    expect(world.versions).to.eql(['old', 'new']);
  });

  it('says of a token that was there already only that, and names none that could be revoked', async () => {
    expect(plain(await world.rotate())).to.match(
      /ci has its new token, as version 2 of .*3 instances were replaced\.\nThe one before can be revoked/,
    );
    const again = plain(await world.rotate());
    expect(again).to.match(/ci had this token already, as version 2 of .*3 instances were replaced\.$/);
    world.size = 1;
    expect(plain(await world.rotate())).to.match(/1 instance was replaced\.$/);
    expect(plain(await world.rotate({ roll: false }))).to.match(/already.*New instances use it\.$/);
    const unrolled = new World();
    expect(plain(await unrolled.rotate({ roll: false }))).to.equal(
      '✔ ci has its new token, as version 2 of /bk-stack/ci/agent-token. New instances use it.',
    );
  });

  it('puts nothing back where Buildkite refuses a token that was there already', async () => {
    world.versions.push('new');
    world.answers['new'] = [200, 200, 401];
    const { message, hint } = await world.failure();
    expect(message).to.match(/does not take the token any more that ci has/);
    expect(hint).to.match(/bk-stack token rotate ci --token-stdin/);
    expect(world.versions).to.eql(['old', 'new']);
  });

  it('changes nothing for a token that Buildkite refuses, that cannot be tested, or of another organization', async () => {
    world.answers['new'] = [401];
    expect(await world.failure()).to.be.instanceOf(UsageError);
    world.answers['new'] = [503];
    expect((await world.failure()).message).to.match(/could not be checked: it answers with HTTP 503/);
    world.answers['new'] = [new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } })];
    expect((await world.failure()).message).to.match(/could not be checked: ECONNREFUSED/);
    world.answers['new'] = [200];
    world.organizations = { new: 'other' };
    expect((await world.failure()).message).to.match(
      /belongs to the organization other, and the agents serve acme/,
    );
    expect(world.versions).to.eql(['old']);
  });

  it('changes nothing while the instances are being replaced anyway', async () => {
    world.running = 'another';
    expect(await world.failure()).to.be.instanceOf(OperationError);
    expect(world.versions).to.eql(['old']);
  });

  it('puts the one before back where Buildkite refuses it after all', async () => {
    world.answers['new'] = [200, 401];
    expect((await world.failure()).message).to.match(/the one before is back in .* as version 3/);
    expect(world.versions).to.eql(['old', 'new', 'old']);
    expect(world.started).to.eql([]);
  });

  it('stops replacing instances, and puts the one before back, where Buildkite refuses it meanwhile', async () => {
    const waiting: RefreshState = { status: 'InProgress', percentage: 0, left: 3 };
    world.states = [...Array<RefreshState>(20).fill(waiting), { ...waiting, status: 'Successful' }];
    world.answers['new'] = [200, 200, 200, 503, 401];
    expect((await world.failure()).message).to.match(/the one before is back in .* as version 3/);
    expect(world.versions).to.eql(['old', 'new', 'old']);
    expect(world.cancelled).to.equal(true);
  });

  it('tells where the instances were not all replaced, and undoes it if the token is why', async () => {
    world.states = [{ status: 'Failed', percentage: 30, left: 2, reason: 'no capacity' }];
    const failure = await world.failure();
    expect(failure.message).to.match(/instance refresh is Failed \(no capacity\)/);
    expect(failure.hint).to.match(/2 still run with the one before/);
    expect(world.versions).to.eql(['old', 'new']);
    world = new World();
    world.states = [{ status: 'Failed', percentage: 30, left: 2 }];
    world.answers['new'] = [200, 200, 401];
    expect((await world.failure()).message).to.match(/the one before is back/);
    expect(world.versions.at(-1)).to.equal('old');
  });

  it('writes into the stack’s own parameter, as it was and with its key, and says which versions there are', async () => {
    await world.rotate({ kmsKey: 'alias/own' });
    expect(world.writes).to.eql([
      { parameter: ORDER.parameter, token: 'new', type: 'SecureString', kmsKey: 'alias/own' },
    ]);
    expect(world.told).to.eql([
      'Buildkite takes the new token (acme)',
      '/bk-stack/ci/agent-token holds it as version 2; version 1 is kept',
    ]);
    expect(world.refreshed).to.eql(['InProgress 3/3', 'Successful 0/3']);
    const again = new World();
    again.versions.push('new');
    await again.rotate();
    expect(again.writes).to.eql([]);
    expect(again.told).to.eql([
      'Buildkite takes the token (acme)',
      '/bk-stack/ci/agent-token holds it already, as version 2',
    ]);
  });

  it('tells what to do next, with each failure', async () => {
    const outcome = async (change: (world: World) => void, request: Partial<RotationRequest> = {}) => {
      const other = new World();
      change(other);
      const { message, hint, details } = await other.failure(request);
      return { message, hint, ...(details !== undefined && { details }) };
    };
    expect(await outcome((one) => (one.running = 'r-1'))).to.eql({
      message: 'The instances of ci are being replaced already (instance refresh r-1)',
      hint: 'Nothing was changed. Wait for its end (bk-stack status ci), and repeat the command.',
    });
    expect(await outcome((one) => (one.answers['new'] = [403]))).to.eql({
      message: 'Buildkite (agent.example) does not accept the new token',
      hint: 'Nothing was changed. Make one in Buildkite under Agents, your cluster, Agent Tokens. It is no API access token (bkua_...).',
    });
    expect(await outcome((one) => (one.answers['new'] = [500]))).to.eql({
      message: 'Whether Buildkite accepts the new token could not be checked: it answers with HTTP 500',
      hint: 'Nothing was changed. Repeat the command when Buildkite can be reached from here.',
    });
    expect(await outcome((one) => (one.organizations = { new: 'other' }))).to.eql({
      message: 'The new token belongs to the organization other, and the agents serve acme',
      hint: 'Nothing was changed. A stack for another organization is a new stack: bk-stack create',
    });
    expect(
      await outcome((one) => {
        one.versions.push('new');
        one.answers['new'] = [200, 200, 401];
      }),
    ).to.eql({
      message: 'Buildkite does not take the token any more that ci has in /bk-stack/ci/agent-token',
      hint: 'It had that one already, so there is none before it to go back to. Make another in Buildkite under Agents, your cluster, Agent Tokens: bk-stack token rotate ci --token-stdin < new-token.txt',
    });
    expect(await outcome((one) => (one.answers['new'] = [200, 401]))).to.eql({
      message:
        'Buildkite does not take the new token any more, so the one before is back in /bk-stack/ci/agent-token, as version 3',
      hint: 'Make another in Buildkite under Agents, your cluster, Agent Tokens, and repeat the command.',
    });
    const failed = { status: 'Failed', percentage: 30, left: 2 };
    const result = { stackName: 'ci', parameter: ORDER.parameter, previousVersion: 1, organization: 'acme' };
    expect(await outcome((one) => (one.states = [failed]))).to.eql({
      message: 'The instances of ci were not all replaced: the instance refresh is Failed',
      hint: 'New instances use the new token, 2 still run with the one before, which is therefore not to be revoked yet. See bk-stack status ci, then repeat the command with the same token.',
      details: { ...result, version: 2, same: false, refresh: failed },
    });
    expect(
      await outcome((one) => {
        one.versions.push('new');
        one.states = [{ ...failed, reason: 'no capacity' }];
      }),
    ).to.deep.include({
      message: 'The instances of ci were not all replaced: the instance refresh is Failed (no capacity)',
      hint: 'New instances use the token, which the stack had already. See bk-stack status ci, then repeat the command with the same token.',
    });
  });

  it('tells each state of the refresh once, and no organization where Buildkite names none', async () => {
    const waiting: RefreshState = { status: 'InProgress', percentage: 0, left: 3 };
    world.states = [waiting, waiting, { ...waiting, left: 2 }, { ...waiting, status: 'Successful', left: 0 }];
    const asked: object[] = [];
    const describe = world.describe.bind(world);
    Object.assign(world, {
      describe: (...all: string[]) => {
        asked.push(all);
        return describe();
      },
      metrics: () => Promise.resolve({ status: 200, body: {} }),
    });
    const result = await world.rotate();
    expect(world.refreshed).to.eql(['InProgress 3/3', 'InProgress 2/3', 'Successful 0/3']);
    expect(asked[0]).to.eql(['group', 'refresh']);
    expect(world.told[0]).to.equal('Buildkite takes the new token');
    expect(Object.keys(result)).to.eql([
      'stackName',
      'parameter',
      'previousVersion',
      'version',
      'same',
      'replaced',
    ]);
  });

  it('looks every ten seconds, and tests the token every minute', async () => {
    const waiting: RefreshState = { status: 'InProgress', percentage: 0, left: 3 };
    world.states = [...Array<RefreshState>(14).fill(waiting), { ...waiting, status: 'Successful' }];
    const pauses: number[] = [];
    const tests: string[] = [];
    const metrics = world.metrics.bind(world);
    Object.assign(world, {
      metrics: (endpoint: string, token: string) => {
        tests.push(`${token} after ${pauses.length}`);
        return metrics(endpoint, token);
      },
    });
    const retry = {
      random: () => 0,
      pause: (seconds: number) => {
        pauses.push(seconds);
        return Promise.resolve();
      },
    };
    const observer = { say: () => undefined, refreshed: () => undefined };
    await rotateToken(world, world, ORDER, retry, observer);
    expect(pauses).to.eql(Array(14).fill(10));
    expect(tests).to.eql(['new after 0', 'old after 0', 'new after 0', 'new after 6', 'new after 12']);
  });
});

describe('the test of a token', () => {
  const answering = (answer: () => Promise<{ status: number; body: unknown }>) =>
    testToken({ metrics: answer }, 'https://agent.example/v3', 'token');
  for (const [status, body, expected] of [
    [200, { organization: { slug: 'acme' } }, { kind: 'accepted', organization: 'acme' }],
    [200, {}, { kind: 'accepted' }],
    [200, undefined, { kind: 'accepted' }],
    [200, { organization: { slug: 1 } }, { kind: 'accepted' }],
    [401, {}, { kind: 'refused' }],
    [403, {}, { kind: 'refused' }],
    [404, {}, { kind: 'unknown', why: 'it answers with HTTP 404' }],
    [503, {}, { kind: 'unknown', why: 'it answers with HTTP 503' }],
  ] as const) {
    it(`by an answer with ${status} and ${JSON.stringify(body)}: ${expected.kind}`, async () => {
      expect(await answering(() => Promise.resolve({ status, body }))).to.eql(expected);
    });
  }

  it('is not decided without an answer', async () => {
    expect(await answering(() => Promise.reject(new Error('no route')))).to.eql({
      kind: 'unknown',
      why: 'no route',
    });
  });
});
