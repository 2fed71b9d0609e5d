import { expect } from 'chai';
import {
  type CreationAction,
  type CreationProgress,
  nextCreationAction,
  type StackAfterFailure,
} from '../../../src/stack/creation/next.ts';

const BEGUN: CreationProgress = { nameTaken: false, staged: false, token: 'unstored', deployment: 'pending' };
const READY: CreationProgress = { ...BEGUN, staged: true, token: 'created' };
const FAILED: CreationProgress = { ...READY, deployment: 'failed' };
const status = (name: string): StackAfterFailure => ({ kind: 'status', status: name });

describe('the next step of a creation', () => {
  for (const [what, progress, action] of [
    [
      'is to remove a failed stack that has the name',
      { ...BEGUN, nameTaken: true },
      { kind: 'remove stack' },
    ],
    ['is to stage the template once the name is free', BEGUN, { kind: 'stage' }],
    ['is to store the token before anything boots', { ...BEGUN, staged: true }, { kind: 'store token' }],
    ['is to deploy with the token made', READY, { kind: 'deploy' }],
    [
      'is to deploy with another version of the token',
      { ...READY, token: 'version added' },
      { kind: 'deploy' },
    ],
    [
      'is to deploy where the token is elsewhere',
      { nameTaken: false, staged: true, deployment: 'pending' },
      { kind: 'deploy' },
    ],
    ['is the end once that is done', { ...READY, deployment: 'done' }, { kind: 'finish' }],
    ['is to look for the stack where it failed', FAILED, { kind: 'look for stack' }],
    [
      'is to fail where the parameter was there before',
      { ...FAILED, token: 'version added' },
      { kind: 'fail' },
    ],
    [
      'is to fail where no token was stored',
      { nameTaken: false, staged: true, deployment: 'failed' },
      { kind: 'fail' },
    ],
    [
      'is to remove the token where there is no stack',
      { ...FAILED, stack: { kind: 'none' } },
      { kind: 'remove token' },
    ],
    [
      'is to fail once it is removed',
      { ...FAILED, token: 'removed', stack: { kind: 'none' } },
      { kind: 'fail' },
    ],
    [
      'is to fail and tell of the token where the stack is not known',
      { ...FAILED, stack: { kind: 'unknown', reason: 'no connection' } },
      { kind: 'fail', tokenLeft: 'no connection' },
    ],
    ...['REVIEW_IN_PROGRESS', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE', 'DELETE_FAILED'].map((name) => [
      `is to remove the token of a stack in ${name}`,
      { ...FAILED, stack: status(name) },
      { kind: 'remove token' },
    ]),
    ...[
      'CREATE_IN_PROGRESS',
      'CREATE_FAILED',
      'ROLLBACK_IN_PROGRESS',
      'ROLLBACK_COMPLETE',
      'CREATE_COMPLETE',
    ].map((name) => [
      `is to leave the token to a stack in ${name}`,
      { ...FAILED, stack: status(name) },
      { kind: 'fail' },
    ]),
  ] as [string, CreationProgress, CreationAction][]) {
    it(what, () => {
      expect(nextCreationAction(progress)).to.eql(action);
    });
  }
});
