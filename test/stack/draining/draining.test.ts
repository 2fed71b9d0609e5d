import { expect } from 'chai';
import { drainingOf } from '../../../src/stack/facts/group/draining.ts';
import { mayEndInstances } from '../../../src/stack/update/plan/preview/changes.ts';
import { stack, userDataOf } from '../../support/bk-stack-template.ts';
import { HOST_PROGRAM } from '../../support/fleet.ts';

const TERMINATING = { LifecycleHookName: 'bk-stack-terminating' };
const LAUNCHING = { LifecycleHookName: 'bk-stack-launching' };
const GONE = { gone: true } as const;
const OTHER = { LifecycleHookName: 'instance-terminating' };

describe('whether instances drain', () => {
  for (const [what, hooks, userData, expected] of [
    ['with our hook and our program', [LAUNCHING, TERMINATING], [HOST_PROGRAM], undefined],
    ['without our terminating hook', [LAUNCHING], [HOST_PROGRAM], 'hook'],
    ['with a hook of another name', [OTHER], [HOST_PROGRAM], 'hook'],
    ['with our hook, and another program', [TERMINATING], ['bk-install-elastic-stack.sh'], 'host program'],
    ['that only fetch our program', [TERMINATING], ['cp x /opt/bk-stack/host.mjs'], 'host program'],
    ['of which some types run another program', [TERMINATING], [HOST_PROGRAM, 'x'], 'host program'],
    ['without user data', [TERMINATING], [undefined], 'host program'],
    ['without a launch template', [TERMINATING], [], 'host program'],
    ['with our hook, and a launch template that is gone', [TERMINATING], [GONE], undefined],
    [
      'with our hook, our program, and a template that is gone',
      [TERMINATING],
      [HOST_PROGRAM, GONE],
      undefined,
    ],
    ['with another program, and a template that is gone', [TERMINATING], ['x', GONE], 'host program'],
    ['whose launch template is gone, without our hook', [OTHER], [GONE], 'launch template'],
    ['with our program, and a template that is gone, without our hook', [], [HOST_PROGRAM, GONE], 'hook'],
  ] as const) {
    it(`${what}: ${expected === undefined ? 'yes' : `no, for want of the ${expected}`}`, () => {
      const found = drainingOf(hooks, userData);
      expect(found.drains ? undefined : found.lacks).to.equal(expected);
    });
  }

  it('is so by the user data of template/bk-stack.yml', async () => {
    expect(drainingOf([TERMINATING], [userDataOf(await stack())])).to.eql({ drains: true });
  });
});

describe('a change set', () => {
  for (const [type, may] of [
    ['AWS::AutoScaling::AutoScalingGroup', true],
    ['AWS::AutoScaling::ScheduledAction', true],
    ['AWS::EC2::LaunchTemplate', true],
    ['AWS::CloudFormation::Stack', true],
    ['AWS::CloudFormation::CustomResource', true],
    ['Custom::Anything', true],
    ['AWS::Logs::LogGroup', false],
    ['AWS::Lambda::Function', false],
    ['AWS::CloudFormation::WaitConditionHandle', false],
  ] as const) {
    it(`with a change of ${type} ${may ? 'may end' : 'ends no'} instances`, () => {
      expect(mayEndInstances({ type })).to.equal(may);
    });
  }
});
