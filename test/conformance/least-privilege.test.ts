/* eslint-disable no-console -- the figures of a full run are its result */
import { IAM } from '@aws-sdk/client-iam';
import { STS } from '@aws-sdk/client-sts';
import { expect } from 'chai';
import { CALLS, DEPLOYING } from '../../src/doctor/permissions/calls.ts';
import type { PolicyDocument } from '../../src/doctor/permissions/document.ts';
import { type Finished, runCli } from '../support/process.ts';
import { TestServer } from '../support/server.ts';

/** A command as an operator types it, with a number that is new each time for `%`, and what it reads on stdin. */
interface Flow {
  readonly command: string;
  readonly args: readonly string[];
  readonly input?: string;
  /** Whether it may be repeated against the same stack. Others are tried with all their permissions only. */
  readonly repeats?: boolean;
}

const FLOWS: readonly Flow[] = [
  { command: 'secrets put', args: ['ci', '--set', 'A=b%'], repeats: true },
  { command: 'secrets list', args: ['ci'], repeats: true },
  { command: 'secrets get', args: ['ci', 'env'], repeats: true },
  { command: 'secrets history', args: ['ci', 'env'], repeats: true },
  { command: 'secrets lint', args: ['ci'], repeats: true },
  { command: 'list', args: [], repeats: true },
  { command: 'status', args: ['ci'], repeats: true },
  { command: 'params', args: ['ci'], repeats: true },
  { command: 'instances', args: ['ci'], repeats: true },
  { command: 'logs list', args: ['ci'], repeats: true },
  { command: 'logs tail', args: ['ci', '--no-follow'], repeats: true },
  { command: 'logs insights', args: ['ci', 'fields @message | limit 1'], repeats: true },
  { command: 'metrics', args: ['ci'], repeats: true },
  { command: 'doctor', args: ['ci'], repeats: true },
  { command: 'scale', args: ['ci', '--max', '1%'], repeats: true },
  { command: 'token rotate', args: ['ci', '--token-stdin'], input: 'bkct_y' },
  { command: 'scale-to-zero', args: ['ci', '--no-input'] },
  { command: 'resume', args: ['ci'] },
];

/** All of them with LEAST_PRIVILEGE=all; else every so many, from a place of its own for each command. */
const EVERY = process.env['LEAST_PRIVILEGE'] === 'all' ? 1 : 12;

const REFUSED = /AccessDenied|UnauthorizedOperation/;

const operationOf = (line: string) => line.split(' ')[0] ?? '';
const operations = ({ refused }: { readonly refused: readonly string[] }) =>
  new Set(refused.map(operationOf));

/** What a command says of permissions that it lacks. */
const notes = ({ stdout, stderr }: Finished) =>
  (stdout + stderr)
    .match(/.*(?:not permitted|missing|not authorized|may not).*/gi)
    ?.map((line) => line.replace(/^\S+Z /, ''))
    .sort()
    .join('\n');

