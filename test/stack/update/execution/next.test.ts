import { expect } from 'chai';
import type { UpdateFacts } from '../../../../src/stack/update/execution/facts.ts';
import type { Journal, UpdatePhase } from '../../../../src/stack/update/execution/journal/journal.ts';
import { type Action, isUndone, next } from '../../../../src/stack/update/execution/next.ts';
import { FORMER, groupOf, instanceOf, journalOf } from '../../../support/fake-update.ts';

/** Of a journal; without a group where that is undefined. */
type Changes = Omit<Partial<Journal>, 'group'> & { readonly group?: string | undefined };
type Row = readonly [
  situation: string,
  changes: Changes,
  facts: UpdateFacts,
  outcome: (journal: Journal) => Action,
];

const SIZES = journalOf().sizes!;
const GROUPLESS = (journal: Partial<Journal>): Changes => ({ ...journal, group: undefined });

const enters =
  (phase: UpdatePhase, more: Partial<Journal> = {}) =>
  (journal: Journal): Action => ({ do: 'write', journal: { ...journal, phase, ...more } });
const fails = (message: string, hint?: string) =>
  enters('undoing', { failure: { message, ...(hint !== undefined && { hint }) } });
const does = (action: Action) => () => action;
const stops = (message: string, hint: string, details?: object) =>
  does({ do: 'stop', because: { message, hint, ...(details && { details: { ...details } }) } });

const STUCK = stops(
  'ci could not be rolled back: why',
  'When the cause is mended, go on with it: bk-stack update ci --cancel',
);
const ROOM = does({ do: 'make room', group: 'g', sizes: SIZES });
const SETTLE = does({ do: 'settle', group: 'g' });

/** Instances of the version before, of the one that is taken back, and of the one that came by taking it back. */
const MIXED = groupOf('3', instanceOf('i-1', '1'), instanceOf('i-2', '2'), instanceOf('i-3', '3'));
const NEW = groupOf('2', instanceOf('i-2', '2'));
const OLD = groupOf('2', instanceOf('i-1', '1'));

function table(phase: UpdatePhase, rows: readonly Row[]): void {
  describe(`an update that is ${phase}`, () => {
    for (const [situation, changes, facts, outcome] of rows) {
      it(situation, () => {
        const { group, ...given } = { ...journalOf({ phase }), ...changes };
        const journal: Journal = group === undefined ? given : { ...given, group };
        expect(next(journal, facts)).to.eql(outcome(journal));
      });
    }
  });
}

table('draining', [
  [
    'goes to the size before',
    { drainSeconds: 60 },
    {},
    does({ do: 'drain', group: 'g', seconds: 60, size: SIZES.before }),
  ],
  [
    'waits as long as it takes where nothing is said',
    {},
    {},
    does({ do: 'drain', group: 'g', seconds: Infinity, size: SIZES.before }),
  ],
  ['is updated where there is no group', GROUPLESS({}), {}, enters('updating')],
  ['is updated once it is empty', {}, { drained: 'empty' }, enters('updating')],
  [
    'is taken back where jobs take too long',
    {},
    { drained: { late: 'two left' } },
    fails(
      'It was not drained in time: two left',
      'Give it longer (--drain-timeout), or see what still runs: bk-stack instances ci',
    ),
  ],
]);

describe('a draining update of an earlier version, without sizes', () => {
  it('has the group remember its own', () => {
    const { sizes: _, ...journal } = journalOf({ phase: 'draining' });
    expect(next(journal, {})).to.eql({ do: 'drain', group: 'g', seconds: Infinity });
    expect(next({ ...journal, phase: 'updating' }, {})).to.include({ do: 'watch' });
    expect(next({ ...journal, phase: 'ending', strategy: 'drain' }, {})).to.include({ do: 'remember' });
  });
});

