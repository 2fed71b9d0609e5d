import { expect } from 'chai';
import type { DeletionResult } from '../../../src/stack/deletion/delete-stack.ts';
import type { DeletionPlan } from '../../../src/stack/deletion/plan.ts';
import { deletionText, planText } from '../../../src/stack/deletion/text.ts';
import type { Theme } from '../../../src/terminal/theme.ts';
import { deletionPlan, plannedGroup } from '../../support/deletion-plan.ts';

const as = (text: string) => text;
const theme: Theme = { stack: as, command: as, good: as, busy: as, bad: as, dim: as, heading: as };

const GROUP_TYPE = 'AWS::AutoScaling::AutoScalingGroup';
const resource = (logicalId: string, retained = false, type = 'AWS::EC2::VPC') => ({
  ...{ logicalId, type, physicalId: logicalId.toLowerCase(), retained },
});
const lines = (parts: Partial<DeletionPlan>, status?: string) =>
  planText(deletionPlan(parts, status), theme).split('\n').slice(1);
const TOKEN = '  - deletes SSM parameter /bk-stack/ci/agent-token';

describe('the plan of a deletion as text', () => {
  it('names the stack first', () => {
    expect(planText(deletionPlan(), theme).split('\n')).to.eql(['ci in us-east-1 (CREATE_COMPLETE)', TOKEN]);
  });

  const running = (count: number) => ({ known: true, queue: 'q', running: count }) as const;
  for (const [what, parts, status, expected] of [
    [
      'counts the resources that go, without those kept',
      {
        resources: [resource('Vpc'), resource('Role'), resource('Subnet'), resource('Secrets', true)],
        retain: ['Subnet'],
      },
      'DELETE_FAILED',
      ['  - deletes 2 resources of the stack', TOKEN, '  + keeps resource Subnet'],
    ],
    [
      'says what a group costs that is kept',
      {
        resources: [resource('Vpc'), resource('Group', false, GROUP_TYPE)],
        retain: ['Group', 'Vpc', 'Unknown'],
      },
      'DELETE_FAILED',
      [
        TOKEN,
        '  + keeps resource Group, whose instances run on and are charged for',
        '  + keeps resource Vpc',
        '  + keeps resource Unknown',
      ],
    ],
    [
      'tells the buckets apart that go and that stay',
      {
        bucketsToDelete: [{ bucket: 'secrets', versions: 1000, more: true }],
        keptBuckets: [
          { bucket: 'logs', versions: 0, more: false },
          { bucket: 'other', versions: 1, more: false },
        ],
      },
      undefined,
      [
        '  - deletes bucket secrets with more than 1000 object versions, for good',
        TOKEN,
        '  + keeps bucket logs (empty)',
        '  + keeps bucket other with 1 object version',
      ],
    ],
    [
      'warns of what is switched off',
      { unprotect: true },
      undefined,
      [TOKEN, '  ! switches its termination protection off'],
    ],
    [
      'warns of a creation that is ended',
      {},
      'CREATE_IN_PROGRESS',
      [TOKEN, '  ! ends its creation, which still runs'],
    ],
    [
      'warns of a rollback that is waited for',
      {},
      'ROLLBACK_IN_PROGRESS',
      [TOKEN, '  ! waits until the rollback of its creation is over'],
    ],
    [
      'warns of an update that is dropped',
      { update: { by: 'ann', startedAt: '2026-11-24', phase: 'replacing' } },
      undefined,
      [TOKEN, '  ! drops its unfinished update (replacing), begun by ann at 2026-11-24'],
    ],
    [
      'says that a deletion runs',
      { underWay: true },
      'DELETE_IN_PROGRESS',
      [TOKEN, '  ! its deletion runs already'],
    ],
    [
      'counts the instances that drain and those that end at once, with the jobs',
      { groups: [plannedGroup('a', 'drain'), plannedGroup('b', 'end')], jobs: running(2) },
      undefined,
      [
        '  ! drains 1 instance first (2 running jobs in the queue q)',
        '  - ends 1 instance at once (2 running jobs in the queue q)',
        "  ! jobs can't finish first: nothing lets them finish",
        TOKEN,
      ],
    ],
    [
      'says why jobs cannot finish',
      { groups: [plannedGroup('b', 'end')], jobs: { known: false, why: 'no token' } },
      'DELETE_IN_PROGRESS',
      [
        '  - ends 1 instance at once (unknown number of running jobs: no token)',
        "  ! jobs can't finish first: CloudFormation is deleting the stack already",
        TOKEN,
      ],
    ],
    [
      'does not where none runs',
      { groups: [plannedGroup('b', 'end')], jobs: running(0) },
      undefined,
      ['  - ends 1 instance at once (no running jobs in the queue q)', TOKEN],
    ],
    [
      'does not where that was asked for',
      { groups: [plannedGroup('b', 'end')], jobs: running(1), force: true },
      undefined,
      ['  - ends 1 instance at once (1 running job in the queue q)', TOKEN],
    ],
  ] as [string, Partial<DeletionPlan>, string | undefined, string[]][]) {
    it(what, () => {
      expect(lines(parts, status)).to.eql(expected);
    });
  }

  it('paints what goes, what stays and what to mind', () => {
    const marked: Theme = {
      ...theme,
      stack: (text) => `<stack ${text}>`,
      good: (text) => `<good ${text}>`,
      bad: (text) => `<bad ${text}>`,
      busy: (text) => `<busy ${text}>`,
    };
    const bucket = (name: string) => ({ bucket: name, versions: 0, more: false });
    const plan = deletionPlan({
      unprotect: true,
      groups: [plannedGroup('b', 'end')],
      bucketsToDelete: [bucket('a')],
      keptBuckets: [bucket('c')],
    });
    expect(planText(plan, marked).split('\n')).to.eql([
      '<stack ci> in us-east-1 (CREATE_COMPLETE)',
      '  <bad -> <bad ends 1 instance at once> (unknown number of running jobs)',
      "  <busy !> jobs can't finish first: nothing lets them finish",
      '  <bad -> deletes <bad bucket a (empty), for good>',
      '  <bad -> deletes SSM parameter /bk-stack/ci/agent-token',
      '  <good +> keeps bucket c (empty)',
      '  <busy !> switches its termination protection off',
    ]);
  });
});

