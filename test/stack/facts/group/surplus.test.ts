import { expect } from 'chai';
import {
  idleMinutesOf,
  type Minute,
  minutesOf,
  standbyRemedy,
  surplusOf,
  surplusRemedy,
  surplusText,
} from '../../../../src/stack/facts/group/surplus.ts';

const MINUTES = 12;
const always = (minute: Minute) => Array.from({ length: MINUTES }, () => minute);

interface Given {
  readonly inService?: number;
  /** How many of those in service are protected from scale-in. */
  readonly shielded?: number;
  readonly others?: readonly string[];
  readonly desired?: number;
  readonly suspended?: readonly string[];
  readonly history?: readonly Minute[];
}

/** Four in service and two desired, for as long as an idle instance takes to end; one agent has a job. */
function surplus({
  inService = 4,
  shielded = 4,
  others = [],
  desired = 2,
  suspended = [],
  history = always({ inService: 4, desired: 2, busyAgents: 1 }),
}: Given = {}) {
  const instance = (lifecycleState: string, at: number, protectedFromScaleIn: boolean) => ({
    ...{ instanceId: `i-${at}`, lifecycleState, protectedFromScaleIn },
    ...{ health: 'Healthy', instanceType: 't3.large', zone: 'us-east-1a', current: true },
  });
  const instances = [
    ...Array.from({ length: inService }, (_, at) => instance('InService', at + 1, at < shielded)),
    ...others.map((state, at) => instance(state, at + 101, true)),
  ];
  return surplusOf({ desiredCapacity: desired, instances, suspended }, history, MINUTES);
}

describe('instances that are too many', () => {
  it('are those in service beyond what is desired, for an idle period', () => {
    expect(surplus()).to.eql({
      instances: 2,
      minutes: MINUTES,
      cause: 'protected',
      protectedInstances: ['i-1', 'i-2', 'i-3', 'i-4'],
    });
  });

  const NONE: readonly [string, Given][] = [
    ['the group has what it is to have', { inService: 2 }],
    [
      'the others are ending, booting or on standby',
      { inService: 2, others: ['Terminating:Wait', 'Pending', 'Standby'] },
    ],
    ['all of them may have jobs', { history: always({ inService: 4, desired: 2, busyAgents: 4 }) }],
    [
      'they had jobs a while ago',
      {
        history: [
          ...always({ inService: 4, desired: 2, busyAgents: 0 }).slice(1),
          { inService: 4, desired: 2, busyAgents: 4 },
        ],
      },
    ],
    [
      'more were desired a while ago',
      {
        history: [
          { inService: 4, desired: 4, busyAgents: 0 },
          ...always({ inService: 4, desired: 2, busyAgents: 0 }).slice(1),
        ],
      },
    ],
    [
      'fewer were there a while ago',
      {
        history: [
          ...always({ inService: 4, desired: 2, busyAgents: 0 }).slice(1),
          { inService: 2, desired: 2, busyAgents: 0 },
        ],
      },
    ],
    ['too little is known', { history: always({ inService: 4, desired: 2, busyAgents: 0 }).slice(4) }],
    ['nothing is known', { history: [] }],
  ];
  for (const [when, given] of NONE) {
    it(`are none where ${when}`, () => {
      expect(surplus(given)).to.equal(undefined);
    });
  }

  it('are no more than have been without jobs all the time', () => {
    expect(surplus({ history: always({ inService: 4, desired: 2, busyAgents: 3 }) })?.instances).to.equal(1);
    expect(surplus({ desired: 3 })?.instances).to.equal(1);
  });

  it('are told though a few minutes are missing', () => {
    expect(
      surplus({ history: always({ inService: 4, desired: 2, busyAgents: 0 }).slice(3) })?.instances,
    ).to.equal(2);
  });

  it('stay for a reason', () => {
    expect(surplus({ suspended: ['Terminate', 'AZRebalance'] })?.cause).to.equal('terminate-suspended');
    expect(surplus({ suspended: ['AZRebalance'] })?.cause).to.equal('protected');
    expect(surplus({ shielded: 3 })).to.include({ cause: 'protected' });
    // As many as are too many could be chosen.
    expect(surplus({ shielded: 2 })?.cause).to.equal('unknown');
    expect(surplus({ shielded: 0 })).to.deep.include({ cause: 'unknown', protectedInstances: [] });
  });

  it('are told with what ends them', () => {
    const found = { instances: 1, minutes: 12, protectedInstances: ['i-1', 'i-2'] };
    const both = (cause: 'terminate-suspended' | 'protected' | 'unknown') => [
      surplusText({ ...found, cause }),
      surplusRemedy({ ...found, cause }, 'ci-Group', 'eu-west-1'),
    ];
    expect(both('protected')).to.eql([
      '1 instance more than desired, without jobs, in service for over 12 min: instances are protected from scale-in',
      'aws autoscaling set-instance-protection --instance-ids i-1 i-2 --auto-scaling-group-name ci-Group --no-protected-from-scale-in --region eu-west-1',
    ]);
    const many = surplusRemedy(
      { ...found, cause: 'protected', protectedInstances: Array.from({ length: 101 }, (_, at) => `i-${at}`) },
      ...(['ci-Group', 'eu-west-1'] as const),
    );
    expect(many.split('\n').map((line) => line.match(/ i-\d+/g)?.length)).to.eql([50, 50, 1]);
    const back = standbyRemedy(
      Array.from({ length: 20 }, (_, at) => `i-${at}`),
      'ci-Group',
      'eu-west-1',
    );
    expect(back.split('\n').map((line) => line.match(/ i-\d+/g)?.length)).to.eql([19, 1, undefined]);
    expect(both('terminate-suspended')[1]).to.equal(
      'aws autoscaling resume-processes --scaling-processes Terminate --auto-scaling-group-name ci-Group --region eu-west-1',
    );
    expect(both('unknown')[1]).to.match(/describe-scaling-activities/);
  });
});

