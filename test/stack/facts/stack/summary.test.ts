import type { Stack } from '@aws-sdk/client-cloudformation';
import { expect } from 'chai';
import { originOf, summaryOf } from '../../../../src/stack/facts/stack/summary.ts';

const stack = (parts: Partial<Stack>): Stack => ({
  ...{ StackName: 'ci', StackId: 'id', CreationTime: new Date(0), StackStatus: 'CREATE_COMPLETE' },
  ...parts,
});
const outputs = (...keys: string[]) => ({
  Outputs: keys.map((OutputKey) => ({ OutputKey, OutputValue: 'x' })),
});
const OURS = { Description: 'Buildkite agents on EC2, made and run by bk-stack.' };
const OFFICIAL = { Description: 'Buildkite stack v6.40.0' };
const TAGS = [{ Key: 'bk-stack:stack', Value: 'ci' }];

describe('the template that a stack was made from', () => {
  for (const [what, parts, origin] of [
    ['ours by its description', OURS, 'bk-stack'],
    ['ours by its tag', { Tags: TAGS }, 'bk-stack'],
    ['not ours by another tag', { Tags: [{ Key: 'x', Value: 'ci' }] }, 'other'],
    ['the official one by its description, whoever made it', { ...OFFICIAL, Tags: TAGS }, 'elastic-ci-stack'],
    ['the official one without its version', { Description: 'Buildkite stack ' }, 'elastic-ci-stack'],
    [
      'a fork of it by its outputs',
      outputs('AutoScalingGroupName', 'ManagedSecretsBucket'),
      'elastic-ci-stack',
    ],
    ['another with a group alone', outputs('AutoScalingGroupName'), 'other'],
    ['another with a bucket alone', outputs('ManagedSecretsBucket'), 'other'],
    ['another that mentions it', { Description: 'My Buildkite stack v6' }, 'other'],
    ['another that mentions us', { Description: 'made and run by bk-stack. Not.' }, 'other'],
    ['a nested one is none', { ...OURS, RootId: 'root' }, 'other'],
    ['its own root is none nested', { ...OURS, RootId: 'id' }, 'bk-stack'],
  ] as const) {
    it(what, () => {
      expect(originOf(stack(parts as Partial<Stack>))).to.equal(origin);
    });
  }
});

describe('the summary of a stack', () => {
  it('has what the stack says', () => {
    const parts = {
      ...OURS,
      StackStatusReason: 'why',
      Tags: [...TAGS, { Key: 'bk-stack:version', Value: '0.2.0' }],
      Parameters: [{ ParameterKey: 'BuildkiteQueue', ParameterValue: 'deploy' }],
      LastUpdatedTime: new Date(1000),
      EnableTerminationProtection: true,
      DriftInformation: { StackDriftStatus: 'DRIFTED' as const, LastCheckTimestamp: new Date(2000) },
    };
    expect(summaryOf(stack(parts), 'us-east-1')).to.eql({
      ...{ stackName: 'ci', stackId: 'id', region: 'us-east-1', status: 'CREATE_COMPLETE', reason: 'why' },
      ...{ origin: 'bk-stack', version: '0.2.0', queue: 'deploy', terminationProtection: true },
      ...{ createdAt: '1970-01-01T00:00:00.000Z', updatedAt: '1970-01-01T00:00:01.000Z' },
      drift: { status: 'DRIFTED', checkedAt: '1970-01-01T00:00:02.000Z' },
    });
  });

  it('leaves out what it does not say', () => {
    const drift = (DriftInformation: Stack['DriftInformation']) =>
      summaryOf(stack({ ...OFFICIAL, DriftInformation }), 'us-east-1');
    expect(drift({ StackDriftStatus: 'NOT_CHECKED' })).to.eql({
      ...{ stackName: 'ci', stackId: 'id', region: 'us-east-1', status: 'CREATE_COMPLETE' },
      ...{ origin: 'elastic-ci-stack', version: 'v6.40.0', terminationProtection: false },
      createdAt: '1970-01-01T00:00:00.000Z',
    });
    expect(drift({ StackDriftStatus: 'IN_SYNC' }).drift).to.eql({ status: 'IN_SYNC' });
    expect(drift(undefined)).to.not.have.property('drift');
  });
});
