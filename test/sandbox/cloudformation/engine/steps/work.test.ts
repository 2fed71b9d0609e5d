import { expect } from 'chai';
import { identityOf, keepWork } from '../../../../../src/sandbox/cloudformation/engine/steps/work.ts';
import { statusOf } from '../../../../../src/sandbox/cloudformation/engine/steps/status.ts';
import type { Work } from '../../../../../src/sandbox/cloudformation/resources/driver.ts';
import type { Step } from '../../../../../src/sandbox/cloudformation/stacks/operation.ts';
import type { Run } from '../../../../../src/sandbox/cloudformation/stacks/run.ts';

const INITIATED = 'Resource creation Initiated';
const NEW_ID = 'Requested update required the provider to create a new physical resource';
const TARGET = { type: 'T', properties: { Name: 'new' }, needs: ['Other'] };

/** Keeps what a driver did to a resource that has the id `old` and the properties `{Name: 'old'}`. */
function kept(
  step: object,
  done: object,
  resources: object = { A: { physicalId: 'old', properties: { Name: 'old' } } },
) {
  const told: string[] = [];
  const ofStep = { logicalId: 'A', ...step } as Step;
  const work = { tell: (reason: string) => told.push(reason), ...done } as unknown as Work;
  const run = { stack: { resources } } as unknown as Run;
  keepWork(run, ofStep, work);
  const { A: record } = resources as Record<
    string,
    { physicalId?: string; data?: unknown; properties?: object }
  >;
  return { told, initiated: ofStep.initiated, record };
}

describe('what a driver has done to a resource', () => {
  for (const [what, step, done, id, name, told] of [
    ['is a new one', { action: 'create' }, { physicalId: 'new' }, 'new', 'old', [INITIATED]],
    ['is the same one', { action: 'update' }, { physicalId: 'old' }, 'old', 'old', []],
    ['is not one yet', { action: 'create' }, {}, 'old', 'old', []],
    ['is another one by an update', { action: 'update' }, { physicalId: 'new' }, 'new', 'old', [NEW_ID]],
    [
      'is another one in its place',
      { action: 'replace', target: TARGET },
      { physicalId: 'new' },
      'new',
      'new',
      [INITIATED],
    ],
    [
      'is another one of the same id in its place',
      { action: 'replace', target: TARGET },
      { physicalId: 'old' },
      'old',
      'new',
      [INITIATED],
    ],
    [
      'is in its place already',
      { action: 'replace', target: TARGET, initiated: true },
      { physicalId: 'old' },
      'old',
      'old',
      [],
    ],
    [
      'is none of the target by an update',
      { action: 'update', target: TARGET },
      { physicalId: 'new' },
      'new',
      'old',
      [NEW_ID],
    ],
    ['has no target', { action: 'replace' }, { physicalId: 'new' }, 'new', 'old', [INITIATED]],
    [
      'is deleted',
      { pendingDeletion: { current: true, physicalId: 'old' } },
      { physicalId: 'x', data: 1 },
      'old',
      'old',
      [],
    ],
  ] as const) {
    it(what, () => {
      const found = kept(step, done);
      expect(found.told).to.eql(told);
      expect(found.record).to.deep.include({ physicalId: id, properties: { Name: name } });
      expect(found.initiated).to.equal(told.length > 0 || 'initiated' in step ? true : undefined);
      expect(found.record?.data).to.equal(undefined);
    });
  }

  it('is kept with the data of the driver', () => {
    const data = { since: 1 };
    expect(kept({ action: 'update' }, { data }).record?.data).to.equal(data);
  });

  it('is told nowhere for a resource of which the stack has no record', () => {
    expect(kept({ action: 'create' }, { physicalId: 'new' }, {})).to.include({
      record: undefined,
      initiated: undefined,
    });
  });
});

describe('an event of a step', () => {
  const run = { stack: { resources: { A: { physicalId: 'now' } } } } as unknown as Run;
  for (const [what, step, physicalId] of [
    ['is about the resource that there is', { target: TARGET }, 'now'],
    ['is about the one that is deleted', { pendingDeletion: { type: 'T', physicalId: 'old' } }, 'old'],
    ['is about none yet', { logicalId: 'B', target: TARGET }, undefined],
  ] as const) {
    it(what, () => {
      const ofStep = { logicalId: 'A', ...step } as unknown as Step;
      const { logicalId } = ofStep;
      expect(identityOf(run, ofStep)).to.eql({ logicalId, type: 'T', physicalId });
    });
  }

  for (const [action, status] of [
    [undefined, 'CREATE_FAILED'],
    ['create', 'CREATE_FAILED'],
    ['update', 'UPDATE_FAILED'],
    ['replace', 'UPDATE_FAILED'],
    ['delete', 'DELETE_FAILED'],
  ] as const) {
    it(`of ${action ?? 'no action'} that failed is ${status}`, () => {
      expect(statusOf(action === undefined ? {} : { action }, 'FAILED')).to.equal(status);
    });
  }
});
