import { zipSync } from 'fflate';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentsOfInstance, loseAgent } from '../../src/sandbox/buildkite/agents.ts';
import { handleBuildkite } from '../../src/sandbox/buildkite/http.ts';
import { handleRest } from '../../src/sandbox/buildkite/rest.ts';
import { lostJobs, pushJob } from '../../src/sandbox/buildkite/jobs.ts';
import { queueMetrics } from '../../src/sandbox/buildkite/metrics.ts';
import { buildkiteState } from '../../src/sandbox/buildkite/state.ts';
import { parseFault, setFaults } from '../../src/sandbox/faults/index.ts';
import type { Scope } from '../../src/sandbox/kernel/world.ts';
import { services } from '../../src/sandbox/server/services.ts';
import type { AskIdentity } from '../../src/doctor/machine/account.ts';
import { diagnose, findingsOf, repairsOf, type DoctorOptions, type Report } from '../../src/doctor/doctor.ts';
import type { Minute } from '../../src/stack/facts/group/surplus.ts';
import { assetCalls, assetsBucketName } from '../../src/stack/assets/index.ts';
import type { Journal } from '../../src/stack/update/execution/journal/journal.ts';
import type { Answer } from './fleet.ts';
import { root } from './process.ts';
import { OFFICIAL_LOGS, officialTemplates } from './official-stack.ts';
import { WorldAws } from './world-aws.ts';
import { TestWorld } from './world.ts';

const ACCOUNT = '111122223333';
const REGION = 'us-east-1';
const BUCKET = assetsBucketName(ACCOUNT, REGION);
const TOKEN = '/bk-stack/ci/agent-token';
const IMAGE_PARAMETER = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';
export const TAGS = [{ Key: 'bk-stack:stack', Value: 'ci' }];
const SCALER = `
export async function handler() {
  process.stdout.write(JSON.stringify({ event: 'kept', from: 2, to: 2, reason: 'enough agents for every job' }) + '\\n');
}
`;