table('updating', [
  ['makes room for both limits first', {}, { changeSet: 'AVAILABLE' }, ROOM],
  ['also where CloudFormation is at it already', {}, { changeSet: 'EXECUTE_IN_PROGRESS' }, ROOM],
  [
    'executes its change set then',
    {},
    { changeSet: 'AVAILABLE', roomy: true },
    does({ do: 'execute', changeSetId: 'set', learns: 'outcome' }),
  ],
  [
    'executes at once where there is no group',
    GROUPLESS({}),
    { changeSet: 'AVAILABLE' },
    does({ do: 'execute', changeSetId: 'set', learns: 'outcome' }),
  ],
  [
    'watches one that was executed',
    {},
    { changeSet: 'EXECUTE_IN_PROGRESS', roomy: true },
    does({ do: 'watch', learns: 'outcome' }),
  ],
  ['watches one that is gone', {}, { roomy: true }, does({ do: 'watch', learns: 'outcome' })],
  ['settles once CloudFormation is done', {}, { outcome: { kind: 'updated' } }, SETTLE],
  ['replaces instances then', {}, { outcome: { kind: 'updated' }, settled: true }, enters('replacing')],
  [
    'replaces without a group to settle',
    GROUPLESS({}),
    { outcome: { kind: 'updated' } },
    enters('replacing'),
  ],
  [
    'ends after a drain',
    { strategy: 'drain' },
    { outcome: { kind: 'updated' }, settled: true },
    enters('ending'),
  ],
  [
    'ends where it is in place',
    { strategy: 'in-place' },
    { outcome: { kind: 'updated' }, settled: true },
    enters('ending'),
  ],
  [
    'is taken back where CloudFormation has rolled it back',
    {},
    { outcome: { kind: 'rolled back', why: 'X broke' } },
    fails('CloudFormation could not carry it out, and has rolled it back. First cause: X broke'),
  ],
  [
    'is taken back with CloudFormation’s advice',
    {},
    { outcome: { kind: 'rolled back', why: 'X broke', advice: 'Mend X.' } },
    fails('CloudFormation could not carry it out, and has rolled it back. First cause: X broke', 'Mend X.'),
  ],
  ['stops where the roll-back has failed', {}, { outcome: { kind: 'stuck', why: 'why' } }, STUCK],
]);

const PREFERENCES = { minHealthy: 90, batch: 0, skipMatching: true };
table('replacing', [
  ['has nothing to replace without a group', GROUPLESS({}), {}, enters('ending')],
  [
    'replaces none where the group is at zero by a person’s will',
    { paused: true },
    { group: OLD },
    enters('ending'),
  ],
  ['replaces none where the group was not read', {}, {}, enters('ending')],
  ['replaces none where there is no new version', { formerVersion: '2' }, { group: OLD }, enters('ending')],
  ['replaces none where all are new', {}, { group: NEW }, enters('ending')],
  [
    'replaces none that end by themselves',
    {},
    { group: groupOf('2', instanceOf('i-1', '1', 'Terminating:Wait')) },
    enters('ending'),
  ],
  [
    'starts a refresh as asked',
    { refresh: PREFERENCES },
    { group: OLD },
    does({ do: 'start refresh', group: 'g', preferences: PREFERENCES }),
  ],
  [
    'starts a careful refresh where nothing was asked',
    {},
    { group: OLD },
    does({
      do: 'start refresh',
      group: 'g',
      preferences: { minHealthy: 100, batch: 10, skipMatching: true },
    }),
  ],
  [
    'writes down which refresh it is',
    {},
    { group: OLD, refresh: 'r-1' },
    enters('replacing', { refreshId: 'r-1' }),
  ],
  [
    'writes down one that came after another was stopped',
    { refreshId: 'r-0' },
    { group: OLD, refresh: 'r-1' },
    enters('replacing', { refreshId: 'r-1' }),
  ],
  [
    'watches the refresh',
    { refreshId: 'r-1' },
    { group: OLD, refresh: 'r-1' },
    does({ do: 'watch refresh', group: 'g', refreshId: 'r-1' }),
  ],
  [
    'starts another where its own was stopped',
    { refreshId: 'r-1' },
    { group: OLD },
    does({
      do: 'start refresh',
      group: 'g',
      preferences: { minHealthy: 100, batch: 10, skipMatching: true },
    }),
  ],
  [
    'ends when all are replaced',
    { refreshId: 'r-1' },
    { group: OLD, refresh: 'r-1', replacement: { kind: 'replaced' } },
    enters('ending'),
  ],
  [
    'is taken back where new instances do not come up',
    {},
    { group: OLD, replacement: { kind: 'faulty', message: 'no boot' } },
    fails('no boot'),
  ],
  [
    'is taken back with advice',
    {},
    { group: OLD, replacement: { kind: 'faulty', message: 'no boot', hint: 'Mend it.' } },
    fails('no boot', 'Mend it.'),
  ],
  [
    'stops where others have stopped the refresh',
    {},
    { group: OLD, replacement: { kind: 'stopped', status: 'Cancelled', reason: 'by ann', left: 2 } },
    stops(
      'The replacing of instances was stopped by others (Cancelled: by ann); 2 of them still run the former version',
      'Go on with it: bk-stack update ci --resume\nOr take the update back: bk-stack update ci --cancel',
      { stackName: 'ci', left: 2, status: 'Cancelled' },
    ),
  ],
  [
    'stops also where they do not say why',
    {},
    { group: OLD, replacement: { kind: 'stopped', status: 'Failed', left: 1 } },
    stops(
      'The replacing of instances was stopped by others (Failed); 1 of them still run the former version',
      'Go on with it: bk-stack update ci --resume\nOr take the update back: bk-stack update ci --cancel',
      { stackName: 'ci', left: 1, status: 'Failed' },
    ),
  ],
]);