describe('least privilege', function () {
  this.timeout(3_600_000);
  const server = new TestServer();
  let iam: IAM;
  let runs = 0;

  const environment = (credentials: {
    AccessKeyId?: string | undefined;
    SecretAccessKey?: string | undefined;
    SessionToken?: string | undefined;
  }) => ({
    ...{ BK_STACK_SANDBOX: '', AWS_PROFILE: undefined, XDG_STATE_HOME: server.directory },
    ...{ AWS_ENDPOINT_URL: server.endpoint, AWS_REGION: 'us-east-1' },
    AWS_ACCESS_KEY_ID: credentials.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.SecretAccessKey,
    AWS_SESSION_TOKEN: credentials.SessionToken,
  });
  const asOwner = (args: readonly string[], input?: string) => {
    const { accessKeyId, secretAccessKey } = server.client.credentials;
    const env = environment({ AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey });
    return runCli(args, { env, ...(input !== undefined && { input }) });
  };
  const printed = async (command: string): Promise<PolicyDocument> => {
    const policy = await asOwner(['doctor', 'ci', '--print-policy', '--for', command]);
    expect(policy.exitCode, policy.stderr).to.equal(0);
    return JSON.parse(policy.stdout);
  };
  /** Runs a command as somebody who has just this policy. */
  const run = async (
    { command, args, input }: Flow,
    policy: PolicyDocument,
  ): Promise<Finished & { readonly refused: readonly string[] }> => {
    await iam.putRolePolicy({
      ...{ RoleName: 'operator', PolicyName: 'printed' },
      PolicyDocument: JSON.stringify(policy),
    });
    const { Credentials = {} } = await new STS(server.client).assumeRole({
      ...{ RoleArn: 'arn:aws:iam::111122223333:role/operator', RoleSessionName: 'night' },
    });
    const before = server.logged.length;
    runs += 1;
    const words = args.map((word) => word.replace('%', String(runs)));
    const finished = await runCli([...command.split(' '), ...words], {
      env: environment(Credentials),
      ...(input !== undefined && { input }),
    });
    return { ...finished, refused: server.logged.slice(before).filter((line) => REFUSED.test(line)) };
  };

  before(async () => {
    await server.start({ enforceIam: true, speed: 200 });
    iam = new IAM(server.client);
    const trust = { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' };
    await iam.createRole({
      RoleName: 'operator',
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
    });
    await iam.createPolicy({
      PolicyName: 'bk-stack-boundary',
      PolicyDocument: (await asOwner(['doctor', '--print-policy', '--boundary'])).stdout,
    });
  });
  after(() => server.remove());

  it('makes a stack within the boundary, whose scaler and instances work under their own roles', async () => {
    const policy = await printed('create');
    const boundary = 'arn:aws:iam::111122223333:policy/bk-stack-boundary';
    const agents = `AgentEndpoint=${server.endpoint}/_buildkite/v3`;
    const params = ['MinSize=1', 'MaxSize=3', agents, `InstanceRolePermissionsBoundaryARN=${boundary}`];
    const args = ['ci', '--token-stdin', '--no-input', ...params.flatMap((each) => ['--param', each])];
    const made = await run({ command: 'create', args, input: 'bkct_x' }, policy);
    expect(made.exitCode, made.stdout + made.stderr).to.equal(0);
    expect(made.refused).to.eql([]);
    const { Roles = [] } = await iam.listRoles({});
    const own = Roles.filter(({ RoleName = '' }) => RoleName.startsWith('ci-'));
    expect(own.length).to.be.greaterThan(1);
    for (const { RoleName } of own) {
      const { Role } = await iam.getRole({ RoleName });
      expect(Role?.PermissionsBoundary?.PermissionsBoundaryArn, RoleName).to.equal(boundary);
    }
  });

  for (const [index, flow] of FLOWS.entries()) {
    const { command, repeats = false } = flow;
    it(`lets "${command}" work with its printed policy, and fail or say so without an action of it`, async () => {
      const policy = await printed(command);
      const whole = await run(flow, policy);
      // Doctor finds what it finds.
      const best = command === 'doctor' ? (await asOwner([command, ...flow.args])).exitCode : 0;
      expect(whole.exitCode, `${command}\n${whole.stdout}${whole.stderr}`).to.equal(best);
      // Whoever only looks has no agent token.
      expect(whole.refused.filter((line) => !line.startsWith('ssm.GetParameter '))).to.eql([]);
      if (!repeats) return;
      const actions = policy.Statement.flatMap(({ Action }) => Action);
      for (const action of actions.filter((_, place) => (place + index) % EVERY === 0)) {
        const Statement = policy.Statement.map((each) => ({
          ...each,
          Action: each.Action.filter((other) => other !== action),
        })).filter(({ Action }) => Action.length > 0);
        const cut = await run(flow, { ...policy, Statement });
        const missed = cut.refused.some((line) => !operations(whole).has(operationOf(line)));
        const told = cut.exitCode !== whole.exitCode || notes(cut) !== notes(whole);
        outcomes.push({ command, action, missed, told });
      }
      const silent = outcomes.filter((each) => each.command === command && each.missed && !each.told);
      expect(silent, 'it works without them, and says nothing').to.eql([]);
    });
  }

  const outcomes: { command: string; action: string; missed: boolean; told: boolean }[] = [];
  after(() => {
    const unused = outcomes.filter(({ missed }) => !missed);
    console.error(
      `      ${outcomes.length} single actions taken away; ${outcomes.length - unused.length} were missed. Not asked for in this state:`,
    );
    for (const { command, action } of unused) console.error(`        ${command}: ${action}`);
  });

  it('tries every command that is no deployment, or says why not', () => {
    const elsewhere = new Set([
      // They need an instance with SSH or a way to it, a second stack, a file to restore, or a child process.
      ...['instances connect', 'instances stop', 'secrets copy', 'secrets restore', 'secrets git-credential'],
      ...['secrets rm', 'secrets run', 'logs get', 'simulate', 'support-bundle'],
    ]);
    const tried = new Set(FLOWS.map(({ command }) => command));
    const left = Object.keys(CALLS).filter((command) => !tried.has(command) && !DEPLOYING.includes(command));
    expect(left.sort()).to.eql([...elsewhere].sort());
  });
});
