import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { expect } from 'chai';
import { hooksCheck } from '../../../src/doctor/group/hooks.ts';
import { groupCheck, judgeGroup } from '../../../src/doctor/group/state.ts';
import { BARE, GROUPED, plainFacts } from '../../support/plain-facts.ts';
import { recordedAws } from '../../support/recorded-aws.ts';

const HOST = Buffer.from('exec node /opt/bk-stack/host.mjs bootstrap').toString('base64');
const [ENDING, STARTING] = ['bk-stack-terminating', 'bk-stack-launching'];
const GROUP = {
  ...{ AutoScalingGroupName: 'ci-Group', MinSize: 1, MaxSize: 4, DesiredCapacity: 2 },
  ...{ AvailabilityZones: ['a', 'b'], LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '1' } },
};

function factsOf(
  group: object | undefined,
  { hooks = [ENDING, STARTING], program = HOST, stack = GROUPED } = {},
) {
  const { aws, sent } = recordedAws();
  const { facts } = plainFacts(stack, {
    group: () => Promise.resolve(group as AutoScalingGroup | undefined),
    hooks: () => Promise.resolve(hooks.map((LifecycleHookName) => ({ LifecycleHookName }))),
    launchTemplates: () => Promise.resolve([{ VersionNumber: 1, LaunchTemplateData: { UserData: program } }]),
  });
  Object.assign(facts.aws, { clients: aws.clients });
  return { facts, sent };
}

describe('the check of a group', () => {
  it('says its size, and nothing else where it works', async () => {
    const { facts } = factsOf(GROUP);
    const check = groupCheck(facts);
    expect(check.title).to.equal('Group');
    expect(await check.run()).to.eql({ fact: '2 desired (1 to 4)', findings: [] });
    expect((await groupCheck(factsOf({}).facts).run()).fact).to.equal('0 desired (0 to 0)');
  });

  const missing = {
    code: 'group-missing',
    severity: 'error',
    meaning: 'There are no instances, and nothing can bring up any.',
    fix: 'Make the stack anew; its secrets bucket stays: bk-stack delete ci --region us-east-1, then bk-stack create',
  };
  for (const [what, stack, message] of [
    ['is gone', GROUPED, 'The Auto Scaling group ci-Group is gone: somebody has deleted it past the stack'],
    ['is not named', BARE, 'The stack names no Auto Scaling group'],
  ] as const) {
    it(`finds that it ${what}`, async () => {
      const { fact, findings } = await groupCheck(factsOf(undefined, { stack }).facts).run();
      expect({ fact, findings }).to.eql({ fact: '', findings: [{ ...missing, message }] });
    });
  }

  for (const [what, given, operation, processes] of [
    [
      'resumes what is suspended',
      { SuspendedProcesses: [{ ProcessName: 'Launch' }] },
      'ResumeProcesses',
      'Launch',
    ],
    ['suspends what ends instances with their jobs', {}, 'SuspendProcesses', 'AZRebalance'],
  ] as const) {
    it(`${what}, of this group`, async () => {
      const { facts, sent } = factsOf(
        { ...GROUP, ...given },
        operation === 'SuspendProcesses' ? { hooks: [] } : {},
      );
      const { findings } = await groupCheck(facts).run();
      expect(findings).to.have.length(1);
      await findings[0]?.repair?.carryOut();
      expect(sent).to.eql([[operation, { AutoScalingGroupName: 'ci-Group', ScalingProcesses: [processes] }]]);
    });
  }

  it('says in full what is wrong, what comes of it and what to do', () => {
    const nothing = () => Promise.resolve();
    const found = judgeGroup(
      {
        ...{ name: 'g', paused: 'by hand', suspended: ['Terminate', 'HealthCheck'] },
        ...{ zones: 2, protectedFromScaleIn: false, drains: true },
      },
      { target: 'ci --region us-east-1', region: 'us-east-1' },
      { resume: nothing, suspend: nothing },
    );
    expect(found.map(({ repair, ...rest }) => ({ ...rest, does: repair?.does }))).to.eql([
      {
        code: 'paused',
        severity: 'warning',
        message: 'The stack is paused (by hand)',
        meaning: 'Its scaler brings up nothing, and jobs wait until it is resumed.',
        fix: 'bk-stack resume ci --region us-east-1',
        does: undefined,
      },
      {
        code: 'processes-suspended',
        severity: 'error',
        message: 'Auto Scaling does not Terminate, HealthCheck: suspended by somebody',
        meaning: 'The group launches no instances, or keeps those that are broken.',
        fix: 'aws autoscaling resume-processes --auto-scaling-group-name g --scaling-processes Terminate HealthCheck --region us-east-1',
        does: 'Resumes Terminate, HealthCheck of g.',
      },
    ]);
    const [unbalanced] = judgeGroup(
      { name: 'g', suspended: [], zones: 2, protectedFromScaleIn: false, drains: false },
      { target: 'ci --region us-east-1', region: 'us-east-1' },
      { resume: nothing, suspend: nothing },
    );
    expect(unbalanced).to.include({
      message:
        'Auto Scaling may end instances to balance the zones, and nothing makes it wait for their jobs',
      meaning: 'A job on such an instance is lost.',
      fix: 'aws autoscaling suspend-processes --auto-scaling-group-name g --scaling-processes AZRebalance --region us-east-1',
    });
    expect(unbalanced?.repair?.does).to.equal('Suspends AZRebalance of g.');
  });
});

