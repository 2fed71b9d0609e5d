import { expect } from 'chai';
import { type HooksFacts, judgeHooks } from '../../../src/doctor/group/hooks.ts';

const [ENDING, STARTING] = ['bk-stack-terminating', 'bk-stack-launching'];
const OURS = { drains: true } as const;
const lacks = (what: 'host program' | 'hook' | 'launch template') =>
  ({ drains: false, lacks: what }) as const;
const done: string[] = [];
const repairs = {
  put: ({ LifecycleHookName }: { LifecycleHookName: string }) =>
    Promise.resolve(void done.push(`put ${LifecycleHookName}`)),
  remove: (name: string) => Promise.resolve(void done.push(`remove ${name}`)),
};
const judge = (names: readonly string[], draining: HooksFacts['draining'], states: readonly string[] = []) =>
  judgeHooks(
    {
      group: 'g',
      region: 'us-east-1',
      hooks: names.map((LifecycleHookName) => ({ LifecycleHookName })),
      draining,
      states,
    },
    repairs,
  );

describe('the lifecycle hooks of a group', () => {
  for (const [what, names, draining, codes] of [
    ['are both there', [ENDING, STARTING, 'theirs'], OURS, []],
    ['lack the terminating one', [STARTING], lacks('hook'), ['terminating-hook-missing']],
    ['lack the launching one', [ENDING], OURS, ['launching-hook-missing']],
    ['lack both', ['theirs'], lacks('hook'), ['terminating-hook-missing', 'launching-hook-missing']],
    ['are none, of a launch template that is gone', [], lacks('launch template'), []],
    ['are none, of another program', [], lacks('host program'), []],
    ['are theirs, of another program', ['theirs'], lacks('host program'), []],
    [
      'are ours, of another program',
      [ENDING, STARTING],
      lacks('host program'),
      ['hook-unserved', 'hook-unserved'],
    ],
    ['have one of ours, of another program', [STARTING], lacks('host program'), ['hook-unserved']],
  ] as const) {
    it(`that ${what} have ${codes.length === 0 ? 'no findings' : codes.join(', ')}`, () => {
      const found = judge(names, draining);
      expect(found.map(({ code }) => code)).to.eql(codes);
      expect(found.every(({ severity }) => severity === 'error')).to.equal(true);
    });
  }

  it('are put back as the template has them', async () => {
    const found = judge([], lacks('hook'));
    done.length = 0;
    for (const { repair } of found) await repair?.carryOut();
    expect(done).to.eql([`put ${ENDING}`, `put ${STARTING}`]);
    expect(found[0]?.fix).to.contain(
      `--lifecycle-hook-name ${ENDING} --lifecycle-transition autoscaling:EC2_INSTANCE_TERMINATING --heartbeat-timeout 900 --default-result CONTINUE`,
    );
    expect(found[1]?.fix).to.contain(
      `--lifecycle-hook-name ${STARTING} --lifecycle-transition autoscaling:EC2_INSTANCE_LAUNCHING --heartbeat-timeout 780 --default-result ABANDON`,
    );
  });

  for (const [hook, state, safe] of [
    [ENDING, 'InService', true],
    [ENDING, 'Pending:Wait', true],
    [ENDING, 'Terminating:Wait', false],
    [STARTING, 'Terminating:Wait', true],
    [STARTING, 'Pending:Wait', false],
  ] as const) {
    it(`are ${safe ? '' : 'not '}removed (${hook}) while an instance is in ${state}`, async () => {
      const [found] = judge([hook], lacks('host program'), [state]);
      done.length = 0;
      await found?.repair?.carryOut();
      expect(done).to.eql(safe ? [`remove ${hook}`] : []);
      expect(found?.fix.startsWith('aws autoscaling delete-lifecycle-hook')).to.equal(safe);
      expect(found?.fix.includes(`When no instance is in ${state}`)).to.equal(!safe);
      expect(found?.meaning).to.contain(hook === ENDING ? '15 minutes' : '13 minutes');
    });
  }
});
