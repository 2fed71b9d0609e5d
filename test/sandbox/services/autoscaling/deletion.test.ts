import { expect } from 'chai';
import { type Answer } from '../../../support/fleet.ts';
import { DeletableStack, FORMER_TEMPLATE } from '../../../support/deletable.ts';

/** As AWS's activity history has it: "Could not scale to desired capacity because ...". */
const PROTECTED = 'because all remaining instances are protected from scale-in.';

describe('a group that CloudFormation deletes', () => {
  let stack: DeletableStack;
  beforeEach(() => {
    stack = new DeletableStack();
  });
  afterEach(() => {
    stack.dispose();
  });

  const ids = async () => (await stack.group()).Instances.map(({ InstanceId }: Answer) => InstanceId);
  const unprotect = async () =>
    stack.call('autoscaling', 'SetInstanceProtection', {
      AutoScalingGroupName: stack.groupName,
      InstanceIds: await ids(),
      ProtectedFromScaleIn: false,
    });
  const reasonOf = async (resource: string) => {
    const { StackSummaries } = await stack.call('cloudformation', 'ListStacks');
    const { StackEvents } = await stack.call('cloudformation', 'DescribeStackEvents', {
      StackName: StackSummaries[0].StackId,
    });
    return StackEvents.find(
      ({ LogicalResourceId, ResourceStatus }: Answer) =>
        LogicalResourceId === resource && ResourceStatus === 'DELETE_FAILED',
    )?.ResourceStatusReason as string | undefined;
  };

  it('is waited for, for an hour, while instances are protected, and named as the reason then', async () => {
    await stack.start({ MinSize: '2' });
    await stack.deleteByHand();
    await stack.pass(3_500);
    expect(await stack.status()).to.equal('DELETE_IN_PROGRESS');
    expect(await stack.group()).to.include({ MinSize: 0, MaxSize: 0, DesiredCapacity: 0 });
    expect(await stack.instances()).to.equal(2);
    await stack.pass(300);
    expect(await stack.status()).to.equal('DELETE_FAILED');
    expect(await reasonOf('Group'))
      .to.match(/^Group did not stabilize\. \{current\/minSize\/maxSize\} group size = \{2\/0\/0\}/)
      .and.to.contain(PROTECTED);
  });

  it('goes as soon as the protection is removed', async () => {
    await stack.start({ MinSize: '2' });
    await stack.deleteByHand();
    await stack.pass(600);
    await unprotect();
    await stack.pass(120);
    expect([await stack.status(), await stack.instances()]).to.eql(['DELETE_COMPLETE', 0]);
  });

  it('goes at once where nothing is protected', async () => {
    await stack.start({ MinSize: '2', InstanceScaleInProtection: 'false' });
    expect(await stack.instances()).to.equal(2);
    await stack.deleteByHand();
    await stack.pass(180);
    expect([await stack.status(), await stack.instances()]).to.eql(['DELETE_COMPLETE', 0]);
  });

  it('goes with a second deletion, after the first has failed', async () => {
    await stack.start({ MinSize: '1' });
    await stack.deleteByHand();
    await stack.pass(3_700);
    await unprotect();
    await stack.deleteByHand();
    await stack.pass(120);
    expect([await stack.status(), await stack.instances()]).to.eql(['DELETE_COMPLETE', 0]);
  });

  /** With a group at zero, whose one instance drains. */
  const draining = async () => {
    await stack.start({ MinSize: '1', InstanceScaleInProtection: 'false' });
    stack.push(3_000);
    await stack.pass(60);
    await stack.call('autoscaling', 'UpdateAutoScalingGroup', {
      AutoScalingGroupName: stack.groupName,
      ...{ MinSize: 0, MaxSize: 0, DesiredCapacity: 0 },
    });
    await stack.pass(60);
    expect((await stack.group()).Instances[0].LifecycleState).to.equal('Terminating:Wait');
    await stack.deleteByHand();
    await stack.pass(180);
  };

  it('lets those drain that its hooks hold, where the template keeps these', async () => {
    await draining();
    expect([await stack.status(), stack.running, stack.lost]).to.eql(['DELETE_IN_PROGRESS', 1, 0]);
    await stack.pass(3_000);
    expect([await stack.status(), stack.lost]).to.eql(['DELETE_COMPLETE', 0]);
  });

  it('has a pool emptied before it, whose instances the hooks hold too', async () => {
    await stack.start({ WarmPoolSize: '1', InstanceScaleInProtection: 'false' });
    await stack.pass(300);
    expect(await stack.warm()).to.eql(['Warmed:Stopped 1']);
    await stack.deleteByHand();
    await stack.pass(600);
    expect([await stack.status(), await stack.warm()]).to.eql([
      'DELETE_IN_PROGRESS',
      ['Warmed:Terminating:Wait 1'],
    ]);
    await stack.pass(600);
    expect([await stack.status(), await stack.instances()]).to.eql(['DELETE_COMPLETE', 0]);
  });

  it('loses its hooks first otherwise, which ends the jobs of those that drain', async () => {
    stack.dispose();
    stack = new DeletableStack(undefined, FORMER_TEMPLATE);
    await draining();
    expect([await stack.status(), stack.lost]).to.eql(['DELETE_COMPLETE', 1]);
  });

  it('keeps a creation from being rolled back likewise', async () => {
    await stack.start({ MinSize: '1', Remark: '' }).catch(() => undefined);
    expect(await stack.status()).to.equal('ROLLBACK_IN_PROGRESS');
    await stack.world.pass(3_700);
    expect(await stack.status()).to.equal('ROLLBACK_FAILED');
    expect(await reasonOf('Group')).to.contain(PROTECTED);
    expect(await stack.instances()).to.equal(1);
  });
});
