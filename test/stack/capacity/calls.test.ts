import { expect } from 'chai';
import type { AwsContext } from '../../../src/aws/context.ts';
import { capacityCalls } from '../../../src/stack/capacity/calls.ts';
import { recordedAws } from '../../support/recorded-aws.ts';
import { sdkError } from '../../support/world-aws.ts';

describe('removing scale-in protection', () => {
  /** Auto Scaling, which changes all of a request or nothing. */
  const group = (ending: readonly string[], error = sdkError('ValidationError', 'not in InService')) => {
    const unprotected: string[] = [];
    const send = ({ input }: { input: { InstanceIds: string[] } }) => {
      const { InstanceIds: ids } = input;
      if (ids.length > 50) throw sdkError('ValidationError', 'at most 50');
      if (ids.some((id) => ending.includes(id))) throw error;
      unprotected.push(...ids);
      return Promise.resolve({});
    };
    const aws = { clients: { autoScaling: () => Promise.resolve({ send }) } } as unknown as AwsContext;
    return { calls: capacityCalls(aws), unprotected };
  };
  const ids = Array.from({ length: 120 }, (_, at) => `i-${at}`);

  it('takes as many at once as Auto Scaling does', async () => {
    const { calls, unprotected } = group([]);
    await calls.unprotect('g', ids);
    expect(unprotected).to.eql(ids);
  });

  it('reaches all but those that have begun to end', async () => {
    const ending = ['i-3', 'i-77'];
    const { calls, unprotected } = group(ending);
    await calls.unprotect('g', ids);
    expect(unprotected).to.eql(ids.filter((id) => !ending.includes(id)));
  });

  it('fails for any other reason', async () => {
    const { calls } = group(['i-3'], sdkError('AccessDenied', 'denied'));
    const failure = await calls.unprotect('g', ids).catch((error: unknown) => error);
    expect(failure).to.have.property('message', 'denied');
  });
});

describe('changes of a group’s capacity', () => {
  const GROUP = { AutoScalingGroupName: 'g' };
  const tag = (Key: string) => ({
    ...{ ResourceId: 'g', ResourceType: 'auto-scaling-group', Key, PropagateAtLaunch: false },
  });

  it('are one request each', async () => {
    const { aws, sent } = recordedAws();
    const calls = capacityCalls(aws);
    await calls.tag('g', { a: '1', b: '2' });
    await calls.untag('g', ['a', 'b']);
    await calls.resize('g', { min: 1, max: 3, desired: 2 });
    await calls.suspend('g', ['Launch']);
    await calls.resume('g', ['Launch']);
    await calls.release('g', 'i-1');
    await calls.unprotect('g', ['i-1']);
    expect(sent).to.eql([
      [
        'CreateOrUpdateTags',
        {
          Tags: [
            { ...tag('a'), Value: '1' },
            { ...tag('b'), Value: '2' },
          ],
        },
      ],
      ['DeleteTags', { Tags: [tag('a'), tag('b')] }],
      ['UpdateAutoScalingGroup', { ...GROUP, MinSize: 1, MaxSize: 3, DesiredCapacity: 2 }],
      ['SuspendProcesses', { ...GROUP, ScalingProcesses: ['Launch'] }],
      ['ResumeProcesses', { ...GROUP, ScalingProcesses: ['Launch'] }],
      [
        'CompleteLifecycleAction',
        {
          ...GROUP,
          ...{
            LifecycleHookName: 'bk-stack-terminating',
            LifecycleActionResult: 'CONTINUE',
            InstanceId: 'i-1',
          },
        },
      ],
      ['SetInstanceProtection', { ...GROUP, InstanceIds: ['i-1'], ProtectedFromScaleIn: false }],
    ]);
  });

  it('begin with the group as it is', async () => {
    const { aws } = recordedAws({
      DescribeAutoScalingGroups: { AutoScalingGroups: [{ MinSize: 1, MaxSize: 3, DesiredCapacity: 2 }] },
    });
    expect((await capacityCalls(aws).read('g')).size).to.eql({ min: 1, max: 3, desired: 2 });
    const gone = await capacityCalls(recordedAws().aws)
      .read('g')
      .catch((error: unknown) => error as Error);
    expect(gone).to.have.property('message', 'There is no Auto Scaling group g any more');
  });

  it('do not mind an instance that has come to its end by itself, and fail for any other reason', async () => {
    const release = (name: string) =>
      capacityCalls(recordedAws({ CompleteLifecycleAction: sdkError(name, 'no') }).aws)
        .release('g', 'i-1')
        .catch((error: unknown) => (error as Error).name);
    expect(await release('ValidationError')).to.equal(undefined);
    expect(await release('AccessDenied')).to.equal('AccessDenied');
  });

  it('ask for a single instance once, though that is refused', async () => {
    const { aws, sent } = recordedAws({ SetInstanceProtection: sdkError('ValidationError', 'ending') });
    await capacityCalls(aws).unprotect('g', ['i-1']);
    expect(sent).to.have.length(1);
  });
});
