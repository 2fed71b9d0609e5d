import { expect } from 'chai';
import { buildkiteState } from '../../../src/sandbox/buildkite/state.ts';
import { lostJobs, pushJob } from '../../../src/sandbox/buildkite/jobs.ts';
import { readUserData } from '../../../src/sandbox/machines/user-data.ts';
import { Fleet, HOST_PROGRAM, userData } from '../../support/fleet.ts';

/** Two agents for the queue `deploy`. */
const AGENTS = userData(
  'export BUILDKITE_QUEUE="deploy"',
  'export BUILDKITE_AGENT_TOKEN="bkct_x"',
  'export BUILDKITE_AGENTS_PER_INSTANCE="2"',
);

const agentsOf = ({ world }: Fleet) => Object.values(buildkiteState(world).agents);

describe('a modelled instance', () => {
  it('registers its agents once it has booted', async () => {
    const fleet = new Fleet();
    await fleet.group({ DesiredCapacity: 1 }, { UserData: AGENTS });
    await fleet.pass(20);
    expect(agentsOf(fleet)).to.deep.equal([]);
    await fleet.pass(100);
    expect(agentsOf(fleet).map(({ queue }) => queue)).to.deep.equal(['deploy', 'deploy']);
  });

  it('registers none when its boot fails, and says why on its console', async () => {
    const fleet = new Fleet('boot');
    await fleet.group({ DesiredCapacity: 1 }, { UserData: AGENTS });
    await fleet.pass(200);
    expect(agentsOf(fleet)).to.deep.equal([]);
    const [InstanceId] = await fleet.instanceIds();
    const { Output } = await fleet.ec2('GetConsoleOutput', { InstanceId });
    expect(Buffer.from(Output, 'base64').toString()).to.contain('the sandbox was told that boots fail');
  });

  it('registers none with a token that Buildkite refuses', async () => {
    const fleet = new Fleet('token');
    await fleet.group({ DesiredCapacity: 1 }, { UserData: AGENTS });
    await fleet.pass(200);
    expect(agentsOf(fleet)).to.deep.equal([]);
  });

  it('runs jobs, and loses one that it is ended under', async () => {
    const fleet = new Fleet();
    await fleet.group({ DesiredCapacity: 1 }, { UserData: AGENTS });
    await fleet.pass(120);
    const short = pushJob(fleet.world, { queue: 'deploy', seconds: 30 });
    const long = pushJob(fleet.world, { queue: 'deploy', seconds: 3600 });
    const other = pushJob(fleet.world, { queue: 'elsewhere' });
    await fleet.pass(60);
    expect([short.state, long.state, other.state]).to.deep.equal(['finished', 'running', 'scheduled']);
    await fleet.ec2('TerminateInstances', { InstanceIds: await fleet.instanceIds() });
    await fleet.pass(120);
    expect(lostJobs(fleet.world).map(({ id }) => id)).to.deep.equal([long.id]);
  });
});

describe('user data', () => {
  it('is read for its settings, and for whom it signals', () => {
    const script = [
      '#!/bin/bash',
      'export NAME="a stack"',
      "QUEUE='deploy'",
      'COUNT=2',
      'SUM=$(date)',
      'aws cloudformation signal-resource --stack-name "$NAME" \\',
      '  --logical-resource-id Group --status SUCCESS',
    ].join('\n');
    expect(readUserData(script)).to.deep.equal({
      settings: { NAME: 'a stack', QUEUE: 'deploy', COUNT: '2' },
      signals: true,
      target: { stackName: 'a stack', logicalResourceId: 'Group' },
      startsHostProgram: false,
    });
    expect(readUserData(`#!/bin/bash\n${HOST_PROGRAM}\n`).startsHostProgram).to.equal(true);
    expect(readUserData('#!/bin/bash\nyum install -y git\n').signals).to.equal(false);
  });
});