describe('the result of a deletion as text', () => {
  const result: DeletionResult = {
    ...{ stackName: 'ci', stackId: 'arn:ci', region: 'us-east-1', status: 'DELETE_COMPLETE' },
    ...{
      elapsedSeconds: 75,
      instances: 0,
      drained: true,
      kept: [],
      deletedBuckets: [],
      deletedParameters: [],
    },
  };
  const kept = (logicalId: string, type: string) => ({ logicalId, type, physicalId: `ci-${logicalId}` });
  it('says what is gone, what is kept, and how to use the secrets again', () => {
    expect(deletionText(result, theme)).to.equal('✔ ci is deleted, after 1m 15s.');
    expect(
      deletionText(
        {
          ...result,
          deletedBuckets: [{ bucket: 'old', versions: 3 }],
          kept: [
            kept('AccessLogs', 'AWS::S3::Bucket'),
            kept('Secrets', 'AWS::S3::Bucket'),
            kept('Policy', 'AWS::S3::BucketPolicy'),
            kept('Vpc', 'AWS::EC2::VPC'),
          ],
        },
        theme,
      ).split('\n'),
    ).to.eql([
      '✔ ci is deleted, after 1m 15s.',
      '  Bucket old is deleted with all it held.',
      '  Bucket ci-AccessLogs is kept.',
      '  Bucket ci-Secrets is kept.',
      '  Vpc is kept: AWS::EC2::VPC ci-Vpc.',
      '  To use its secrets in another stack: bk-stack create --param SecretsBucket=ci-Secrets',
    ]);
    const logs = { ...result, kept: [kept('AccessLogs', 'AWS::S3::Bucket')] };
    expect(deletionText(logs, theme)).to.not.contain('SecretsBucket');
  });
});
