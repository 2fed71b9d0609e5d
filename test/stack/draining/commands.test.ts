import { expect } from 'chai';
import InstancesStop from '../../../src/commands/instances/stop.ts';
import Resume from '../../../src/commands/resume.ts';
import Rollback from '../../../src/commands/rollback.ts';
import ScaleToZero from '../../../src/commands/scale-to-zero.ts';
import Scale from '../../../src/commands/scale.ts';
import TokenRotate from '../../../src/commands/token/rotate.ts';
import Update from '../../../src/commands/update.ts';
import { PAUSED_TAG } from '../../../src/scaler/group/paused-tag.ts';
import { SIZE_TAG } from '../../../src/stack/capacity/group-size.ts';
import type { Answer } from '../../support/fleet.ts';
import { HealthyStack, TAGS } from '../../support/healthy-stack.ts';
import { type RanCommand, runCommand } from '../../support/run-command.ts';
import { sdkError } from '../../support/world-aws.ts';

type CommandClass = Parameters<typeof runCommand>[0];

/** A command, and what becomes of it on a stack that drains and on one that does not. */
interface Case {
  readonly what: string;
  readonly command: CommandClass;
  readonly argv: (stack: HealthyStack) => Promise<readonly string[]>;
  /** What the refusal says to do on a stack whose instances run another program; absent for what is harmless there too. */
  readonly byHand?: RegExp;
  /** What has been done to the group before. */
  readonly given?: (stack: HealthyStack) => Promise<unknown>;
}

const named =
  (...argv: string[]) =>
  () =>
    Promise.resolve(['ci', ...argv]);
const TYPES = ['--keep-template', '--param', 'InstanceTypes=m6i.large'];
const protection = (ProtectedFromScaleIn: boolean) => async (stack: HealthyStack) => {
  const { Instances } = await stack.group();
  const InstanceIds = Instances.map(({ InstanceId }: Answer) => InstanceId);
  await stack.onGroup('SetInstanceProtection', { InstanceIds, ProtectedFromScaleIn });
};
const unprotected = protection(false);
/** Paused with a smaller size than the group has by now. */
const paused = async (stack: HealthyStack) => {
  await unprotected(stack);
  const { AutoScalingGroupName: ResourceId } = await stack.group();
  await stack.call('autoscaling', 'CreateOrUpdateTags', {
    Tags: [
      [PAUSED_TAG, 'scale-to-zero'],
      [SIZE_TAG, '0/4/0'],
    ].map(([Key, Value]) => ({
      ...{ ResourceId, ResourceType: 'auto-scaling-group', Key, Value, PropagateAtLaunch: false },
    })),
  });
};

const EMPTYING = /pause the queue deploy.*update-auto-scaling-group .*--min-size 0.*bk-stack instances ci/s;
const CLOUDFORMATION = new RegExp(`${EMPTYING.source}.*aws cloudformation update-stack`, 's');

const CASES: readonly Case[] = [
  { what: 'update', command: Update, argv: named(...TYPES), byHand: CLOUDFORMATION },
  {
    what: 'update --strategy in-place',
    command: Update,
    argv: named('--strategy', 'in-place', ...TYPES),
    byHand: CLOUDFORMATION,
  },
  {
    what: 'update --strategy drain',
    command: Update,
    argv: named('--strategy', 'drain', ...TYPES),
    byHand: CLOUDFORMATION,
  },
  { what: 'scale-to-zero', command: ScaleToZero, argv: named('--wait'), byHand: EMPTYING },
  {
    what: 'instances stop',
    command: InstancesStop,
    argv: async (stack) => (await stack.group()).Instances.map(({ InstanceId }: Answer) => InstanceId),
    byHand: /stop the agents of the instance/,
  },
  {
    what: 'instances stop --replace',
    command: InstancesStop,
    argv: async (stack) => ['--replace', (await stack.group()).Instances[0].InstanceId],
    byHand: /stop the agents of the instance/,
  },
  {
    what: 'token rotate',
    command: TokenRotate,
    argv: named('--token-stdin'),
    byHand: /bk-stack token rotate ci --no-roll/,
  },
  { what: 'token rotate --no-roll', command: TokenRotate, argv: named('--token-stdin', '--no-roll') },
  { what: 'scale up', command: Scale, argv: named('--max', '9', '--desired', '3') },
  {
    what: 'scale down, of protected instances',
    command: Scale,
    argv: named('--min', '0', '--desired', '0'),
    given: protection(true),
  },
  {
    what: 'scale down, of instances that are not protected',
    command: Scale,
    argv: named('--min', '0', '--desired', '0'),
    given: unprotected,
    byHand: /set-instance-protection --instance-ids i-\w+ .*--protected-from-scale-in/,
  },
  {
    what: 'resume',
    command: Resume,
    argv: named(),
    given: paused,
    byHand: /set-instance-protection/,
  },
  { what: 'resume of a stack that is not paused', command: Resume, argv: named() },
];

