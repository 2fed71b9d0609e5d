import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { expect } from 'chai';
import { agentsCheck } from '../../../src/doctor/group/agents.ts';
import type { QueueState } from '../../../src/stack/facts/service/queue.ts';
import type { StackFacts } from '../../../src/stack/facts/stack-facts.ts';
import { GROUPED, plainFacts } from '../../support/plain-facts.ts';
import { recordedAws } from '../../support/recorded-aws.ts';

const NOW = Date.parse('2026-11-25T11:00:00.000Z');
const HOST = Buffer.from('exec node /opt/bk-stack/host.mjs bootstrap').toString('base64');
const member = (InstanceId: string, LifecycleState = 'InService', HealthStatus = 'Healthy') => ({
  ...{ InstanceId, LifecycleState, HealthStatus },
});
const GROUP = {
  AutoScalingGroupName: 'ci-Group',
  LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '1' },
};
const agentsOf = (total: number, busy = 0): QueueState => ({
  ...{ known: true, queue: 'default' },
  report: {
    ...{ organization: 'acme', jobs: { scheduled: 0, running: 0, waiting: 0 } },
    agents: { total, busy, idle: total - busy },
  },
});

/** A stack at one look. */
interface Look {
  readonly group?: object | undefined;
  readonly queue?: QueueState;
}

/**
 * Stacks as they are at looks that follow one another, the last of which stays.
 * @param ages how long the instances i-0, i-1, ... have been running, in seconds; those beyond are unknown to EC2
 */
function looksAt(looks: readonly Look[], ages: readonly number[], hooked = true) {
  const { aws, sent } = recordedAws({
    DescribeInstances: {
      Reservations: [
        {
          Instances: ages.map((seconds, at) => ({
            InstanceId: `i-${at}`,
            LaunchTime: new Date(NOW - seconds * 1000),
          })),
        },
        {},
      ],
    },
  });
  const waits: number[] = [];
  const at = (index: number): StackFacts => {
    const { group = GROUP, queue = agentsOf(0) } = looks[Math.min(index, looks.length - 1)] ?? {};
    const there = 'group' in (looks[index] ?? {}) ? looks[index]?.group : group;
    const { facts } = plainFacts(GROUPED, {
      group: () => Promise.resolve(there as AutoScalingGroup | undefined),
      hooks: () => Promise.resolve(hooked ? [{ LifecycleHookName: 'bk-stack-terminating' }] : []),
      launchTemplates: () => Promise.resolve([{ VersionNumber: 1, LaunchTemplateData: { UserData: HOST } }]),
    });
    Object.assign(facts, { queue: () => Promise.resolve(queue), fresh: () => at(index + 1) });
    Object.assign(facts.aws, {
      clients: aws.clients,
      clock: () => Promise.resolve(() => NOW),
      wait: (seconds: number) => Promise.resolve(void waits.push(seconds)),
    });
    return facts;
  };
  const check = agentsCheck(at(0), undefined, new AbortController().signal);
  return { check, sent, waits };
}

const full = (...Instances: object[]) => ({ ...GROUP, Instances });
const zombie = full(member('i-0'));

