import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { EC2 } from '@aws-sdk/client-ec2';
import type { DescribedJob } from '../../../src/sandbox/buildkite/jobs.ts';
import type { Finished } from '../../support/process.ts';
import { CliSandbox } from '../../support/sandbox.ts';
import { until } from '../../support/until.ts';
import { Machine, type MachineOptions, type Place } from './machine.ts';
import { TestWorld } from './world.ts';

const QUEUE = 'q';
const REPOSITORY = '/srv/app';
/** The scaler, which has no authority of the test's, gets to the Agent API without TLS. */
const OWN_SETTINGS = {
  BuildkiteQueue: QUEUE,
  LinuxDistribution: 'ubuntu2404',
  AgentEndpoint: 'http://agent-edge.buildkite.com/v3',
};
/** How many times faster the sandbox's time goes than that of its machines, which are real. */
const SPEED = '4';

/** The stack `ci` in a sandbox whose instances are real machines. */
export class MachineStack {
  readonly sandbox = new CliSandbox();
  readonly world = new TestWorld();
  readonly #machines: Machine[] = [];
  readonly #taken = new Set<string>();

  async start(): Promise<void> {
    await this.sandbox.start('--speed', SPEED);
    await this.world.start();
    const { endpoint, credentials } = this.sandbox.client;
    this.world.upstream = { endpoint, secret: credentials.secretAccessKey };
  }

  async remove(): Promise<void> {
    for (const machine of this.#machines) await machine.remove();
    await this.sandbox.remove();
    this.world.stop();
  }

  /** Makes the stack, which settles when `create` has ended. */
  create(params: Readonly<Record<string, string>>): Promise<Finished> {
    const settings = Object.entries({ ...OWN_SETTINGS, ...params });
    return this.sandbox.runWith(
      { input: this.sandbox.client.credentials.secretAccessKey },
      ...['create', 'ci', '--token-stdin', '--no-input'],
      ...settings.flatMap(([name, value]) => ['--param', `${name}=${value}`]),
    );
  }

  /** Waits for an instance that has no machine yet, and gives it one that is off. */
  async launched(options: MachineOptions = {}): Promise<Machine> {
    const place = await this.#take();
    const machine = new Machine(this.world, place, options);
    this.#machines.push(machine);
    return machine;
  }

  async #take(): Promise<Place> {
    const ec2 = new EC2(this.sandbox.client);
    let place: Place | undefined;
    await until('an instance runs', async () => {
      const { Reservations = [] } = await ec2.describeInstances({
        Filters: [{ Name: 'instance-state-name', Values: ['running'] }],
      });
      const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
      const fresh = instances.find(({ InstanceId = '' }) => !this.#taken.has(InstanceId));
      if (fresh === undefined) return false;
      const { InstanceId: instanceId = '', PrivateIpAddress: privateIp = '' } = fresh;
      const body = JSON.stringify({ region: 'us-east-1', instanceId });
      const taken = await this.sandbox.control('machines/take', { method: 'POST', body });
      if (!taken.ok) return false;
      this.#taken.add(instanceId);
      const { metadataEndpoint } = (await taken.json()) as { metadataEndpoint: string };
      const asked = await fetch(`${metadataEndpoint}/latest/api/token`, {
        method: 'PUT',
        headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '21600' },
      });
      this.world.metadata.set(privateIp, { endpoint: metadataEndpoint, token: await asked.text() });
      place = { instanceId, privateIp };
      return true;
    });
    return place as unknown as Place;
  }

  /** Makes the repository of all jobs, on the machine itself. */
  async giveRepository(machine: Machine): Promise<void> {
    const author = '-c user.name=test -c user.email=test@localhost';
    await machine.run(`git config --system --add safe.directory '*'
      git init --quiet --initial-branch=main ${REPOSITORY} && cd ${REPOSITORY}
      git ${author} commit --quiet --allow-empty --message first`);
  }

  /** The state of an instance in its group; undefined for one that has left it. */
  async stateOf({ place }: Machine): Promise<string | undefined> {
    const group = await this.group();
    return group.Instances?.find(({ InstanceId }) => InstanceId === place.instanceId)?.LifecycleState;
  }

  async group() {
    const { AutoScalingGroups: [group] = [] } = await this.autoScaling.describeAutoScalingGroups({});
    if (group === undefined) throw new Error('There is no group');
    return group;
  }

  get autoScaling(): AutoScaling {
    return new AutoScaling(this.sandbox.client);
  }

  async status(): Promise<string | undefined> {
    const { Stacks = [] } = await new CloudFormation(this.sandbox.client).describeStacks({ StackName: 'ci' });
    return Stacks[0]?.StackStatus;
  }

  /** Gives the group exactly so many instances: another one would be no real machine, and take jobs. */
  async resize(size: number): Promise<void> {
    const { AutoScalingGroupName } = await this.group();
    const sizes = { MinSize: size, MaxSize: size, DesiredCapacity: size };
    await this.autoScaling.updateAutoScalingGroup({ AutoScalingGroupName, ...sizes });
  }

  /** Puts a job into the stack's queue. @returns its id */
  async push(command: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const body = JSON.stringify({
      queue: QUEUE,
      env: { BUILDKITE_COMMAND: command, BUILDKITE_REPO: REPOSITORY, BUILDKITE_PIPELINE_SLUG: 'app', ...env },
    });
    const answer = await this.sandbox.control('jobs', { method: 'POST', body });
    return ((await answer.json()) as { id: string }).id;
  }

  async job(id: string): Promise<DescribedJob> {
    const { jobs } = (await (await this.sandbox.control('jobs')).json()) as { jobs: DescribedJob[] };
    const job = jobs.find((each) => each.id === id);
    if (job === undefined) throw new Error(`There is no job ${id}`);
    return job;
  }

  /** Waits until a job is in one of these states. */
  async awaited(id: string, machine: Machine, ...states: DescribedJob['state'][]): Promise<DescribedJob> {
    let job = await this.job(id);
    await until(
      `job ${id} is ${states.join(' or ')}`,
      async () => states.includes((job = await this.job(id)).state),
      { instead: async () => `${JSON.stringify(job)}\n${await machine.story()}` },
    );
    return job;
  }
}
