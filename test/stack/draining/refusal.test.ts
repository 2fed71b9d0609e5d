import { expect } from 'chai';
import { UsageError } from '../../../src/errors.ts';
import {
  type EndingOperation,
  LACKS,
  type UndrainedStack,
  undrainedError,
} from '../../../src/stack/draining/refusal.ts';

const KNOWN = (running: number) =>
  ({
    known: true,
    queue: 'q',
    report: { organization: 'acme', jobs: { running }, agents: { busy: 0 } } as never,
  }) as const;
const STACK: UndrainedStack = {
  ...{ stackName: 'ci', region: 'us-east-1', group: 'g', minSize: 2, lacks: 'host program' },
  ...{ queue: KNOWN(1), unprotected: ['i-1', 'i-2'] },
};
const hintOf = (operation: EndingOperation, parts: Partial<UndrainedStack> = {}) =>
  undrainedError({ ...STACK, ...parts }, operation).hint?.split('\n');

describe('the refusal to terminate instances with their jobs', () => {
  for (const [lacks, reason] of [
    ['host program', "its instances don't run bk-stack's host program, so nothing lets their jobs finish"],
    [
      'hook',
      'its group lacks the lifecycle hook bk-stack-terminating, which holds an instance until its jobs are done',
    ],
    [
      'launch template',
      'its launch template is gone, so nothing tells whether its instances finish their jobs first',
    ],
  ] as const) {
    it(`says what is lacking: ${lacks}`, () => {
      expect(LACKS[lacks]).to.equal(reason);
      const error = undrainedError({ ...STACK, lacks }, 'update');
      expect(error).to.be.instanceOf(UsageError);
      expect(error.message).to.equal(
        `update would terminate instances of ci with the jobs on them: ${reason}. 1 job of the queue q is running.`,
      );
    });
  }

  for (const [queue, jobs, runningJobs] of [
    [KNOWN(0), 'No job of the queue q is running now, but one may start at any time.', 0],
    [KNOWN(1), '1 job of the queue q is running.', 1],
    [KNOWN(2), '2 jobs of the queue q are running.', 2],
    [{ known: false, why: 'no token' }, 'How many jobs are running is unknown: no token.', undefined],
  ] as const) {
    it(`says how many jobs are at stake: ${jobs}`, () => {
      const { message, details } = undrainedError({ ...STACK, queue }, 'scale', 'MinSize');
      expect(message).to.equal(
        `scale would terminate instances of ci with the jobs on them (MinSize): ${LACKS['host program']}. ${jobs}`,
      );
      expect(details).to.eql({
        ...{ stackName: 'ci', region: 'us-east-1', group: 'g', lacks: 'host program' },
        ...(runningJobs !== undefined && { runningJobs }),
      });
    });
  }

  const protect =
    'aws autoscaling set-instance-protection --instance-ids i-1 i-2 --auto-scaling-group-name g --protected-from-scale-in --region us-east-1';
  const scaling = [
    'Nothing was changed.',
    'Protect the instances from scale-in, then repeat the command. They end by themselves when they are idle:',
    protect,
  ];
  for (const [operation, parts, expected] of [
    [
      'update',
      { lacks: 'hook' },
      ['Nothing was changed.', 'Put the hook back, then repeat the command: bk-stack doctor ci --fix'],
    ],
    [
      'scale',
      { lacks: 'launch template' },
      ['Nothing was changed.', 'Give the group a launch template that exists, then repeat the command.'],
    ],
    [
      'instances stop',
      {},
      [
        'Nothing was changed.',
        'In Buildkite, stop the agents of the instance (Agents, the agent, Stop): they finish their jobs, and then an',
        "instance of Buildkite's official template terminates itself.",
      ],
    ],
    [
      'token rotate',
      {},
      [
        'Nothing was changed.',
        'Store the token without replacing instances: bk-stack token rotate ci --no-roll --token-stdin < new-token.txt',
        'New instances use it. Revoke the earlier token once no instance from before is left:',
        'bk-stack instances ci',
      ],
    ],
    ['scale', {}, scaling],
    ['resume', {}, scaling],
    [
      'update --cancel',
      {},
      [
        'Nothing was changed.',
        'In Buildkite, pause the queue q (Agents, your cluster, the queue), and wait until none of its agents is busy: bk-stack status ci',
        'Then cancel the update with CloudFormation: aws cloudformation cancel-update-stack --stack-name ci --region us-east-1',
        'Where it is in UPDATE_ROLLBACK_FAILED: aws cloudformation continue-update-rollback --stack-name ci --region us-east-1',
      ],
    ],
    ...(['update', 'rollback'] as const).map((each) => [
      each,
      { scalerRule: 'rule' },
      [
        'Nothing was changed.',
        'By hand, without losing a job (docs/updates.md):',
        '1. In Buildkite, pause the queue q (Agents, your cluster, the queue), so that no job starts.',
        '2. Stop the scaler: aws events disable-rule --name rule --region us-east-1',
        '3. Let the group become empty: aws autoscaling update-auto-scaling-group --auto-scaling-group-name g --min-size 0 --region us-east-1',
        '4. Wait until no instance is left; those of the official template end when they are idle: bk-stack instances ci',
        '5. Update it with CloudFormation: aws cloudformation update-stack --stack-name ci --region us-east-1 ...',
        '6. To have instances again, undo steps 3 to 1: aws autoscaling update-auto-scaling-group --auto-scaling-group-name g --min-size 2 --region us-east-1; aws events enable-rule --name rule --region us-east-1; resume the queue.',
      ],
    ]),
    [
      'scale-to-zero',
      { queue: { known: false, why: 'no token' } },
      [
        'Nothing was changed.',
        'By hand, without losing a job (docs/updates.md):',
        '1. In Buildkite, pause the queue (Agents, your cluster, the queue), so that no job starts.',
        '2. Stop whatever else raises its desired capacity.',
        '3. Let the group become empty: aws autoscaling update-auto-scaling-group --auto-scaling-group-name g --min-size 0 --region us-east-1',
        '4. Wait until no instance is left; those of the official template end when they are idle: bk-stack instances ci',
        '5. To have instances again, undo steps 3 to 1: aws autoscaling update-auto-scaling-group --auto-scaling-group-name g --min-size 2 --region us-east-1; resume the queue.',
      ],
    ],
  ] as [EndingOperation, Partial<UndrainedStack>, string[]][]) {
    it(`of ${operation} says what to do by hand: ${JSON.stringify(parts)}`, () => {
      expect(hintOf(operation, parts)).to.eql(expected);
    });
  }
});
