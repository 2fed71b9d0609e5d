import { expect } from 'chai';
import { parseTemplate } from '../../../src/cfn/document.ts';
import {
  isBeingDeleted,
  isGone,
  isRetained,
  isUsable,
  jobsText,
  mayRunJobs,
  queueJobs,
  retainedBuckets,
  type StackResource,
} from '../../../src/stack/deletion/facts.ts';

describe('the status of a stack that is to be deleted', () => {
  for (const [status, usable, beingDeleted, gone] of [
    ['CREATE_COMPLETE', true, false, false],
    ['UPDATE_COMPLETE', true, false, false],
    ['UPDATE_ROLLBACK_COMPLETE', true, false, false],
    ['UPDATE_ROLLBACK_FAILED', true, false, false],
    ['IMPORT_COMPLETE', true, false, false],
    ['REVIEW_IN_PROGRESS', true, false, false],
    ['CREATE_IN_PROGRESS', false, false, false],
    ['CREATE_FAILED', false, false, false],
    ['ROLLBACK_IN_PROGRESS', false, true, false],
    ['ROLLBACK_COMPLETE', false, false, false],
    ['ROLLBACK_FAILED', false, false, false],
    ['DELETE_IN_PROGRESS', false, true, false],
    ['DELETE_FAILED', false, false, false],
    ['DELETE_COMPLETE', false, false, true],
  ] as const) {
    it(`${status}: ${usable ? 'serves jobs' : 'serves none'}${beingDeleted ? ', its resources are going' : ''}${gone ? ', gone' : ''}`, () => {
      expect([isUsable({ status }), isBeingDeleted({ status }), isGone({ status })]).to.eql([
        usable,
        beingDeleted,
        gone,
      ]);
    });
  }
});

describe('the jobs of a stack that is to be deleted', () => {
  const state = (running: number, busy: number) => ({
    known: true as const,
    queue: 'q',
    report: {
      organization: 'acme',
      jobs: { running, scheduled: 9, waiting: 9, total: 9 },
      agents: { busy, idle: 9, total: 9 },
    } as never,
  });
  it('are those that run or that busy agents have accepted', () => {
    expect(queueJobs(state(2, 1))).to.eql({ known: true, queue: 'q', running: 2 });
    expect(queueJobs(state(0, 1))).to.eql({ known: true, queue: 'q', running: 1 });
    expect(queueJobs({ known: false, why: 'no token' })).to.eql({ known: false, why: 'no token' });
  });

  for (const [jobs, text] of [
    [undefined, 'unknown number of running jobs'],
    [{ known: false, why: 'no token' }, 'unknown number of running jobs: no token'],
    [{ known: true, queue: 'q', running: 0 }, 'no running jobs in the queue q'],
    [{ known: true, queue: 'q', running: 1 }, '1 running job in the queue q'],
    [{ known: true, queue: 'q', running: 2 }, '2 running jobs in the queue q'],
  ] as const) {
    it(`are told as ${text}`, () => {
      expect(jobsText(jobs)).to.equal(text);
    });
  }

  for (const [lifecycleState, may] of [
    ['Pending', false],
    ['Pending:Wait', false],
    ['InService', true],
    ['Terminating:Wait', true],
    ['Standby', true],
  ] as const) {
    it(`${may ? 'may run' : 'cannot run'} on an instance in ${lifecycleState}`, () => {
      expect(mayRunJobs({ lifecycleState })).to.equal(may);
    });
  }
});

describe('what outlives a stack', () => {
  const template = parseTemplate(`
Resources:
  Kept: { Type: AWS::S3::Bucket, DeletionPolicy: Retain }
  Exact: { Type: AWS::S3::Bucket, DeletionPolicy: RetainExceptOnCreate }
  Snapshot: { Type: AWS::RDS::DBInstance, DeletionPolicy: Snapshot }
  Going: { Type: AWS::S3::Bucket, DeletionPolicy: Delete }
  Plain: { Type: AWS::S3::Bucket }
`);
  for (const [logicalId, retained] of [
    ['Kept', true],
    ['Exact', true],
    ['Snapshot', false],
    ['Going', false],
    ['Plain', false],
    ['Unknown', false],
  ] as const) {
    it(`is ${retained ? '' : 'not '}${logicalId}, by its DeletionPolicy`, () => {
      expect(isRetained(logicalId, template)).to.equal(retained);
    });
  }

  it('is not known without the template, or its resources', () => {
    expect(isRetained('Kept', undefined)).to.equal(false);
    expect(isRetained('Kept', parseTemplate('Outputs: {}'))).to.equal(false);
  });

  it('of buckets are those retained, the secrets before the access logs', () => {
    const bucket = (logicalId: string, rest: Partial<StackResource> = {}): StackResource => ({
      ...{ logicalId, type: 'AWS::S3::Bucket', physicalId: logicalId.toLowerCase(), retained: true },
      ...rest,
    });
    expect(
      retainedBuckets([
        bucket('AccessLogs'),
        bucket('Secrets'),
        bucket('Going', { retained: false }),
        bucket('Unmade', { physicalId: '' }),
        bucket('Queue', { type: 'AWS::SQS::Queue' }),
        bucket('Assets'),
      ]),
    ).to.eql(['secrets', 'assets', 'accesslogs']);
  });
});
