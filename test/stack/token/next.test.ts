import { expect } from 'chai';
import type { RefreshState } from '../../../src/stack/rollout/refresh.ts';
import {
  nextRotationAction,
  type RotationAction,
  type RotationProgress,
  type RotationRequest,
  type RunningRefresh,
  type TokenTest,
} from '../../../src/stack/token/next.ts';

const REQUEST: RotationRequest = {
  stackName: 'ci',
  parameter: '/bk-stack/ci/agent-token',
  endpoint: 'https://agent.example/v3',
  group: 'group',
  token: 'new',
  minHealthy: 100,
  roll: true,
};
const accepted = (organization?: string): TokenTest => ({
  kind: 'accepted',
  ...(organization !== undefined && { organization }),
});
const refused: TokenTest = { kind: 'refused' };
const unknown: TokenTest = { kind: 'unknown', why: 'HTTP 503' };

const BEGUN: RotationProgress = { before: { token: 'old', type: 'SecureString', version: 1 } };
const SAME: RotationProgress = { before: { token: 'new', type: 'SecureString', version: 1 } };
const TESTED = { tests: { next: accepted('acme'), before: accepted('acme') } };
const STORED = { ...BEGUN, ...TESTED, version: 2, stored: accepted('acme') };
const COUNTED = { ...STORED, instances: 3 };
const state = (status: string): RefreshState => ({ status, percentage: 0, left: 3 });
const refreshing = (
  status: string | undefined,
  rest: Partial<RunningRefresh> = {},
  progress: RotationProgress = COUNTED,
): RotationProgress => ({
  ...progress,
  refresh: {
    ...{ id: 'r', untestedSeconds: 0, cancelled: false },
    ...(status !== undefined && { state: state(status) }),
    ...rest,
  },
});
const refuse = (because: Extract<RotationAction, { kind: 'refuse' }>['because']): RotationAction => ({
  ...{ kind: 'refuse', because },
});
const start = (minHealthy: number, batch: number): RotationAction => ({
  kind: 'start refresh',
  preferences: { minHealthy, batch, skipMatching: false },
});

