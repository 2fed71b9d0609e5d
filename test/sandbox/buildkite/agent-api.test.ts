import { expect } from 'chai';
import { handleBuildkite } from '../../../src/sandbox/buildkite/http.ts';
import { buildkite } from '../../../src/sandbox/buildkite/index.ts';
import { pushJob } from '../../../src/sandbox/buildkite/jobs.ts';
import { revokeToken } from '../../../src/sandbox/buildkite/tokens.ts';
import { kms } from '../../../src/sandbox/services/kms/index.ts';
import { ssm } from '../../../src/sandbox/services/ssm/index.ts';
import { TestWorld } from '../../support/world.ts';

/* eslint-disable @typescript-eslint/no-explicit-any -- what is asked of an answer is known to the test that asks */
describe('Buildkite’s Agent API', () => {
  let world: TestWorld;
  beforeEach(() => {
    world = new TestWorld([buildkite, kms, ssm]);
  });

  const ask = (method: string, path: string, token: string | undefined, body: object = {}) => {
    const [route = '', query] = path.split('?');
    const { status, body: answer } = handleBuildkite(world, {
      method,
      path: route,
      query: new URLSearchParams(query),
      headers: { authorization: token === undefined ? undefined : `Token ${token}` },
      body: Buffer.from(JSON.stringify(body)),
    });
    return { status, body: answer as any };
  };
  const register = (queue = 'default') => registered(world.keys.user.secretAccessKey, queue).body;
  const registered = (token: string, queue = 'default') =>
    ask('POST', '/register', token, { name: 'a', hostname: 'h', meta_data: [`queue=${queue}`] });

  it('tells counts to any token but those that it refuses', () => {
    expect(ask('GET', '/metrics', undefined).status).to.equal(401);
    expect(ask('GET', '/metrics', 'invalid-token').status).to.equal(401);
    expect(ask('GET', '/metrics', 'bkct_x').status).to.equal(200);
    revokeToken(world, 'bkct_x');
    expect(ask('GET', '/metrics', 'bkct_x').status).to.equal(401);
  });

  it('registers agents with the owner’s secret, and with a token that is kept in SSM, alone', async () => {
    expect(registered(world.keys.user.secretAccessKey).status).to.equal(200);
    expect(registered('bkct_x').status).to.equal(401);
    const ireland = world.scope('eu-west-1');
    const stored = { Name: '/bk-stack/ci/agent-token', Value: 'bkct_x', Type: 'SecureString' };
    await world.call(ireland, 'ssm', 'PutParameter', stored);
    expect(registered('bkct_x').status).to.equal(200);
    const { Parameter } = await world.call<{ Parameter: { Value: string } }>(ireland, 'ssm', 'GetParameter', {
      Name: stored.Name,
    });
    expect(registered(Parameter.Value).status, 'the ciphertext').to.equal(401);
    await world.call(ireland, 'ssm', 'PutParameter', {
      ...stored,
      ...{ Value: 'bkct_new', Overwrite: true },
    });
    expect(registered('bkct_x').status, 'replaced').to.equal(401);
    revokeToken(world, 'bkct_new');
    expect(registered('bkct_new').status, 'revoked').to.equal(401);
  });

  it('carries a job from its queue through an agent', () => {
    const job = pushJob(world, { queue: 'default', env: { BUILDKITE_COMMAND: 'make' } });
    const { access_token: agent } = register();
    expect(ask('POST', '/connect', agent).body.connection_state).to.equal('connected');
    const given = ask('GET', '/ping', agent).body.job;
    expect(given).to.include({ id: job.id, state: 'assigned' });
    expect(given.env.BUILDKITE_COMMAND).to.equal('make');
    expect(ask('PUT', `/jobs/${job.id}/accept`, agent).body.state).to.equal('accepted');
    expect(ask('PUT', `/jobs/${job.id}/start`, agent).body.state).to.equal('running');
    expect(ask('GET', '/metrics/queue?name=default', 'bkct_x').body).to.deep.include({
      agents: { idle: 0, busy: 1, total: 1 },
      jobs: { scheduled: 0, running: 1, waiting: 0, total: 1 },
    });
    expect(ask('PUT', `/jobs/${job.id}/finish`, agent, { exit_status: '1' }).body).to.include({
      exit_status: '1',
    });
    expect(ask('GET', '/ping', agent).body).to.deep.equal({ action: 'idle' });
    ask('POST', '/disconnect', agent);
    expect(ask('GET', '/ping', agent).status).to.equal(401);
  });

  it('gives no job to another agent, and none that is another queue’s', () => {
    const job = pushJob(world, { queue: 'deploy' });
    const { access_token: wrongQueue } = register('default');
    const { access_token: agent } = register('deploy');
    expect(ask('GET', '/ping', wrongQueue).body).to.deep.equal({ action: 'idle' });
    ask('GET', '/ping', agent);
    expect(ask('PUT', `/jobs/${job.id}/accept`, wrongQueue).status).to.equal(422);
  });

  it('keeps the meta-data of a build, for its jobs alone', () => {
    const first = pushJob(world, { queue: 'default', env: { BUILDKITE_BUILD_ID: 'b1' } });
    const second = pushJob(world, { queue: 'default', env: { BUILDKITE_BUILD_ID: 'b1' } });
    const other = pushJob(world, { queue: 'default' });
    const agents = [first, second, other].map(() => {
      const { access_token: agent } = register();
      ask('GET', '/ping', agent);
      return agent as string;
    });
    const call = (at: number, what: string, body: object) =>
      ask('POST', `/jobs/${[first, second, other][at]?.id ?? ''}/data/${what}`, agents[at], body);
    expect(call(0, 'exists', { key: 'release' }).body).to.eql({ exists: false });
    expect(call(0, 'get', { key: 'release' }).status).to.equal(404);
    expect(call(0, 'set', { key: 'release', value: '1.2' }).status).to.equal(200);
    expect(call(1, 'exists', { key: 'release' }).body).to.eql({ exists: true });
    expect(call(1, 'get', { key: 'release' }).body).to.eql({ key: 'release', value: '1.2' });
    expect(call(2, 'exists', { key: 'release' }).body).to.eql({ exists: false });
    expect(call(2, 'exists', { key: 'toString' }).body).to.eql({ exists: false });
    expect(call(0, 'set', { value: '1.2' }).status).to.equal(422);
    expect(call(0, 'drop', { key: 'release' }).status).to.equal(404);
  });

  it('lets an agent that stops finish what it has', () => {
    pushJob(world, { queue: 'default' });
    const { access_token: agent } = register();
    const { id } = ask('GET', '/ping', agent).body.job;
    ask('PUT', `/jobs/${id}/start`, agent);
    pushJob(world, { queue: 'default' });
    ask('POST', '/stop', agent);
    expect(ask('GET', '/ping', agent).body.job.id).to.equal(id);
    ask('PUT', `/jobs/${id}/finish`, agent);
    expect(ask('GET', '/ping', agent).body).to.deep.equal({ action: 'disconnect' });
  });
});
/* eslint-enable @typescript-eslint/no-explicit-any */