describe('the check of the lifecycle hooks', () => {
  const run = async (group: object | undefined, parts: object = {}) => {
    const { facts, sent } = factsOf(group, parts);
    const check = hooksCheck(facts);
    expect(check.title).to.equal('Lifecycle hooks');
    return { ...(await check.run()), sent };
  };

  for (const [what, group, parts, fact, codes] of [
    ['finds none without a group', undefined, {}, 'no group to have any', []],
    ['names them', GROUP, {}, `${ENDING}, ${STARTING}`, []],
    [
      'says that there are none',
      GROUP,
      { hooks: [] },
      'none',
      ['terminating-hook-missing', 'launching-hook-missing'],
    ],
    [
      'says that bk-stack ends nothing of another program',
      GROUP,
      { hooks: ['theirs'], program: 'eA==' },
      'theirs; bk-stack terminates no instance of this stack',
      [],
    ],
  ] as const) {
    it(what, async () => {
      const { fact: said, findings } = await run(group, parts);
      expect([said, findings.map(({ code }) => code)]).to.eql([fact, codes]);
    });
  }

  it('puts back both in this group, as the template has them', async () => {
    const { findings, sent } = await run(GROUP, { hooks: [] });
    for (const { repair } of findings) await repair?.carryOut();
    const hook = (
      LifecycleHookName: string,
      what: string,
      HeartbeatTimeout: number,
      DefaultResult: string,
    ) => [
      'PutLifecycleHook',
      {
        ...{ AutoScalingGroupName: 'ci-Group', LifecycleHookName, HeartbeatTimeout, DefaultResult },
        LifecycleTransition: `autoscaling:EC2_INSTANCE_${what}`,
      },
    ];
    expect(sent).to.eql([
      hook(ENDING, 'TERMINATING', 900, 'CONTINUE'),
      hook(STARTING, 'LAUNCHING', 780, 'ABANDON'),
    ]);
    expect(findings.map(({ message, repair }) => [message, repair?.does])).to.eql(
      [ENDING, STARTING].map((name) => [
        `The group lacks its lifecycle hook ${name}`,
        `Gives ci-Group its lifecycle hook ${name} again.`,
      ]),
    );
  });

  it('removes one that nothing serves, unless it holds an instance', async () => {
    const foreign = { hooks: [STARTING], program: 'eA==' };
    const { findings, sent } = await run(GROUP, foreign);
    expect(findings[0]?.message).to.equal(
      `Nothing on the instances completes the lifecycle hook ${STARTING}: they don't run bk-stack's host program`,
    );
    expect(findings[0]?.repair?.does).to.equal(`Removes the lifecycle hook ${STARTING} from ci-Group.`);
    await findings[0]?.repair?.carryOut();
    expect(sent).to.eql([
      ['DeleteLifecycleHook', { AutoScalingGroupName: 'ci-Group', LifecycleHookName: STARTING }],
    ]);
    const held = await run({ ...GROUP, Instances: [{ LifecycleState: 'Pending:Wait' }, {}] }, foreign);
    expect(held.findings[0]?.repair).to.equal(undefined);
  });
});