describe('the next step of a token rotation', () => {
  const situations: [string, Partial<RotationRequest>, RotationProgress, RotationAction][] = [
    [
      'is a refusal while the instances are being replaced',
      {},
      { ...BEGUN, activeRefresh: 'x' },
      refuse({ kind: 'refresh is active', refreshId: 'x' }),
    ],
    [
      'is the tests all the same where none are to be replaced',
      { roll: false },
      { ...BEGUN, activeRefresh: 'x' },
      { kind: 'test tokens' },
    ],
    ['is to test both tokens first', {}, BEGUN, { kind: 'test tokens' }],
    [
      'is a refusal where Buildkite refuses the new token',
      {},
      { ...BEGUN, tests: { next: refused, before: accepted('acme') } },
      refuse({ kind: 'token is refused' }),
    ],
    [
      'is a refusal where the new token could not be tested',
      {},
      { ...BEGUN, tests: { next: unknown, before: accepted('acme') } },
      refuse({ kind: 'token is untested', why: 'HTTP 503' }),
    ],
    [
      'is a refusal where the new token is another organization’s',
      {},
      { ...BEGUN, tests: { next: accepted('other'), before: accepted('acme') } },
      refuse({ kind: 'other organization', next: 'other', before: 'acme' }),
    ],
    ...(
      [
        ['is refused', refused],
        ['could not be tested', unknown],
        ['names no organization', accepted()],
        [
          'is said to be refused, though with a name',
          { kind: 'refused', organization: 'other' } as TokenTest,
        ],
        ['is the same organization’s', accepted('acme')],
      ] as const
    ).map(([what, before]): [string, object, RotationProgress, RotationAction] => [
      `is to write where the token before ${what}`,
      {},
      { ...BEGUN, tests: { next: accepted('acme'), before } },
      { kind: 'write token' },
    ]),
    [
      'is to write where the new one names no organization',
      {},
      { ...BEGUN, tests: { next: accepted(), before: accepted('acme') } },
      { kind: 'write token' },
    ],
    [
      'is no second version of a token that is there already',
      {},
      { ...SAME, ...TESTED },
      { kind: 'test stored token' },
    ],
    [
      'is to test what the parameter holds then',
      {},
      { ...BEGUN, ...TESTED, version: 2 },
      { kind: 'test stored token' },
    ],
    [
      'is to restore the token before where that is refused',
      {},
      { ...STORED, stored: refused },
      { kind: 'restore token' },
    ],
    [
      'is to fail once it is restored',
      {},
      { ...STORED, stored: refused, restoredVersion: 3 },
      { kind: 'fail', because: 'restored' },
    ],
    [
      'is to fail where there is no token before',
      {},
      { ...SAME, ...TESTED, stored: refused },
      { kind: 'fail', because: 'revoked' },
    ],
    [
      'is to go on where the stored token could not be tested',
      {},
      { ...STORED, stored: unknown },
      { kind: 'count instances' },
    ],
    ['is the end where no instances are to be replaced', { roll: false }, STORED, { kind: 'finish' }],
    ['is to count the instances', {}, STORED, { kind: 'count instances' }],
    ['is the end where there are none', {}, { ...STORED, instances: 0 }, { kind: 'finish', replaced: 0 }],
    ['is to replace them, launching first where none may be missing', {}, COUNTED, start(100, 10)],
    ['is to replace them, ending first where some may be missing', { minHealthy: 99 }, COUNTED, start(99, 0)],
    ['is to look at the refresh', {}, refreshing(undefined), { kind: 'watch refresh' }],
    ['is to look again while it runs', {}, refreshing('InProgress'), { kind: 'watch refresh' }],
    [
      'is to look again before the minute is over',
      {},
      refreshing('InProgress', { untestedSeconds: 59 }),
      { kind: 'watch refresh' },
    ],
    [
      'is to test the token each minute',
      {},
      refreshing('InProgress', { untestedSeconds: 60 }),
      { kind: 'test token' },
    ],
    [
      'is to look again where the token is accepted',
      {},
      refreshing('InProgress', { test: accepted() }),
      { kind: 'watch refresh' },
    ],
    [
      'is to look again where it could not be tested',
      {},
      refreshing('InProgress', { test: unknown }),
      { kind: 'watch refresh' },
    ],
    [
      'is to cancel the refresh where the token is refused',
      {},
      refreshing('InProgress', { test: refused }),
      { kind: 'cancel refresh' },
    ],
    [
      'is to restore the token once that is cancelled',
      {},
      refreshing('InProgress', { test: refused, cancelled: true }),
      { kind: 'restore token' },
    ],
    [
      'is to fail once the refresh is cancelled and the token restored',
      {},
      { ...refreshing('InProgress', { test: refused, cancelled: true }), restoredVersion: 3 },
      { kind: 'fail', because: 'restored' },
    ],
    [
      'is to fail where a token that was there already is refused meanwhile',
      {},
      refreshing(
        'InProgress',
        { test: refused, cancelled: true },
        { ...SAME, ...TESTED, stored: accepted(), instances: 3 },
      ),
      { kind: 'fail', because: 'revoked' },
    ],
    [
      'is the end when all instances are replaced, whatever the token’s last test',
      {},
      refreshing('Successful', { untestedSeconds: 99 }),
      { kind: 'finish', replaced: 3 },
    ],
    ...['Failed', 'Cancelled', 'RollbackSuccessful', 'RollbackFailed'].flatMap(
      (status): [string, object, RotationProgress, RotationAction][] => [
        [
          `is to test the token once the refresh is ${status}`,
          {},
          refreshing(status),
          { kind: 'test token' },
        ],
        [
          `is to fail once the refresh is ${status} with a good token`,
          {},
          refreshing(status, { test: accepted() }),
          { kind: 'fail', because: 'not replaced', state: state(status) },
        ],
        [
          `is to restore once the refresh is ${status} with a refused token`,
          {},
          refreshing(status, { test: refused }),
          { kind: 'restore token' },
        ],
      ],
    ),
  ];
  for (const [what, request, progress, expected] of situations) {
    it(what, () => {
      expect(nextRotationAction({ ...REQUEST, ...request }, progress)).to.eql(expected);
    });
  }
});
