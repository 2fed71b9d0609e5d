import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { iam } from '../../../../src/sandbox/services/iam/index.ts';
import { lambda } from '../../../../src/sandbox/services/lambda/index.ts';
import { logs } from '../../../../src/sandbox/services/logs/index.ts';
import { REGION, StackWorld } from '../../cloudformation/support/sandbox.ts';
import { Functions, makeRole } from './support.ts';

const GROUP = '/buildkite/demo/scaler';
const IAM = { Capabilities: ['CAPABILITY_IAM' as const] };

describe('The log group of a function', () => {
  /** The log groups there, and how many lines they hold, after a function with such a role has run. */
  const afterRun = async (actions: readonly string[], groupExists: boolean): Promise<string> => {
    const aws = new Functions(logs);
    await makeRole(aws.world, actions);
    if (groupExists) await aws.call('logs', 'CreateLogGroup', { logGroupName: GROUP });
    await aws.make('exports.handler = async () => 1', { LoggingConfig: { LogGroup: GROUP } });
    await aws.invoke();
    const { logGroups } = await aws.call('logs', 'DescribeLogGroups');
    if (logGroups.length === 0) return 'no group';
    const { events } = await aws.call('logs', 'FilterLogEvents', { logGroupName: GROUP });
    return events.length > 0 ? 'group with lines' : 'empty group';
  };
  const WRITE = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  const SITUATIONS = [
    {
      role: 'may make groups',
      actions: ['logs:CreateLogGroup', ...WRITE],
      there: false,
      then: 'group with lines',
    },
    { role: 'may only write', actions: WRITE, there: false, then: 'no group' },
    { role: 'may only write', actions: WRITE, there: true, then: 'group with lines' },
    { role: 'may not make streams', actions: ['logs:PutLogEvents'], there: true, then: 'empty group' },
    { role: 'may not put events', actions: ['logs:CreateLogStream'], there: true, then: 'empty group' },
    { role: 'may do nothing with logs', actions: ['s3:GetObject'], there: true, then: 'empty group' },
  ];
  for (const { role, actions, there, then } of SITUATIONS) {
    it(`is «${then}» after a run whose role ${role}, where the group ${there ? 'existed' : 'did not exist'}`, async () => {
      expect(await afterRun(actions, there)).to.equal(then);
    });
  }

  it('stays deleted when the function still runs after its stack is gone, so that the next stack of the name can be made', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bk-stack-log-'));
    const go = join(folder, 'go');
    try {
      const world = new StackWorld([lambda, iam, logs]);
      expect((await world.created('demo', TEMPLATE, IAM)).StackStatus).to.equal('CREATE_COMPLETE');
      const invoked = world.call(world.scope(REGION), 'lambda', 'Invoke', {
        FunctionName: 'demo-scaler',
        Payload: Buffer.from(JSON.stringify({ go })),
      });
      await world.ask('DeleteStack', { StackName: 'demo' });
      await world.pass(600);
      writeFileSync(go, '');
      await invoked;
      expect(await world.call(world.scope(REGION), 'logs', 'DescribeLogGroups', {})).to.deep.include({
        logGroups: [],
      });
      expect((await world.created('demo', TEMPLATE, IAM)).StackStatus).to.equal('CREATE_COMPLETE');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Waits for a file, as a scaler waits for its next look. */
const SOURCE = `
const { existsSync } = require('node:fs');
exports.handler = async ({ go }) => {
  while (!existsSync(go)) await new Promise((resolve) => setTimeout(resolve, 5));
  console.log('still here');
};`;

const statement = (more: object) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...more }] });

/** Log group, role and function as template/bk-stack.yml has them for the scaler. */
const TEMPLATE = {
  Resources: {
    Group: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: GROUP } },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: statement({
          Principal: { Service: 'lambda.amazonaws.com' },
          Action: 'sts:AssumeRole',
        }),
        Policies: [
          {
            PolicyName: 'logs',
            PolicyDocument: statement({
              Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              Resource: { 'Fn::GetAtt': ['Group', 'Arn'] },
            }),
          },
        ],
      },
    },
    Scaler: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'demo-scaler',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Timeout: 58,
        Code: { ZipFile: SOURCE },
        LoggingConfig: { LogGroup: { Ref: 'Group' } },
      },
    },
  },
};