const DONE: UpdateFacts = { changeSet: 'EXECUTE_COMPLETE', stackStatus: 'UPDATE_COMPLETE' };
const WATCH = does({ do: 'watch', learns: 'outcome' });
const WATCH_UNDO = does({ do: 'watch', learns: 'undoOutcome' });
const COMPUTE = does({ do: 'compute undo' });
const NOT_RESTORED = stops(
  'ci could not be made what it was before: why',
  'It is as the update has made it. When the cause is mended: bk-stack update ci --cancel',
);
const WHY = { why: 'why' };

table('undoing', [
  [
    'cancels the refresh before all',
    {},
    { ...DONE, refresh: 'r-1' },
    does({ do: 'cancel refresh', group: 'g' }),
  ],
  ['cancels it once', {}, { ...DONE, refresh: 'r-1', refreshCancelled: true }, COMPUTE],
  ['cancels none without a group', GROUPLESS({}), { ...DONE, refresh: 'r-1' }, COMPUTE],
  [
    'deletes a change set that nobody has executed',
    {},
    { changeSet: 'AVAILABLE', stackStatus: 'UPDATE_COMPLETE' },
    does({ do: 'delete change set', changeSetId: 'set' }),
  ],
  [
    'has nothing else to undo then',
    {},
    { changeSet: 'AVAILABLE', stackStatus: 'UPDATE_COMPLETE', restored: true },
    SETTLE,
  ],
  [
    'cancels an update that CloudFormation is at',
    {},
    { changeSet: 'EXECUTE_IN_PROGRESS', stackStatus: 'UPDATE_IN_PROGRESS' },
    does({ do: 'cancel stack update' }),
  ],
  [
    'watches the roll-back then',
    {},
    { changeSet: 'EXECUTE_IN_PROGRESS', stackStatus: 'UPDATE_IN_PROGRESS', rollbackRequested: true },
    WATCH,
  ],
  [
    'never cancels the update that takes it back',
    { undoing: 'undo' },
    { ...DONE, stackStatus: 'UPDATE_IN_PROGRESS', undoSet: 'EXECUTE_IN_PROGRESS' },
    WATCH_UNDO,
  ],
  [
    'never cancels an update of others while its own undo waits',
    { undoing: 'undo' },
    { ...DONE, stackStatus: 'UPDATE_IN_PROGRESS', undoSet: 'AVAILABLE' },
    WATCH,
  ],
  [
    'watches a roll-back that runs',
    {},
    { changeSet: 'EXECUTE_FAILED', stackStatus: 'UPDATE_ROLLBACK_IN_PROGRESS' },
    WATCH,
  ],
  [
    'waits for the end of an update that can’t be cancelled any more',
    {},
    { changeSet: 'EXECUTE_COMPLETE', stackStatus: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' },
    WATCH,
  ],
  [
    'goes on with a roll-back that has failed',
    {},
    { changeSet: 'EXECUTE_FAILED', stackStatus: 'UPDATE_ROLLBACK_FAILED' },
    does({ do: 'continue rollback' }),
  ],
  [
    'watches that',
    {},
    { changeSet: 'EXECUTE_FAILED', stackStatus: 'UPDATE_ROLLBACK_FAILED', rollbackRequested: true },
    WATCH,
  ],
  [
    'goes on with the failed roll-back of its undo too',
    { undoing: 'undo' },
    { ...DONE, stackStatus: 'UPDATE_ROLLBACK_FAILED', undoSet: 'EXECUTE_FAILED' },
    does({ do: 'continue rollback' }),
  ],
  [
    'watches that as its undo',
    { undoing: 'undo' },
    { ...DONE, stackStatus: 'UPDATE_ROLLBACK_FAILED', undoSet: 'EXECUTE_FAILED', rollbackRequested: true },
    WATCH_UNDO,
  ],
  [
    'is as before where that is rolled back',
    {},
    {
      changeSet: 'EXECUTE_FAILED',
      stackStatus: 'UPDATE_IN_PROGRESS',
      outcome: { kind: 'rolled back', ...WHY },
    },
    SETTLE,
  ],
  [
    'is as before where it was rolled back earlier',
    {},
    { changeSet: 'EXECUTE_FAILED', stackStatus: 'UPDATE_ROLLBACK_COMPLETE' },
    SETTLE,
  ],
  [
    'stops where it can’t be rolled back',
    {},
    { stackStatus: 'UPDATE_IN_PROGRESS', outcome: { kind: 'stuck', ...WHY } },
    STUCK,
  ],
  [
    'is undone by another update where it was too late to cancel it',
    {},
    { changeSet: 'EXECUTE_FAILED', stackStatus: 'UPDATE_IN_PROGRESS', outcome: { kind: 'updated' } },
    COMPUTE,
  ],
  ['is undone by another update where it was done', {}, DONE, COMPUTE],
  [
    'is undone by another update where nothing is known of its change set',
    {},
    { stackStatus: 'UPDATE_COMPLETE' },
    COMPUTE,
  ],
  [
    'writes down that update before it is executed',
    {},
    { ...DONE, computedUndo: 'undo', undoSet: 'AVAILABLE' },
    enters('undoing', { undoing: 'undo' }),
  ],
  ['makes room for it', { undoing: 'undo' }, { ...DONE, computedUndo: 'undo', undoSet: 'AVAILABLE' }, ROOM],
  [
    'executes it',
    { undoing: 'undo' },
    { ...DONE, undoSet: 'AVAILABLE', roomy: true },
    does({ do: 'execute', changeSetId: 'undo', learns: 'undoOutcome' }),
  ],
  ['watches one that runs', { undoing: 'undo' }, { ...DONE, undoSet: 'EXECUTE_IN_PROGRESS' }, WATCH_UNDO],
  ['is as before where it is done', { undoing: 'undo' }, { ...DONE, undoSet: 'EXECUTE_COMPLETE' }, SETTLE],
  ['computes it anew where it is gone', { undoing: 'undo' }, DONE, COMPUTE],
  [
    'computes it anew where it was rolled back earlier',
    { undoing: 'undo' },
    { ...DONE, stackStatus: 'UPDATE_ROLLBACK_COMPLETE', undoSet: 'EXECUTE_FAILED' },
    COMPUTE,
  ],
  [
    'computes it anew where others have changed the stack',
    { undoing: 'undo' },
    { ...DONE, undoSet: 'OBSOLETE' },
    COMPUTE,
  ],
  [
    'writes down the one that is computed anew',
    { undoing: 'undo' },
    { ...DONE, undoSet: 'AVAILABLE', computedUndo: 'undo-2' },
    enters('undoing', { undoing: 'undo-2' }),
  ],
  ['has nothing to undo where nothing has changed', {}, { ...DONE, restored: true }, SETTLE],
  [
    'is as before once that is executed',
    { undoing: 'undo' },
    { ...DONE, undoSet: 'AVAILABLE', undoOutcome: { kind: 'updated' } },
    SETTLE,
  ],
  [
    'stops where it was rolled back',
    { undoing: 'undo' },
    { ...DONE, undoSet: 'AVAILABLE', undoOutcome: { kind: 'rolled back', ...WHY } },
    NOT_RESTORED,
  ],
  [
    'stops where not even that went',
    { undoing: 'undo' },
    { ...DONE, undoSet: 'AVAILABLE', undoOutcome: { kind: 'stuck', ...WHY } },
    STUCK,
  ],
  [
    'ends at once without a group',
    GROUPLESS({}),
    { ...DONE, restored: true, group: MIXED },
    enters('ending'),
  ],
  [
    'ends instances of the version that is taken back, and no others',
    {},
    { ...DONE, restored: true, settled: true, group: MIXED },
    does({ do: 'end instances', instanceIds: ['i-2'] }),
  ],
  [
    'tells them once',
    {},
    { ...DONE, restored: true, settled: true, group: MIXED, straysEnded: true },
    enters('ending'),
  ],
  [
    'ends none where nothing is known of the version before',
    { formerVersion: undefined as never },
    { ...DONE, restored: true, settled: true, group: MIXED },
    enters('ending'),
  ],
  [
    'ends none of a group at zero',
    { paused: true },
    { ...DONE, restored: true, settled: true, group: MIXED },
    enters('ending'),
  ],
  [
    'ends none where the group was not read',
    {},
    { ...DONE, restored: true, settled: true },
    enters('ending'),
  ],
  [
    'ends none where none is left',
    {},
    { ...DONE, restored: true, settled: true, group: OLD },
    enters('ending'),
  ],
  [
    'waits for the end of the refresh last',
    {},
    { ...DONE, restored: true, settled: true, group: OLD, refresh: 'r-1', refreshCancelled: true },
    does({ do: 'await refresh end', group: 'g' }),
  ],
  [
    'waits once',
    {},
    {
      ...DONE,
      restored: true,
      settled: true,
      group: OLD,
      refresh: 'r-1',
      refreshCancelled: true,
      refreshEnded: true,
    },
    enters('ending'),
  ],
]);

const REMEMBER = does({ do: 'remember', location: FORMER });
const FINISH = does({ do: 'finish' });
const FAILURE = { message: 'no' };

table('ending', [
  [
    'gives a drained group the size that it is to have',
    { strategy: 'drain' },
    {},
    does({ do: 'resume', group: 'g', size: SIZES.after }),
  ],
  [
    'gives it the size before where it was taken back',
    { strategy: 'drain', failure: FAILURE },
    {},
    does({ do: 'resume', group: 'g', size: SIZES.before }),
  ],
  [
    'gives it the size before where it was cancelled',
    { strategy: 'drain', cancelled: true },
    {},
    does({ do: 'resume', group: 'g', size: SIZES.before }),
  ],
  [
    'leaves a group at zero there, whatever the strategy',
    { paused: true },
    {},
    does({ do: 'pause', group: 'g', size: SIZES.after }),
  ],
  [
    'leaves it there also after a drain',
    { strategy: 'drain', paused: true },
    {},
    does({ do: 'pause', group: 'g', size: SIZES.after }),
  ],
  [
    'leaves it there with the size before where it was taken back',
    { paused: true, failure: FAILURE },
    {},
    does({ do: 'pause', group: 'g', size: SIZES.before }),
  ],
  ['leaves the size alone where it did not change it', {}, {}, REMEMBER],
  ['leaves it alone also in place', { strategy: 'in-place' }, {}, REMEMBER],
  ['has no size to give without a group', GROUPLESS({ strategy: 'drain' }), {}, REMEMBER],
  ['remembers the way back once the size is right', { strategy: 'drain' }, { sized: true }, REMEMBER],
  ['finishes then', { strategy: 'drain' }, { sized: true, remembered: true }, FINISH],
  ['finishes where the size is as it was', {}, { remembered: true }, FINISH],
  ['remembers nothing where it was taken back', { failure: FAILURE }, {}, FINISH],
  ['remembers nothing where it was cancelled', { cancelled: true }, {}, FINISH],
  [
    'remembers nothing where it was taken back after a drain',
    { strategy: 'drain', failure: FAILURE },
    { sized: true },
    FINISH,
  ],
]);

describe('whether an update was taken back', () => {
  it('is said by a failure, or by the person who has cancelled it', () => {
    expect(isUndone({})).to.equal(false);
    expect(isUndone({ failure: FAILURE })).to.equal(true);
    expect(isUndone({ cancelled: true })).to.equal(true);
  });
});
