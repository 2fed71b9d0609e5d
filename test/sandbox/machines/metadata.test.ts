import { expect } from 'chai';
import { registerAgent } from '../../../src/sandbox/buildkite/agents.ts';
import { lostJobs, pushJob } from '../../../src/sandbox/buildkite/jobs.ts';
import { buildkiteState } from '../../../src/sandbox/buildkite/state.ts';
import { answerMetadata, metadataEndpoint } from '../../../src/sandbox/machines/metadata.ts';
import { takeMachine } from '../../../src/sandbox/machines/power.ts';
import { interruptInstance } from '../../../src/sandbox/services/ec2/compute/lifecycle.ts';
import { ec2State } from '../../../src/sandbox/services/ec2/state/state.ts';
import { Fleet, userData } from '../../support/fleet.ts';

const SPOT = { InstanceMarketOptions: { MarketType: 'spot' } };

describe('an instance’s metadata', () => {
  const ask = (
    { world, scope }: Fleet,
    instanceId: string,
    path: string,
    headers: Record<string, string> = {},
    method = 'GET',
    { pathname } = new URL(metadataEndpoint(scope, instanceId)),
  ) => {
    const { status, body } = answerMetadata(world, {
      ...{ method, headers, path: `${pathname}/latest/${path}` },
      ...{ query: new URLSearchParams(), body: Buffer.alloc(0) },
    });
    return { status, body: typeof body === 'string' ? body : '' };
  };
  const started = async (data: object = {}) => {
    const fleet = new Fleet();
    await fleet.group({ DesiredCapacity: 1 }, data);
    await fleet.pass(20);
    const [id = ''] = await fleet.instanceIds();
    const ttl = { 'x-aws-ec2-metadata-token-ttl-seconds': '60' };
    const token = ask(fleet, id, 'api/token', ttl, 'PUT').body;
    const read = (path: string) => {
      const { status, body } = ask(fleet, id, path, { 'x-aws-ec2-metadata-token': token });
      return status === 200 ? body : String(status);
    };
    return { fleet, id, read, token };
  };

  it('is told to nobody who only knows the instance’s id, or another’s key', async () => {
    const { fleet, id } = await started();
    const ttl = { 'x-aws-ec2-metadata-token-ttl-seconds': '60' };
    const other = new URL(metadataEndpoint(fleet.scope, 'i-0123456789abcdef0')).pathname.split('/').at(-1);
    for (const key of ['', '/x', `/${other ?? ''}`]) {
      const pathname = `/_imds/us-east-1/${id}${key}`;
      expect(ask(fleet, id, 'api/token', ttl, 'PUT', { pathname } as URL).status, key).to.equal(404);
    }
    expect(ask(fleet, id, 'api/token', ttl, 'PUT').status).to.equal(200);
  });

  it('is told to who shows a token', async () => {
    const { fleet, id, read } = await started({ MetadataOptions: { HttpTokens: 'required' } });
    expect(read('meta-data/instance-id')).to.equal(id);
    expect(read('meta-data/nothing')).to.equal('404');
    const mac = read('meta-data/mac');
    expect(read(`meta-data/network/interfaces/macs/${mac}/vpc-ipv4-cidr-blocks`)).to.equal('172.31.0.0/16');
    expect(ask(fleet, id, 'meta-data/instance-id').status).to.equal(401);
    expect(ask(fleet, id, 'meta-data/instance-id', { 'x-aws-ec2-metadata-token': 'x' }).status).to.equal(401);
    expect(ask(fleet, id, 'api/token', {}, 'PUT').status).to.equal(400);
    expect(ask(fleet, 'i-other', 'meta-data/instance-id').status).to.equal(404);
  });

  it('has listings, with and without a slash at the end', async () => {
    const { fleet, id, read } = await started();
    expect(read('').split('\n')).to.eql(['dynamic/', 'meta-data/']);
    expect(read('meta-data').split('\n')).to.include.members(['instance-id', 'local-ipv4', 'placement/']);
    expect(read('meta-data/')).to.equal(read('meta-data'));
    expect(read('meta-data/placement/')).to.equal('availability-zone\nregion');
    expect(read('meta-data/place')).to.equal('404');
    const { scope } = fleet;
    const { privateIp } = ec2State(scope).instances[id] ?? {};
    expect(read('meta-data/local-ipv4')).to.equal(privateIp);
    const hostname = `ip-${(privateIp ?? '').replaceAll('.', '-')}.ec2.internal`;
    expect([read('meta-data/hostname'), read('meta-data/local-hostname')]).to.eql([hostname, hostname]);
  });

  it('has the user data as it was given', async () => {
    const script = userData('export BUILDKITE_QUEUE="deploy"');
    const { read } = await started({ UserData: script });
    expect(read('user-data')).to.equal(Buffer.from(script, 'base64').toString());
    expect((await started({ UserData: undefined })).read('user-data')).to.equal('404');
  });

  it('is there by the versions that EC2 has, and its token by the latest alone', async () => {
    const { fleet, id, token } = await started();
    const { pathname } = new URL(metadataEndpoint(fleet.scope, id));
    const of = (version: string, path: string, headers: Record<string, string> = {}, method = 'GET') =>
      answerMetadata(fleet.world, {
        ...{ method, headers, path: `${pathname}/${version}/${path}` },
        ...{ query: new URLSearchParams(), body: Buffer.alloc(0) },
      }).status;
    const shown = { 'x-aws-ec2-metadata-token': token };
    for (const version of ['1.0', '2009-04-04', '2021-03-23', 'latest']) {
      expect(of(version, 'meta-data/instance-id', shown), version).to.equal(200);
    }
    expect(of('2021-03-24', 'meta-data/instance-id', shown)).to.equal(404);
    const ttl = { ...shown, 'x-aws-ec2-metadata-token-ttl-seconds': '60' };
    expect(of('2021-03-23', 'api/token', ttl, 'PUT')).to.equal(404);
    expect(of('latest', 'api/token', ttl, 'PUT')).to.equal(200);
  });

  it('gives a token for up to six hours, and says for how long', async () => {
    const { fleet, id } = await started();
    const { pathname } = new URL(metadataEndpoint(fleet.scope, id));
    const header = 'x-aws-ec2-metadata-token-ttl-seconds';
    for (const [seconds, status] of [
      ['1', 200],
      ['21600', 200],
      ['21601', 400],
      ['0', 400],
      ['x', 400],
    ] as const) {
      const answer = answerMetadata(fleet.world, {
        ...{ method: 'PUT', headers: { [header]: seconds }, path: `${pathname}/latest/api/token` },
        ...{ query: new URLSearchParams(), body: Buffer.alloc(0) },
      });
      expect(answer.status, seconds).to.equal(status);
      expect(answer.headers[header], seconds).to.equal(status === 200 ? seconds : undefined);
    }
  });

  it('says where the group takes the instance', async () => {
    const { fleet, id, read } = await started();
    await fleet.on('PutLifecycleHook', {
      LifecycleHookName: 'wait',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    });
    expect(read('meta-data/autoscaling/target-lifecycle-state')).to.equal('InService');
    await fleet.autoscaling('TerminateInstanceInAutoScalingGroup', {
      InstanceId: id,
      ShouldDecrementDesiredCapacity: true,
    });
    await fleet.pass(5);
    expect(read('meta-data/autoscaling/target-lifecycle-state')).to.equal('Terminated');
  });

  it('gives notice of a spot interruption, and then the instance is gone', async () => {
    const { fleet, id, read } = await started(SPOT);
    expect(read('meta-data/spot/instance-action')).to.equal('404');
    expect(interruptInstance(fleet.scope, id, 120)).to.equal(true);
    expect(JSON.parse(read('meta-data/spot/instance-action'))).to.deep.equal({
      action: 'terminate',
      time: new Date(fleet.world.now() + 120_000).toISOString().replace(/\.\d+Z$/, 'Z'),
    });
    await fleet.pass(119);
    expect(read('meta-data/instance-id')).to.equal(id);
    await fleet.pass(2);
    expect(read('meta-data/instance-id')).to.equal('404');
    const { Reservations } = await fleet.ec2('DescribeInstances', { InstanceIds: [id] });
    expect(Reservations[0].Instances[0].StateReason.Code).to.equal('Server.SpotInstanceTermination');
    expect(interruptInstance(fleet.scope, id, 120)).to.equal(false);
  });

  it('has credentials of the role in the instance’s profile, which open the sandbox', async () => {
    const { fleet, read } = await started({ IamInstanceProfile: { Name: 'agents' } });
    const path = 'meta-data/iam/security-credentials/';
    expect([read(path), read(`${path}builder`)]).to.eql(['404', '404']);
    const call = (operation: string, input: object) => fleet.world.call(fleet.scope, 'iam', operation, input);
    await call('CreateInstanceProfile', { InstanceProfileName: 'agents' });
    expect(read(path)).to.equal('404');
    const trust = { Statement: { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' } };
    await call('CreateRole', { RoleName: 'builder', AssumeRolePolicyDocument: JSON.stringify(trust) });
    await call('AddRoleToInstanceProfile', { InstanceProfileName: 'agents', RoleName: 'builder' });
    expect([read(path), read(`${path}other`)]).to.eql(['builder', '404']);
    const { AccessKeyId, SecretAccessKey, Token, Expiration } = JSON.parse(read(`${path}builder`));
    const holder = fleet.world.keys.holder(AccessKeyId, Token);
    expect(holder?.secretAccessKey).to.equal(SecretAccessKey);
    expect(holder?.callerArn).to.match(/^arn:aws:sts::111122223333:assumed-role\/builder\/i-[0-9a-f]{17}$/);
    expect(Date.parse(Expiration) - Date.now()).to.be.within(5.9 * 3_600_000, 6 * 3_600_000);
    expect(fleet.world.keys.holder(AccessKeyId, undefined)).to.equal(undefined);
  });

  it('takes no on-demand instance back', async () => {
    const { fleet, id } = await started();
    expect(interruptInstance(fleet.scope, id, 120)).to.equal(false);
  });
});

describe('an instance that others play', () => {
  it('has no agents of the model, and takes those of its own down with it', async () => {
    const fleet = new Fleet();
    const script = userData('export BUILDKITE_QUEUE="q"', 'export BUILDKITE_AGENT_TOKEN="bkct_x"');
    await fleet.group({ DesiredCapacity: 1 }, { UserData: script });
    await fleet.pass(20);
    const [id = ''] = await fleet.instanceIds();
    expect(takeMachine(fleet.scope, id)).to.equal(true);
    expect(takeMachine(fleet.scope, 'i-other')).to.equal(false);
    await fleet.pass(200);
    expect(Object.keys(buildkiteState(fleet.world).agents)).to.eql([]);
    const agent = registerAgent(fleet.world, {
      name: 'real',
      tags: ['queue=q', `aws:instance-id=${id}`],
      hostname: 'h',
    });
    const job = pushJob(fleet.world, { queue: 'q' });
    await fleet.pass(10);
    expect(job.state, 'it is not the model that runs it').to.equal('scheduled');
    Object.assign(job, { state: 'running', agentId: agent.id });
    agent.jobId = job.id;
    await fleet.ec2('TerminateInstances', { InstanceIds: [id] });
    expect(lostJobs(fleet.world)).to.have.length(1);
  });
});