describe('the minutes that an idle instance takes to end', () => {
  for (const [what, period, minutes] of [
    ['its period and five minutes', '120', 7],
    ['whole minutes', '61', 7],
    ['those of the official template where the stack says nothing', undefined, 15],
  ] as const) {
    it(`are ${what}`, () => {
      const Parameters = [{ ParameterKey: 'ScaleInIdlePeriod', ParameterValue: period }];
      expect(idleMinutesOf({ Parameters })).to.equal(minutes);
    });
  }
});

describe('the history of a group', () => {
  const at = (minute: number) => new Date(minute * 60_000);
  const result = (Id: string, ...values: (readonly [minute: number, value: number | undefined])[]) => ({
    Id,
    Timestamps: values.map(([minute]) => at(minute)),
    Values: values.flatMap(([, value]) => value ?? []),
  });

  it('is the minutes of which every metric is known', () => {
    const results = [
      result('busyAgents', [1, 1], [2, 0], [3, 2]),
      result('inService', [1, 4], [2, 3], [4, 5], [5, undefined]),
      result('desired', [2, 2], [1, 3], [3, 1], [4, 4], [5, 5]),
    ];
    expect(minutesOf(results)).to.eql([
      { inService: 4, desired: 3, busyAgents: 1 },
      { inService: 3, desired: 2, busyAgents: 0 },
    ]);
  });

  for (const missing of ['inService', 'desired', 'busyAgents']) {
    it(`is empty without ${missing}, and has no minute without its value`, () => {
      const others = ['inService', 'desired', 'busyAgents'].filter((id) => id !== missing);
      const known = others.map((id) => result(id, [1, 1]));
      expect(minutesOf(known)).to.eql([]);
      expect(minutesOf([...known, { Id: missing }])).to.eql([]);
      expect(minutesOf([...known, result(missing, [1, undefined])])).to.eql([]);
      expect(minutesOf([...known, result(missing, [1, 1])])).to.have.length(1);
    });
  }
});