describe('the check of the agents', () => {
  for (const [what, looks, ages, zombies] of [
    ['is well without instances', [{}], [], []],
    ['finds an instance that has none at two looks', [{ group: zombie }], [600], ['i-0']],
    ['takes an instance for new until its ten minutes are over', [{ group: zombie }], [599], []],
    ['takes an instance that EC2 does not know for new', [{ group: zombie }], [], []],
    ['leaves alone whatever may be of an agent', [{ group: zombie, queue: agentsOf(1) }], [600], []],
    [
      'leaves alone what has agents at the second look',
      [{ group: zombie }, { group: zombie, queue: agentsOf(1) }],
      [600],
      [],
    ],
    ['leaves alone what has gone by the second look', [{ group: zombie }, { group: full() }], [600], []],
    ['finds none where the second look tells nothing', [{ group: zombie }, { group: undefined }], [600], []],
    [
      'leaves alone what has become of age in between, and finds the other',
      [{ group: full(member('i-0')) }, { group: full(member('i-0'), member('i-1')) }],
      [600, 700],
      ['i-0'],
    ],
    [
      'looks at what is in service and healthy alone',
      [
        {
          group: full(
            ...[member('i-0', 'Terminating:Wait'), member('i-1', 'InService', 'Unhealthy')],
            ...[member('i-2', 'InService', 'HEALTHY'), { InstanceId: 'i-3', LifecycleState: 'InService' }],
          ),
        },
      ],
      [900, 900, 900, 900],
      ['i-2'],
    ],
  ] as const) {
    it(what, async () => {
      const { check, sent } = looksAt(looks, ages);
      const { fact, findings } = await check.run();
      expect(findings.map(({ code }) => code)).to.eql(zombies.length > 0 ? ['instances-without-agents'] : []);
      if (zombies.length > 0) expect(findings[0]?.message).to.match(new RegExp(`: ${zombies.join(', ')}$`));
      expect(fact).to.match(/^\d agents? connected, 0 busy$/);
      const Filters = [{ Name: 'tag:aws:autoscaling:groupName', Values: ['ci-Group'] }];
      expect(sent[0]?.[1]).to.deep.include({ Filters });
    });
  }

  it('looks a second time half a minute later, and only where something looks dead', async () => {
    const suspect = looksAt([{ group: zombie }], [600]);
    await suspect.check.run();
    expect(suspect.waits).to.eql([30]);
    const well = looksAt([{ group: zombie }], [1]);
    await well.check.run();
    expect(well.waits).to.eql([]);
  });

  it('says how many there are', async () => {
    const { check } = looksAt([{ queue: agentsOf(3, 2) }], []);
    expect(check.title).to.equal('Agents');
    expect((await check.run()).fact).to.equal('3 agents connected, 2 busy');
    expect((await looksAt([{ queue: agentsOf(1) }], []).check.run()).fact).to.equal(
      '1 agent connected, 0 busy',
    );
  });

  for (const [what, look] of [
    ['the group is gone', { group: undefined }],
    ['Buildkite tells nothing', { group: zombie, queue: { known: false, why: 'refused' } }],
  ] as const) {
    it(`knows nothing where ${what}`, async () => {
      const { check, sent } = looksAt([look], [600]);
      expect(await check.run()).to.eql({ fact: 'not known', findings: [] });
      expect(sent).to.eql([]);
    });
  }

  it('tells what comes of it, and the command for each', async () => {
    const { check } = looksAt([{ group: full(member('i-0'), member('i-1')) }], [600, 600], false);
    const [found] = (await check.run()).findings;
    const command = (id: string) =>
      `aws autoscaling set-instance-health --instance-id ${id} --health-status Unhealthy --no-should-respect-grace-period --region us-east-1`;
    expect(found).to.eql({
      code: 'instances-without-agents',
      severity: 'error',
      message: '2 instances in service without an agent: i-0, i-1',
      meaning: 'They cost money and count as capacity, but no job ever runs on them.',
      fix: `${command('i-0')}\n${command('i-1')}`,
    });
  });

  const both = full(member('i-0'), member('i-1'));
  for (const [what, third, marked] of [
    ['marks those that still have none unhealthy', { group: both }, ['i-0', 'i-1']],
    ['marks no instance that has gone meanwhile', { group: full(member('i-1')) }, ['i-1']],
    ['marks none where there are agents by now', { group: both, queue: agentsOf(1) }, []],
    ['marks none where nothing is known any more', { group: undefined }, []],
  ] as const) {
    it(what, async () => {
      // The person who is asked thinks for a while: each `fresh` is of the facts of the first look.
      const looks: Look[] = [{ group: both }, { group: both }];
      const { check, sent } = looksAt(looks, [600, 600]);
      const [found] = (await check.run()).findings;
      looks[1] = third;
      sent.length = 0;
      await found?.repair?.carryOut();
      expect(sent.filter(([operation]) => operation === 'SetInstanceHealth')).to.eql(
        marked.map((InstanceId) => [
          'SetInstanceHealth',
          { InstanceId, HealthStatus: 'Unhealthy', ShouldRespectGracePeriod: false },
        ]),
      );
    });
  }
});
