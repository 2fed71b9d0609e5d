import type { Stack } from '@aws-sdk/client-cloudformation';
import { expect } from 'chai';
import { gatherStacks, type StackReader } from '../../../../src/stack/facts/stack/list-stacks.ts';
import { awsError } from '../../../support/cloudformation.ts';

function stack(name: string, parts: Partial<Stack> = {}): Stack {
  return {
    StackName: name,
    StackId: `arn:aws:cloudformation:us-east-1:111122223333:stack/${name}/1`,
    StackStatus: 'CREATE_COMPLETE',
    CreationTime: new Date('2026-11-01T00:00:00Z'),
    ...parts,
  };
}

const ours = (name: string, parts: Partial<Stack> = {}) =>
  stack(name, {
    Tags: [
      { Key: 'bk-stack:stack', Value: name },
      { Key: 'bk-stack:version', Value: '0.1.0' },
    ],
    Parameters: [{ ParameterKey: 'BuildkiteQueue', ParameterValue: 'deploy' }],
    ...parts,
  });

function readerOf(regions: Record<string, readonly Stack[] | Error>): StackReader & { most: number } {
  let busy = 0;
  const reader = {
    most: 0,
    regions: () => Promise.resolve(Object.keys(regions)),
    stacks: async (region: string) => {
      busy += 1;
      reader.most = Math.max(reader.most, busy);
      await new Promise(setImmediate);
      busy -= 1;
      const found = regions[region] ?? [];
      if (found instanceof Error) throw found;
      return found;
    },
  };
  return reader;
}

describe('listing stacks', () => {
  it('finds ours by their tag and the official ones by their description or outputs', async () => {
    const reader = readerOf({
      'us-east-1': [
        stack('website'),
        stack('official', { Description: 'Buildkite stack v6.21.0' }),
        stack('fork', {
          Outputs: [{ OutputKey: 'AutoScalingGroupName' }, { OutputKey: 'ManagedSecretsBucket' }],
        }),
        ours('ci'),
      ],
    });
    const { stacks } = await gatherStacks(reader, 'us-east-1', { allRegions: false });
    expect(
      stacks.map(({ stackName, origin, version, queue }) => [stackName, origin, version, queue]),
    ).to.deep.equal([
      ['ci', 'bk-stack', '0.1.0', 'deploy'],
      ['fork', 'elastic-ci-stack', undefined, undefined],
      ['official', 'elastic-ci-stack', 'v6.21.0', undefined],
    ]);
  });

  it('leaves out stacks that are nested in ours, although our tags reach them', async () => {
    const reader = readerOf({ 'us-east-1': [ours('ci'), ours('ci-Network-1', { RootId: 'arn:ci' })] });
    const { stacks } = await gatherStacks(reader, 'us-east-1', { allRegions: false });
    expect(stacks.map(({ stackName }) => stackName)).to.deep.equal(['ci']);
  });

  it('reads every region, a few at a time, and reports those that refuse', async () => {
    const regions: Record<string, readonly Stack[] | Error> = {};
    for (let i = 1; i <= 20; i += 1) regions[`xx-test-${i}`] = [ours(`ci-${i}`)];
    regions['ap-closed-1'] = awsError(
      'AccessDenied',
      'not authorized to perform: cloudformation:DescribeStacks',
    );
    const reader = readerOf(regions);
    const list = await gatherStacks(reader, 'us-east-1', { allRegions: true });
    expect(list.stacks).to.have.length(20);
    expect(list.refused.map(({ region }) => region)).to.deep.equal(['ap-closed-1']);
    expect(list.refused[0]?.reason).to.contain('cloudformation:DescribeStacks');
    expect(reader.most).to.be.within(2, 8);
  });

  it('fails where the one region it was asked for refuses', async () => {
    const reader = readerOf({ 'us-east-1': awsError('AccessDenied') });
    const failed = await gatherStacks(reader, 'us-east-1', { allRegions: false }).catch(() => 'failed');
    expect(failed).to.equal('failed');
  });
});
