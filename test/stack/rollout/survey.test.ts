import { expect } from 'chai';
import {
  faultOf,
  outdated,
  type RolloutActivity,
  type RolloutGroup,
  rolloutProgress,
  newerThan,
} from '../../../src/stack/rollout/survey.ts';

const at = new Date('2026-11-24T10:00:00Z');
const launch = (
  outcome: RolloutActivity['outcome'],
  message?: string,
  instanceId?: string,
): RolloutActivity => ({
  kind: 'launch',
  startedAt: at,
  outcome,
  ...(message !== undefined && { message }),
  ...(instanceId !== undefined && { instanceId }),
});
const abandoned = (id: string) => launch('failed', 'Lifecycle Action was abandoned: Heartbeat Timeout', id);
const noImage = launch('failed', 'The image id [ami-1] does not exist');
const noCapacity = launch('failed', 'We currently do not have sufficient t3.large capacity');

const group: RolloutGroup = {
  version: '3',
  size: { min: 0, max: 9, desired: 4 },
  warm: false,
  instances: [
    { instanceId: 'i-1', lifecycleState: 'InService', version: '1' },
    { instanceId: 'i-2', lifecycleState: 'Terminating:Wait', version: '1' },
    { instanceId: 'i-3', lifecycleState: 'Pending:Wait', version: '3' },
    { instanceId: 'i-4', lifecycleState: 'InService', version: '3' },
    { instanceId: 'i-5', lifecycleState: 'InService', version: '2' },
  ],
};

describe('the survey of a group whose instances are replaced', () => {
  it('counts what is old, ending, booting and new', () => {
    const ending = { kind: 'end', instanceId: 'i-2', startedAt: at, outcome: 'under way' } as const;
    expect(rolloutProgress(group, [ending])).to.eql({
      old: 2,
      draining: 1,
      drainingSince: at,
      booting: 1,
      fresh: 1,
    });
  });

  it('tells what is to be replaced from what an update that was taken back has left', () => {
    expect(outdated(group).map(({ instanceId }) => instanceId)).to.eql(['i-1', 'i-5']);
    expect(newerThan(group, '1').map(({ instanceId }) => instanceId)).to.eql(['i-5']);
    expect(newerThan(group, undefined)).to.eql([]);
  });
});

describe('whether a new version is given up', () => {
  it('is not, while nothing has failed, or only once', () => {
    expect(faultOf([])).to.equal(undefined);
    expect(faultOf([abandoned('i-1')])).to.equal(undefined);
    expect(faultOf([launch('under way'), abandoned('i-1')])).to.equal(undefined);
  });

  it('is, when two instances in a row did not come up, and names the last', () => {
    expect(faultOf([launch('under way'), abandoned('i-2'), abandoned('i-1')])).to.eql({
      message: '2 launches in a row failed: Lifecycle Action was abandoned: Heartbeat Timeout',
      instanceId: 'i-2',
    });
  });

  it('is, when no launch even gets an instance and none is under way', () => {
    expect(faultOf([noImage, noImage])?.message).to.match(/does not exist/);
    expect(faultOf([launch('under way'), noImage, noImage])).to.equal(undefined);
  });

  it('takes more, once one has come into service', () => {
    const four = ['i-5', 'i-4', 'i-3', 'i-2'].map(abandoned);
    expect(faultOf([...four, launch('done'), abandoned('i-1')])).to.equal(undefined);
    expect(faultOf([abandoned('i-6'), ...four, launch('done')])?.instanceId).to.equal('i-6');
    // A zone without the type fails for ever, beside others that do not.
    expect(faultOf([...Array.from({ length: 20 }, () => noImage), launch('done')])).to.equal(undefined);
  });

  it('has nothing to do with AWS having no capacity', () => {
    expect(faultOf(Array.from({ length: 20 }, () => noCapacity))).to.equal(undefined);
  });
});
