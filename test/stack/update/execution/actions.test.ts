import { expect } from 'chai';
import { type Operation, perform } from '../../../../src/stack/update/execution/actions.ts';
import type { Journal } from '../../../../src/stack/update/execution/journal/journal.ts';
import {
  FakeUpdate,
  FORMER,
  groupOf,
  instanceOf,
  journalOf,
  STACK_ID,
} from '../../../support/fake-update.ts';
import { sdkError } from '../../../support/world-aws.ts';

const done = (fake: FakeUpdate, action: Operation, journal: Journal = journalOf()) =>
  perform({ services: fake.services, observer: fake.observer, journal }, action);
const SIZE = { min: 1, max: 4, desired: 2 };
const passing = () => sdkError('Throttling', 'later');

describe('an action of an update', () => {
  describe('drain', () => {
    const busy = (fake: FakeUpdate) => {
      const instances = [
        { instanceId: 'i-1', lifecycleState: 'Terminating:Wait', protectedFromScaleIn: false },
      ];
      fake.sized = { ...fake.sized, instances };
    };
    const drain = { do: 'drain', group: 'g', seconds: 30, size: SIZE } as const;

    it('takes the group to zero and waits until it is empty', async () => {
      const fake = new FakeUpdate();
      busy(fake);
      fake.passing = () => {
        if (fake.seconds >= 20) fake.sized = { ...fake.sized, instances: [] };
      };
      expect(await done(fake, drain)).to.eql({ drained: 'empty' });
      expect(fake.seconds).to.equal(20);
      expect(fake.done).to.include('resize g 0/0/0');
      expect(fake.said).to.eql([
        'Draining: instances finish their jobs and end, and none is launched',
        '{"instances":1,"finishing":1}',
      ]);
    });

    it('has the group remember the size that it is told, or its own', async () => {
      const fake = new FakeUpdate();
      await done(fake, { ...drain, size: { min: 7, max: 8, desired: 7 } });
      expect(fake.sized.tags['bk-stack:size']).to.equal('7/8/7');
      const other = new FakeUpdate();
      await done(other, { do: 'drain', group: 'g', seconds: 30 });
      expect(other.sized.tags['bk-stack:size']).to.equal('1/4/2');
    });

    it('is late where jobs take longer', async () => {
      const fake = new FakeUpdate();
      busy(fake);
      expect(await done(fake, drain)).to.eql({
        drained: { late: '1 instance still there after 30 seconds' },
      });
    });

    it('is done again where a person wants to wait as long again, and only then', async () => {
      const fake = new FakeUpdate();
      busy(fake);
      fake.observer.longer = () => Promise.resolve(true);
      expect(await done(fake, drain)).to.eql({});
      fake.observer.longer = () => Promise.resolve(false);
      expect(await done(fake, drain)).to.have.keys('drained');
    });

    it('ends in what AWS refuses', async () => {
      const fake = new FakeUpdate();
      fake.services.capacity.read = () => Promise.reject(sdkError('AccessDenied', 'no'));
      const error = await done(fake, drain).catch((each: unknown) => each);
      expect((error as Error).message).to.equal('no');
      const gone = new FakeUpdate();
      busy(gone);
      gone.passing = () => {
        gone.services.capacity.read = () => Promise.reject(sdkError('AccessDenied', 'no'));
      };
      const later = await done(gone, drain).catch((each: unknown) => each);
      expect((later as Error).message).to.equal('no');
    });
  });

  describe('make room', () => {
    it('gives the group limits for both sizes, for an hour', async () => {
      const fake = new FakeUpdate();
      fake.sized = { ...fake.sized, tags: { 'bk-stack:held': '0/1' } };
      const sizes = { before: { min: 0, max: 4, desired: 2 }, after: { min: 6, max: 8, desired: 6 } };
      expect(await done(fake, { do: 'make room', group: 'g', sizes })).to.eql({ roomy: true });
      expect(fake.done).to.include('resize g 1/6/2');
      expect(fake.done[0]).to.contain('until 1970-01-01T01:00:00.000Z');
    });
  });

  describe('execute', () => {
    it('has CloudFormation execute the change set and watches, then looks for the group', async () => {
      const fake = new FakeUpdate();
      fake.groupName = 'g2';
      expect(await done(fake, { do: 'execute', changeSetId: 'set', learns: 'outcome' })).to.eql({
        ...{ outcome: { kind: 'updated' }, groupName: 'g2' },
      });
      expect(await done(fake, { do: 'execute', changeSetId: 'a:b', learns: 'undoOutcome' })).to.have.keys(
        'undoOutcome',
        'groupName',
      );
      expect(fake.done).to.eql(['executeChangeSet set set', 'executeChangeSet a:b a-b']);
    });
  });

  describe('watch', () => {
    it('watches what runs, then looks for the group', async () => {
      const fake = new FakeUpdate();
      expect(await done(fake, { do: 'watch', learns: 'undoOutcome' })).to.eql({
        ...{ undoOutcome: { kind: 'updated' }, groupName: 'g' },
      });
    });
  });

  describe('settle', () => {
    const settle = { do: 'settle', group: 'g' } as const;

    it('lets the scaler raise the minimum again, and reads the group', async () => {
      const fake = new FakeUpdate();
      fake.sized = { ...fake.sized, tags: { 'bk-stack:held': '0/1 until 1970-01-01T01:00:00.000Z' } };
      expect(await done(fake, settle)).to.eql({ settled: true, group: fake.group });
      expect(fake.done).to.eql(['tag {"bk-stack:held":"0/1"}']);
    });

    it('makes the warm pool anew where it has the version before', async () => {
      const fake = new FakeUpdate();
      fake.group = { ...groupOf('2'), warm: true };
      const health = { health: 'Healthy', instanceType: 't3', zone: 'a' };
      fake.pool = ['1', '2'].map((version) => ({
        ...instanceOf(`i-${version}`, version, 'Warmed:Stopped'),
        ...health,
      }));
      await done(fake, settle);
      expect(fake.done).to.eql(['renew i-1']);
      expect(fake.said).to.eql(['The warm pool is made anew: 1 instance']);
      fake.pool = [];
      await done(fake, settle);
      expect(fake.said).to.have.length(1);
      fake.group = { ...groupOf('2'), warm: false };
      fake.pool = [{ ...instanceOf('i-1', '1', 'Warmed:Stopped'), ...health }];
      await done(fake, settle);
      expect(fake.done, 'no pool').to.have.length(1);
    });
  });

  describe('start refresh', () => {
    it('starts it as it is told', async () => {
      const fake = new FakeUpdate();
      const preferences = { minHealthy: 75, batch: 0, skipMatching: true };
      expect(await done(fake, { do: 'start refresh', group: 'g', preferences })).to.eql({ refresh: 'r-1' });
      expect(fake.done).to.eql(['startRefresh g {"minHealthy":75,"batch":0,"skipMatching":true}']);
      expect(fake.said).to.eql(['Replacing the instances: each ends when its jobs are done']);
    });
  });

  for (const [action, call, facts] of [
    [{ do: 'cancel refresh', group: 'g' }, 'cancelRefresh g', { refreshCancelled: true }],
    [{ do: 'delete change set', changeSetId: 'set' }, 'deleteChangeSet set', { restored: true }],
    [{ do: 'cancel stack update' }, `cancelUpdate ${STACK_ID}`, { rollbackRequested: true }],
    [{ do: 'continue rollback' }, `continueRollback ${STACK_ID}`, { rollbackRequested: true }],
    [{ do: 'end instances', instanceIds: ['i-1', 'i-2'] }, 'terminate i-1,i-2', { straysEnded: true }],
    [{ do: 'remember', location: FORMER }, `remember ci ${FORMER.key}`, { remembered: true }],
  ] as const) {
    it(`${action.do} does that`, async () => {
      const fake = new FakeUpdate();
      expect(await done(fake, action)).to.eql(facts);
      expect(fake.done).to.eql([call]);
    });
  }

  it('watch refresh and await refresh end wait for it', async () => {
    const fake = new FakeUpdate();
    expect(await done(fake, { do: 'watch refresh', group: 'g', refreshId: 'r-1' })).to.eql({
      replacement: { kind: 'replaced' },
    });
    expect(await done(fake, { do: 'await refresh end', group: 'g' })).to.eql({ refreshEnded: true });
  });

  it('cancel stack update leaves it to the watching whether it came too late', async () => {
    const fake = new FakeUpdate();
    fake.failing.set('cancelUpdate', sdkError('ValidationError', 'too late'));
    expect(await done(fake, { do: 'cancel stack update' })).to.eql({ rollbackRequested: true });
  });

  describe('compute undo', () => {
    it('has CloudFormation compute how the stack becomes what it was', async () => {
      const fake = new FakeUpdate();
      const { computedUndo, undoSet } = await done(fake, { do: 'compute undo' });
      expect(undoSet).to.equal('AVAILABLE');
      expect(fake.sets.has(computedUndo ?? '')).to.equal(true);
      expect(fake.requests).to.eql([
        {
          ...{ type: 'UPDATE', stackName: STACK_ID, description: 'bk-stack update: taken back' },
          templateUrl: 'https://b.s3.us-east-1.amazonaws.com/templates/1.yml',
          parameters: [
            { ParameterKey: 'A', ParameterValue: '1' },
            { ParameterKey: 'Secret', UsePreviousValue: true },
          ],
          tags: { team: 'build' },
          capabilities: ['CAPABILITY_NAMED_IAM'],
        },
      ]);
    });

    it('finds that nothing is to be undone', async () => {
      const fake = new FakeUpdate();
      fake.refusal = "The submitted information didn't contain changes.";
      expect(await done(fake, { do: 'compute undo' })).to.eql({ restored: true });
      expect([...fake.sets.keys()]).to.eql(['set']);
    });
  });

  for (const [kind, calls] of [
    [
      'pause',
      ['tag {"bk-stack:paused":"scale-to-zero","bk-stack:size":"1/4/2"}', 'suspend g', 'resize g 0/0/0'],
    ],
    ['resume', ['resize g 1/4/2', 'resume g', 'untag bk-stack:paused,bk-stack:size,bk-stack:held']],
  ] as const) {
    it(`${kind} gives the group that size`, async () => {
      const fake = new FakeUpdate();
      expect(await done(fake, { do: kind, group: 'g', size: SIZE })).to.eql({ sized: true });
      expect(fake.done).to.eql(calls);
    });
  }

  it('is repeated where AWS asks for fewer requests', async () => {
    for (const [call, action] of [
      ['cancelRefresh', { do: 'cancel refresh', group: 'g' }],
      ['terminate', { do: 'end instances', instanceIds: ['i-1'] }],
      ['remember', { do: 'remember', location: FORMER }],
      ['deleteChangeSet', { do: 'delete change set', changeSetId: 'set' }],
    ] as const) {
      const fake = new FakeUpdate();
      fake.failing.set(call, passing());
      fake.passing = () => fake.failing.clear();
      await done(fake, action);
      expect(fake.done).to.have.length(1);
    }
  });
});
