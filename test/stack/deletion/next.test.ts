import { expect } from 'chai';
import {
  advance,
  type DeletionAction,
  type DeletionProgress,
  initialProgress,
  nextDeletionAction,
} from '../../../src/stack/deletion/next.ts';
import type { DeletionPlan } from '../../../src/stack/deletion/plan.ts';
import { deletionPlan, plannedGroup } from '../../support/deletion-plan.ts';

const bucket = (name: string) => ({ bucket: name, versions: 3, more: false });
const update = { by: 'ann', startedAt: '2026-11-24T10:00:00Z', phase: 'replacing' } as const;
const NAMES = ['/bk-stack/ci/agent-token'];

/** The steps of a deletion to its end, in which CloudFormation brings the stack to these states. */
function steps(plan: DeletionPlan, ends: readonly string[] = ['DELETE_COMPLETE']): string[] {
  const left = [...ends];
  const taken: string[] = [];
  let progress = initialProgress(plan);
  for (;;) {
    const action = nextDeletionAction(plan, progress);
    taken.push(told(action));
    if (action.kind === 'finish' || action.kind === 'fail') return taken;
    progress = advance(progress, action, action.kind.startsWith('await') ? left.shift() : undefined);
  }
}

function told(action: DeletionAction): string {
  const { kind, ...rest } = action;
  const detail = Object.values(rest).flat().join();
  return detail === '' ? kind : `${kind}: ${detail}`;
}

const TOKEN = `delete parameters: ${NAMES.join()}`;

describe('the steps of a deletion', () => {
  for (const [what, plan, ends, expected] of [
    [
      'of a stack without groups',
      deletionPlan(),
      ['DELETE_COMPLETE'],
      ['delete stack', TOKEN, 'await deletion', 'finish'],
    ],
    [
      'pause all groups before one is waited for, and wait for those that drain alone',
      deletionPlan({
        groups: [plannedGroup('a', 'drain'), plannedGroup('b', 'end'), plannedGroup('c', 'drain')],
      }),
      ['DELETE_COMPLETE'],
      [
        'pause group: a',
        'pause group: b',
        'pause group: c',
        'drain group: a',
        'drain group: c',
        'delete stack',
        TOKEN,
        'await deletion',
        'finish',
      ],
    ],
    [
      'drop an update first, which would scale the groups out again',
      deletionPlan({ update, groups: [plannedGroup('a', 'end')] }),
      ['DELETE_COMPLETE'],
      ['drop update', 'pause group: a', 'delete stack', TOKEN, 'await deletion', 'finish'],
    ],
    [
      'lift termination protection only once the groups are empty',
      deletionPlan({ unprotect: true, groups: [plannedGroup('a', 'drain')] }),
      ['DELETE_COMPLETE'],
      [
        'pause group: a',
        'drain group: a',
        'remove termination protection',
        'delete stack',
        TOKEN,
        'await deletion',
        'finish',
      ],
    ],
    [
      'leave what is to be retained',
      deletionPlan({ retain: ['Vpc', 'Subnet'] }, 'DELETE_FAILED'),
      ['DELETE_COMPLETE'],
      ['delete stack: Vpc,Subnet', TOKEN, 'await deletion', 'finish'],
    ],
    [
      'empty the groups of a stack whose deletion failed',
      deletionPlan({ groups: [plannedGroup('a', 'drain')] }, 'DELETE_FAILED'),
      ['DELETE_COMPLETE'],
      ['pause group: a', 'drain group: a', 'delete stack', TOKEN, 'await deletion', 'finish'],
    ],
    [
      'join a deletion that runs',
      deletionPlan({ underWay: true, update, groups: [plannedGroup('a', 'end')] }, 'DELETE_IN_PROGRESS'),
      ['DELETE_COMPLETE'],
      [TOKEN, 'await deletion', 'finish'],
    ],
    [
      'wait for the rollback of a creation, however that ends, and leave its groups to CloudFormation',
      deletionPlan({ update, groups: [plannedGroup('a', 'end')] }, 'ROLLBACK_IN_PROGRESS'),
      ['ROLLBACK_FAILED', 'DELETE_COMPLETE'],
      ['await rollback', 'delete stack', TOKEN, 'await deletion', 'finish'],
    ],
    [
      'are over after a rollback that took the stack along',
      deletionPlan({}, 'ROLLBACK_IN_PROGRESS'),
      ['DELETE_COMPLETE'],
      ['await rollback', TOKEN, 'finish'],
    ],
    [
      'do not wait for the end of a creation, which DeleteStack ends',
      deletionPlan({ groups: [plannedGroup('a', 'drain')] }, 'CREATE_IN_PROGRESS'),
      ['DELETE_COMPLETE'],
      ['pause group: a', 'drain group: a', 'delete stack', TOKEN, 'await deletion', 'finish'],
    ],
    [
      'of a stack that is gone delete its parameters alone',
      deletionPlan({ unprotect: true }, 'DELETE_COMPLETE'),
      [],
      [TOKEN, 'finish'],
    ],
    [
      'ask nothing of SSM where there are no parameters',
      deletionPlan({ parameters: [] }),
      ['DELETE_COMPLETE'],
      ['delete stack', 'await deletion', 'finish'],
    ],
    [
      'delete buckets once the stack is gone, one after the other, and not those that are kept',
      deletionPlan({
        bucketsToDelete: [bucket('secrets'), bucket('logs')],
        buckets: [bucket('secrets'), bucket('logs'), bucket('other')],
        keptBuckets: [bucket('other')],
      }),
      ['DELETE_COMPLETE'],
      ['delete stack', TOKEN, 'await deletion', 'delete bucket: secrets', 'delete bucket: logs', 'finish'],
    ],
    [
      'end in failure, with the buckets untouched, where CloudFormation could not',
      deletionPlan({ bucketsToDelete: [bucket('secrets')] }),
      ['DELETE_FAILED'],
      ['delete stack', TOKEN, 'await deletion', 'fail'],
    ],
  ] as [string, DeletionPlan, string[], string[]][]) {
    it(what, () => {
      expect(steps(plan, ends)).to.eql(expected);
    });
  }

  it('begin with what the plan has found', () => {
    const begun: DeletionProgress = {
      ...{ status: 'CREATE_COMPLETE', updateDropped: false, pausedGroups: [], drainedGroups: [] },
      ...{ unprotected: false, requested: false, parametersDeleted: false, ended: false, deletedBuckets: [] },
    };
    expect(initialProgress(deletionPlan())).to.eql(begun);
    expect(initialProgress(deletionPlan({ underWay: true }, 'DELETE_IN_PROGRESS'))).to.eql({
      ...{ ...begun, status: 'DELETE_IN_PROGRESS', requested: true },
    });
    expect(advance(begun, { kind: 'await deletion' }), 'no news').to.eql({ ...begun, ended: true });
  });
});