/** What changes nothing of a stack: looking, and having CloudFormation compute a change set, for which its template is staged. */
const HARMLESS =
  /^(Describe|List|Get|Head|CreateChangeSet|DeleteChangeSet|PutObject$|DetectStackResourceDrift$)/;

function changing(stack: HealthyStack): string[] {
  return [...stack.aws.requests.keys()].filter((operation) => !HARMLESS.test(operation));
}

async function run(
  stack: HealthyStack,
  { command, argv }: Pick<Case, 'command' | 'argv'>,
): Promise<RanCommand> {
  return runCommand(command, await argv(stack), stack.aws.context, 'bkct_new');
}

describe('commands that terminate instances', function () {
  this.timeout(300_000);

  for (const [whose, make, lacks] of [
    ['of the official template', () => HealthyStack.createOfficial(), 'program'],
    [
      'of the official template, made by create --template',
      () => HealthyStack.createOfficial(TAGS),
      'program',
    ],
    [
      'of the official template, with hooks that an earlier doctor has put there',
      async () => {
        const stack = await HealthyStack.createOfficial(TAGS);
        await stack.putOwnHooks();
        return stack;
      },
      'program',
    ],
    ['of bk-stack', () => HealthyStack.create(), undefined],
    ['of bk-stack, made by the AWS CLI', () => HealthyStack.create([]), undefined],
    [
      'of bk-stack whose hook was put back by hand',
      async () => {
        const stack = await HealthyStack.create();
        await stack.onGroup('DeleteLifecycleHook', { LifecycleHookName: 'bk-stack-terminating' });
        await stack.putOwnHooks();
        return stack;
      },
      undefined,
    ],
    [
      'of bk-stack whose hook was deleted',
      async () => {
        const stack = await HealthyStack.create();
        await stack.onGroup('DeleteLifecycleHook', { LifecycleHookName: 'bk-stack-terminating' });
        return stack;
      },
      'hook',
    ],
  ] as const) {
    describe(`on a stack ${whose}`, () => {
      let made: HealthyStack;
      before(async () => {
        made = await make();
      });
      after(() => made.close());

      for (const each of CASES) {
        for (const busy of each.byHand === undefined || lacks === undefined ? [true] : [true, false]) {
          const refused = lacks !== undefined && each.byHand !== undefined;
          it(`${each.what}, ${busy ? 'busy' : 'idle'}: ${refused ? 'is refused, and nothing changed' : 'loses no job'}`, async () => {
            const stack = made.copy();
            if (busy) for (let count = 0; count < 2; count += 1) stack.push(400);
            await stack.world.pass(30);
            await each.given?.(stack);
            const running = stack.running;
            const { exitCode, failure, said } = await run(stack, each);
            const changed = changing(stack);
            await stack.world.pass(600);
            expect(stack.lost).to.equal(0);
            if (!refused) {
              expect(exitCode, failure).to.equal(0);
              return;
            }
            expect([exitCode, changed], said).to.eql([2, []]);
            expect(failure).to.match(
              /would terminate instances of ci with the jobs on them.*Nothing was changed/s,
            );
            expect(failure).to.match(
              running === 0
                ? /No job of the queue deploy/
                : new RegExp(`${running} jobs? of the queue deploy`),
            );
            expect(failure).to.match(
              lacks === 'hook'
                ? /lacks the lifecycle hook bk-stack-terminating.*bk-stack doctor ci --fix/s
                : each.byHand,
            );
          });
        }
      }
    });
  }

  describe('on a stack of the official template', () => {
    let made: HealthyStack;
    before(async () => {
      made = await HealthyStack.createOfficial();
    });
    after(() => made.close());

    it('scale-to-zero --force says how many jobs it ends', async () => {
      const stack = made.copy();
      stack.push(2_000);
      await stack.world.pass(30);
      const forced = await run(stack, { command: ScaleToZero, argv: named('--force', '--yes') });
      expect(forced.exitCode, forced.failure).to.equal(0);
      expect(forced.said).to.match(/This ends 1 running job on 1 instance\./);
      expect((await stack.group()).Instances).to.eql([]);
    });

    it('becomes empty by the steps that the refusal names, without losing a job', async () => {
      const stack = made.copy();
      stack.push(2_000);
      await stack.world.pass(30);
      const { failure } = await run(stack, { command: ScaleToZero, argv: named() });
      const [, rule] = /aws events disable-rule --name (\S+) --region us-east-1/.exec(failure) ?? [];
      const [, group] = /--auto-scaling-group-name (\S+) --min-size 0/.exec(failure) ?? [];
      await stack.call('eventbridge', 'DisableRule', { Name: rule });
      await stack.call('autoscaling', 'UpdateAutoScalingGroup', { AutoScalingGroupName: group, MinSize: 0 });
      await stack.world.pass(2_000 + 1_200);
      expect([(await stack.group()).Instances, stack.lost]).to.eql([[], 0]);
      expect(failure).to.match(/undo steps 3 to 1: .*--min-size 1 .*enable-rule/);
    });

    it('update leaves it to CloudFormation what no change set tells, such as that of its nested stack', async () => {
      const stack = made.copy();
      const argv = named('--keep-template', '--param', 'ScalerEventSchedulePeriod=5 minutes');
      const { exitCode, failure } = await run(stack, { command: Update, argv });
      expect([exitCode, changing(stack)]).to.eql([2, []]);
      expect(failure).to.match(/\(Autoscaling would change\)/);
    });

    it('rollback is refused like update', async () => {
      const stack = made.copy();
      const { exitCode, failure } = await run(stack, {
        command: Rollback,
        argv: named('--strategy', 'drain'),
      });
      expect([exitCode, changing(stack)]).to.eql([2, []]);
      expect(failure).to.match(/rollback would terminate instances of ci/);
    });
  });

  it('scale needs no permission that only its hint needs', async () => {
    const stack = await HealthyStack.create();
    try {
      stack.aws.refuse = (_service, operation) =>
        operation === 'DescribeLaunchTemplateVersions'
          ? sdkError('UnauthorizedOperation', 'denied')
          : undefined;
      const { exitCode, failure, said } = await run(stack, { command: Scale, argv: named('--min', '1') });
      expect(exitCode, failure).to.equal(0);
      expect((await stack.group()).MinSize).to.equal(1);
      expect(said)
        .to.match(/The stack's parameters say MinSize=\d/)
        .and.not.match(/To make it last/);
    } finally {
      await stack.close();
    }
  });

  it('update changes what no instance depends on, also where the hook is missing', async () => {
    const made = await HealthyStack.create();
    try {
      await made.onGroup('DeleteLifecycleHook', { LifecycleHookName: 'bk-stack-terminating' });
      const stack = made.copy();
      stack.push(5_000);
      stack.push(5_000);
      await stack.world.pass(30);
      const argv = named('--keep-template', '--param', 'EC2LogRetentionDays=14');
      const { exitCode, failure } = await run(stack, { command: Update, argv });
      expect(exitCode, failure).to.equal(0);
      await stack.world.pass(600);
      expect([stack.lost, stack.running]).to.eql([0, 2]);
    } finally {
      await made.close();
    }
  });
});