/** A stack of the real template in a world of its own, with two instances, on which doctor is let loose. */
export class HealthyStack {
  readonly aws: WorldAws;
  readonly scope: Scope;
  /** The identity that AWS takes us for, and how far our clock is ahead. */
  identity = { account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/sandbox`, aheadSeconds: 0 };
  ask: AskIdentity = () => Promise.resolve(this.identity);
  restToken: string | undefined = 'bkua_x';
  region = REGION;

  private constructor(
    readonly world: TestWorld,
    private readonly buildkite: BuildkiteServer,
  ) {
    this.scope = world.scope(REGION);
    this.aws = new WorldAws(
      world,
      this.scope,
      (seconds) => world.pass(seconds),
      () => 0.5,
    );
    this.aws.agentEndpoint = `${buildkite.endpoint}/v3`;
  }

  /** Makes it as `bk-stack create` would; without tags, as the AWS CLI or the console would from the same template. */
  static async create(Tags = TAGS): Promise<HealthyStack> {
    const stack = new HealthyStack(new TestWorld(services), await BuildkiteServer.start());
    const programs = {
      HostProgram: `host/${'0'.repeat(64)}.mjs`,
      ScalerProgram: `scaler/${'0'.repeat(64)}.zip`,
    };
    await stack.#stage({
      [programs.HostProgram]: '// the host program',
      [programs.ScalerProgram]: zipSync({ 'index.mjs': Buffer.from(SCALER) }),
      'template.yml': readFileSync(join(root, 'template/bk-stack.yml'), 'utf8'),
    });
    await stack.call('ec2', 'CreateKeyPair', { KeyName: 'ops' });
    await stack.#createStack(
      { TemplateURL: `https://${BUCKET}.s3.amazonaws.com/template.yml`, Tags },
      {
        BuildkiteAgentTokenParameterStorePath: TOKEN,
        ResolvedImageId: await stack.#newestImage(),
        AgentEndpoint: `${stack.buildkite.endpoint}/v3`,
        AssetsBucket: BUCKET,
        ...programs,
        ...{
          BuildkiteQueue: 'deploy',
          InstanceTypes: 'm7i.large',
          MinSize: '2',
          MaxSize: '5',
          KeyName: 'ops',
        },
        // One of them lacks a type that others have.
        AvailabilityZones: 'us-east-1a,us-east-1d',
      },
    );
    // The function above leaves it to us.
    await stack.onGroup('SuspendProcesses', { ScalingProcesses: ['AZRebalance'] });
    return stack;
  }

  /** A stack of the official template; with tags, as `bk-stack create --template` would make it. */
  static async createOfficial(Tags: typeof TAGS = []): Promise<HealthyStack> {
    const stack = new HealthyStack(new TestWorld(services), await BuildkiteServer.start());
    const { parent, scaler } = officialTemplates(BUCKET, 'scaler.zip');
    await stack.#stage({
      'scaler.zip': zipSync({ 'index.mjs': Buffer.from(SCALER) }),
      'scaler.json': scaler,
    });
    for (const logGroupName of OFFICIAL_LOGS) {
      await stack.call('logs', 'CreateLogGroup', { logGroupName });
      await stack.call('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays: 7 });
    }
    await stack.#createStack(
      { TemplateBody: parent, Tags },
      { BuildkiteAgentTokenParameterStorePath: TOKEN, BuildkiteQueue: 'deploy' },
    );
    await stack.onGroup('SuspendProcesses', { ScalingProcesses: ['AZRebalance'] });
    return stack;
  }

  /** The image that `create` finds for it. */
  async #newestImage(): Promise<string> {
    const { Parameter } = await this.call('ssm', 'GetParameter', { Name: IMAGE_PARAMETER });
    return Parameter.Value as string;
  }

  async #stage(objects: Record<string, string | Uint8Array>): Promise<void> {
    const calls = assetCalls(this.aws.context, { account: ACCOUNT, partition: 'aws' });
    await calls.createBucket(BUCKET);
    await calls.secureBucket(BUCKET);
    for (const [key, body] of Object.entries(objects)) {
      await calls.putObject(BUCKET, key, body, 'application/octet-stream');
    }
  }

  async #createStack(template: object, parameters: Record<string, string>): Promise<void> {
    await this.call('ssm', 'PutParameter', { Name: TOKEN, Type: 'SecureString', Value: 'bkct_x' });
    await this.call('cloudformation', 'CreateStack', {
      ...template,
      StackName: 'ci',
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    });
    await this.world.pass(1_200);
    const { StackStatus, StackStatusReason } = await this.stack();
    if (StackStatus !== 'CREATE_COMPLETE') throw new Error(`${StackStatus}: ${StackStatusReason ?? ''}`);
  }

  /** Another that is as this one is now, in a world of its own. */
  copy(): HealthyStack {
    const copy = new HealthyStack(this.world.copy(), this.buildkite);
    this.buildkite.world = copy.world;
    return copy;
  }

  close(): Promise<void> {
    return this.buildkite.close();
  }

  call(service: string, operation: string, input: object = {}): Promise<Answer> {
    return this.world.call(this.scope, service, operation, input);
  }

  async stack(): Promise<Answer> {
    const { Stacks } = await this.call('cloudformation', 'DescribeStacks', { StackName: 'ci' });
    return Stacks[0];
  }

  async output(key: string): Promise<string> {
    const { Outputs } = await this.stack();
    return Outputs.find(({ OutputKey }: Answer) => OutputKey === key).OutputValue;
  }

  async physicalId(logicalId: string): Promise<string> {
    const { StackResourceDetail } = await this.call('cloudformation', 'DescribeStackResource', {
      StackName: 'ci',
      LogicalResourceId: logicalId,
    });
    return StackResourceDetail.PhysicalResourceId;
  }

  /** The function in the stack that is nested in one of the official template. */
  scalerOfOfficial(): Promise<string> {
    return this.nestedId('AutoscalingFunction');
  }

  /** A resource in the stack that is nested in one of the official template. */
  async nestedId(LogicalResourceId: string): Promise<string> {
    const { StackResourceDetail } = await this.call('cloudformation', 'DescribeStackResource', {
      StackName: await this.physicalId('Autoscaling'),
      LogicalResourceId,
    });
    return StackResourceDetail.PhysicalResourceId;
  }

  /** Puts the hooks of our template on the group, as an earlier `doctor --fix` did to any. */
  async putOwnHooks(): Promise<void> {
    for (const [name, transition, DefaultResult, HeartbeatTimeout] of [
      ['bk-stack-terminating', 'TERMINATING', 'CONTINUE', 900],
      ['bk-stack-launching', 'LAUNCHING', 'ABANDON', 780],
    ] as const) {
      await this.onGroup('PutLifecycleHook', {
        ...{ LifecycleHookName: name, DefaultResult, HeartbeatTimeout },
        LifecycleTransition: `autoscaling:EC2_INSTANCE_${transition}`,
      });
    }
  }

  async group(): Promise<Answer> {
    const { AutoScalingGroups } = await this.call('autoscaling', 'DescribeAutoScalingGroups', {
      AutoScalingGroupNames: [await this.output('AutoScalingGroupName')],
    });
    return AutoScalingGroups[0];
  }

  /** Calls Auto Scaling on its group. */
  async onGroup(operation: string, input: object = {}): Promise<Answer> {
    const AutoScalingGroupName = await this.output('AutoScalingGroupName');
    return this.call('autoscaling', operation, { AutoScalingGroupName, ...input });
  }

  async subnets(): Promise<string[]> {
    return (await this.output('Subnets')).split(',');
  }

  fail(...faults: string[]): void {
    setFaults(this.world, faults.map(parseFault));
  }

  push(seconds: number): void {
    pushJob(this.world, { queue: 'deploy', seconds });
  }

  get running(): number {
    return queueMetrics(buildkiteState(this.world), 'deploy').jobs.running;
  }

  get lost(): number {
    return lostJobs(this.world).length;
  }

  /** Has CloudFormation tell of it what is not so. */
  private tell(change: (stack: Answer) => void): void {
    this.aws.answer = (operation, _input, answer) => {
      if (operation !== 'DescribeStacks') return answer;
      const told = structuredClone(answer) as Answer;
      for (const stack of told.Stacks) if (stack.StackName === 'ci') change(stack);
      return told;
    };
  }

  setParameter(ParameterKey: string, ParameterValue: string): void {
    this.tell((stack) => {
      const others = stack.Parameters.filter((each: Answer) => each.ParameterKey !== ParameterKey);
      stack.Parameters = [...others, { ParameterKey, ParameterValue }];
    });
  }

  setStatus(StackStatus: string): void {
    this.tell((stack) => {
      stack.StackStatus = StackStatus;
    });
  }

  /** The scaler's log has another line. */
  async scalerSays(line: object | string, logGroupName = '/buildkite/ci/scaler'): Promise<void> {
    await this.call('logs', 'CreateLogStream', { logGroupName, logStreamName: 'x' });
    const event = {
      timestamp: this.world.now(),
      message: typeof line === 'string' ? line : JSON.stringify(line),
    };
    await this.call('logs', 'PutLogEvents', { logGroupName, logStreamName: 'x', logEvents: [event] });
  }

  /** The scaler's metrics of the last quarter of an hour. */
  async published({ inService, desired, busyAgents }: Minute): Promise<void> {
    const values = { InServiceInstances: inService, DesiredInstances: desired, BusyAgentCount: busyAgents };
    const Dimensions = [
      { Name: 'StackName', Value: 'ci' },
      { Name: 'Queue', Value: 'deploy' },
    ];
    for (let minute = 1; minute <= 15; minute++) {
      const Timestamp = new Date(this.world.now() - minute * 60_000);
      const MetricData = Object.entries(values).map(([MetricName, Value]) => ({
        ...{ MetricName, Value, Dimensions, Timestamp },
      }));
      await this.call('cloudwatch', 'PutMetricData', { Namespace: 'Buildkite', MetricData });
    }
  }

  /** An update is under way, as far as its journal says. */
  async writeJournal(parts: Partial<Journal> = {}): Promise<void> {
    const { StackId } = await this.stack();
    const journal: Journal = {
      ...{ id: 'u', stackName: 'ci', stackId: StackId, phase: 'replacing', strategy: 'rolling' },
      ...{ startedAt: '2026-01-01T00:00:00.000Z', by: 'arn:ann', resources: 1 },
      changeSetId: `arn:aws:cloudformation:${REGION}:${ACCOUNT}:changeSet/u/1`,
      ...{ former: { bucket: BUCKET, key: 'k' }, group: await this.output('AutoScalingGroupName') },
      ...parts,
    };
    const Value = JSON.stringify(journal);
    await this.call('ssm', 'PutParameter', { Name: '/bk-stack/ci/update', Type: 'String', Value });
  }

  async journal(): Promise<Journal | undefined> {
    const { Parameters } = await this.call('ssm', 'GetParameters', { Names: ['/bk-stack/ci/update'] });
    return Parameters[0] && (JSON.parse(Parameters[0].Value) as Journal);
  }

  /** The agents of an instance are gone, and it does not know. */
  async zombie(): Promise<void> {
    const [{ InstanceId }] = (await this.group()).Instances;
    for (const agent of agentsOfInstance(this.world, InstanceId)) loseAgent(this.world, agent);
  }

  /** The scaler's log is empty. */
  async silence(): Promise<void> {
    const logGroupName = '/buildkite/ci/scaler';
    await this.call('logs', 'DeleteLogGroup', { logGroupName });
    await this.call('logs', 'CreateLogGroup', { logGroupName });
    await this.call('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays: 7 });
  }

  /** Makes another agent stack, of the official template by its looks. */
  async otherStack(queue: string): Promise<void> {
    await this.call('cloudformation', 'CreateStack', {
      StackName: 'other',
      TemplateBody: JSON.stringify({
        Description: 'Buildkite stack v6.40.0',
        Parameters: { BuildkiteQueue: { Type: 'String' } },
        Resources: { Topic: { Type: 'AWS::SNS::Topic' } },
      }),
      Parameters: [{ ParameterKey: 'BuildkiteQueue', ParameterValue: queue }],
    });
    await this.world.pass(30);
  }

  diagnose(stackName: string | null = 'ci', options: Partial<DoctorOptions> = {}): Promise<Report> {
    return diagnose(this.aws.context.inRegion(this.region), stackName ?? undefined, {
      style: { live: false, write: () => undefined, now: () => new Date() },
      signal: new AbortController().signal,
      commands: [],
      restToken: this.restToken,
      askIdentity: this.ask,
      ...options,
    });
  }

  async codes(stackName: string | null = 'ci'): Promise<string[]> {
    return findingsOf(await this.diagnose(stackName)).map(({ code }) => code);
  }

  /** What `--fix --yes` does. */
  async fix(): Promise<void> {
    for (const { carryOut } of repairsOf(await this.diagnose())) await carryOut();
  }
}

/** Buildkite's two APIs over HTTP, as doctor asks them, on whichever world is looked at. */
class BuildkiteServer {
  world: TestWorld | undefined;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<BuildkiteServer> {
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const [, version = '', path = ''] = /^\/(v\d)(\/.*)$/.exec(url.pathname) ?? [];
      const world = buildkite.world;
      if (world === undefined) throw new Error('no world to serve');
      const answer = (version === 'v2' ? handleRest : handleBuildkite)(world, {
        method: request.method ?? 'GET',
        path,
        query: url.searchParams,
        headers: request.headers as Record<string, string>,
        body: Buffer.alloc(0),
      });
      response.writeHead(answer.status, { ...answer.headers, 'content-type': 'application/json' });
      response.end(JSON.stringify(answer.body));
    });
    const buildkite = new BuildkiteServer(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return buildkite;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
