import type { Stack, StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { expect } from 'chai';
import { alarmsCheck } from '../../../src/doctor/service/alarms.ts';
import { logsCheck } from '../../../src/doctor/service/logs.ts';
import { programsCheck } from '../../../src/doctor/service/programs.ts';
import { scalerCheck } from '../../../src/doctor/service/scaler.ts';
import { BARE, plainFacts } from '../../support/plain-facts.ts';
import { recordedAws } from '../../support/recorded-aws.ts';
import { sdkError } from '../../support/world-aws.ts';

const NOW = Date.parse('2026-11-25T11:00:00.000Z');
const resource = (ResourceType: string, LogicalResourceId: string): StackResourceSummary => ({
  ...{ ResourceType, LogicalResourceId, PhysicalResourceId: `ci-${LogicalResourceId}` },
  ...{ ResourceStatus: 'CREATE_COMPLETE', LastUpdatedTimestamp: new Date(NOW - 3_600_000) },
});
const outputs = (values: Record<string, string>) => ({
  Outputs: Object.entries(values).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
});
const parameters = (values: Record<string, string>) => ({
  Parameters: Object.entries(values).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  })),
});
const OURS = { Description: 'made and run by bk-stack.' };

/** The facts about a stack, with AWS by a table of answers. */
function factsOf(
  stack: Partial<Stack>,
  answers: Parameters<typeof recordedAws>[0],
  resources: readonly StackResourceSummary[] = [],
  group?: object,
) {
  const { aws, sent } = recordedAws(answers);
  const { facts } = plainFacts(
    { ...BARE, ...stack },
    {
      resources: () => Promise.resolve([...resources]),
      group: () => Promise.resolve(group as never),
    },
  );
  Object.assign(facts.aws, { clients: aws.clients, clock: () => Promise.resolve(() => NOW) });
  return { facts, sent };
}

describe('the check of the scaler', () => {
  const SCALER = { ...OURS, ...outputs({ ScalerFunction: 'ci-Scaler', AutoScalingGroupName: 'ci-Group' }) };
  const RULE = [resource('AWS::Events::Rule', 'ScalerSchedule')];
  const said = (...messages: readonly [timestamp: number, event: string][]) => ({
    events: messages.map(([timestamp, event]) => ({
      timestamp,
      message: JSON.stringify({ event, reason: 'why' }),
    })),
  });
  const WELL = {
    GetFunctionConcurrency: { ReservedConcurrentExecutions: 1 },
    DescribeRule: { State: 'ENABLED' },
    FilterLogEvents: said([1, 'kept']),
  };
  const missing = sdkError('ResourceNotFoundException', 'gone');
  const look = async (answers: object, stack: Partial<Stack> = SCALER, resources = RULE, group?: object) => {
    const { facts, sent } = factsOf(stack, { ...WELL, ...answers }, resources, group);
    const check = scalerCheck(facts);
    expect(check.title).to.equal('Scaler');
    const { fact, findings } = await check.run();
    return { fact, codes: findings.map(({ code }) => code), findings, sent };
  };
  const paused = { Tags: [{ Key: 'bk-stack:paused', Value: 'x' }] };
  const fresh = [
    { ...resource('AWS::Events::Rule', 'ScalerSchedule'), LastUpdatedTimestamp: new Date(NOW - 900_000) },
  ];

  for (const [what, answers, fact, codes] of [
    ['works', {}, 'ci-Scaler looks at the queue', []],
    ['is gone', { GetFunctionConcurrency: missing }, 'ci-Scaler looks at the queue', ['scaler-missing']],
    ['may overlap', { GetFunctionConcurrency: {} }, 'ci-Scaler looks at the queue', ['scaler-overlaps']],
    [
      'has lost its schedule',
      { DescribeRule: missing },
      'ci-Scaler looks at the queue',
      ['schedule-disabled'],
    ],
    ['has no state of its schedule', { DescribeRule: {} }, 'ci-Scaler looks at the queue', []],
    ['said nothing', { FilterLogEvents: {} }, 'ci-Scaler', ['scaler-silent']],
    ['has no log group', { FilterLogEvents: missing }, 'ci-Scaler looks at the queue', []],
    [
      'failed last',
      { FilterLogEvents: said([2, 'failed'], [1, 'kept']) },
      'ci-Scaler looks at the queue',
      ['scaler-fails'],
    ],
    [
      'failed before',
      { FilterLogEvents: said([2, 'kept'], [1, 'failed']) },
      'ci-Scaler looks at the queue',
      [],
    ],
  ] as const) {
    it(what, async () => {
      const { fact: seen, codes: found } = await look(answers);
      expect([seen, found]).to.eql([fact, codes]);
    });
  }

  it('reads every page of what was said in a quarter of an hour', async () => {
    const FilterLogEvents = ({ nextToken }: { readonly nextToken?: string }) =>
      nextToken === undefined ? { ...said([1, 'kept']), nextToken: 'n' } : said([2, 'failed']);
    const { codes, sent } = await look({ FilterLogEvents });
    expect(codes).to.eql(['scaler-fails']);
    const pattern = { filterPattern: '{ $.event = "*" }' };
    const asked = { logGroupName: '/buildkite/ci/scaler', startTime: NOW - 900_000, ...pattern };
    expect(
      sent.filter(([operation]) => operation === 'FilterLogEvents').map(([, input]) => input as object),
    ).to.eql([asked, { ...asked, nextToken: 'n' }]);
  });

  it('is not due before its schedule is old enough, nor looked for while paused', async () => {
    expect((await look({ FilterLogEvents: {} }, SCALER, fresh)).codes).to.eql([]);
    expect((await look({ FilterLogEvents: {} }, SCALER, RULE, paused)).codes).to.eql([]);
    const made = (seconds: number) => ({ ...SCALER, CreationTime: new Date(NOW - seconds * 1000) });
    expect((await look({ FilterLogEvents: {} }, made(900), [])).codes).to.eql([]);
    expect((await look({ FilterLogEvents: {} }, made(901), [])).codes).to.eql(['scaler-silent']);
    const updated = { ...made(901), LastUpdatedTime: new Date(NOW) };
    expect((await look({ FilterLogEvents: {} }, updated, [])).codes).to.eql([]);
  });

  it('of the official template lies in a nested stack and writes plain lines', async () => {
    const nested = [resource('AWS::Lambda::Function', 'AutoscalingFunction')];
    const events = [
      { timestamp: 1, message: 'START RequestId: 1' },
      { timestamp: 2, message: 'error: no answer' },
    ];
    const { fact, codes, sent } = await look({ FilterLogEvents: { events } }, {}, nested);
    expect([fact, codes]).to.eql(['ci-AutoscalingFunction looks at the queue', ['scaler-fails']]);
    expect(sent.find(([operation]) => operation === 'FilterLogEvents')?.[1]).to.eql({
      ...{ logGroupName: '/aws/lambda/ci-AutoscalingFunction', startTime: NOW - 900_000 },
    });
    expect((await look({}, {}, [])).fact).to.equal('the stack has none');
  });

  it('is repaired by what it lacks', async () => {
    const mend = async (answers: object) => {
      const { findings, sent } = await look(answers);
      for (const { repair } of findings) await repair?.carryOut();
      return sent.at(-1);
    };
    expect(await mend({ GetFunctionConcurrency: {} })).to.eql([
      'PutFunctionConcurrency',
      { FunctionName: 'ci-Scaler', ReservedConcurrentExecutions: 1 },
    ]);
    expect(await mend({ DescribeRule: { State: 'DISABLED' } })).to.eql([
      'EnableRule',
      { Name: 'ci-ScalerSchedule' },
    ]);
  });

  for (const operation of ['GetFunctionConcurrency', 'DescribeRule', 'FilterLogEvents']) {
    it(`fails where ${operation} fails for another reason`, async () => {
      const failure = await look({ [operation]: new Error('no answer') }).catch(
        (error: unknown) => (error as Error).message,
      );
      expect(failure).to.equal('no answer');
    });
  }
});

describe('the check of the programs', () => {
  const STAGED = parameters({ AssetsBucket: 'assets', HostProgram: 'host/1', ScalerProgram: 'scaler/1' });
  const look = async (stack: Partial<Stack>, gone: readonly string[] = []) => {
    const HeadObject = ({ Key }: { readonly Key: string }) =>
      gone.includes(Key) ? sdkError('NotFound', 'no', 404) : {};
    return programsCheck(factsOf(stack, { HeadObject }).facts).run();
  };

  it('finds them where the stack has them', async () => {
    expect(await look(STAGED)).to.eql({ fact: 'in assets', findings: [] });
    expect(await look({})).to.eql({ fact: 'the stack brings none', findings: [] });
    expect(programsCheck(factsOf({}, {}).facts).title).to.equal('Programs');
  });

  it('finds those that are gone', async () => {
    expect((await look(STAGED, ['scaler/1'])).findings).to.eql([
      {
        ...{
          code: 'program-missing',
          severity: 'error',
          message: 'The bucket assets no longer has scaler/1',
        },
        meaning: 'New instances fetch it at their boot, which fails.',
        fix: 'Store what this bk-stack brings, and have the stack use it: bk-stack update ci --region us-east-1',
      },
    ]);
    expect((await look(STAGED, ['host/1', 'scaler/1'])).findings[0]?.message).to.contain(
      'host/1 and scaler/1',
    );
  });
});

describe('the check of the log groups', () => {
  it('finds those that are missing, on whichever page they would be', async () => {
    const names = ['agent', 'boot', 'system', 'docker', 'lifecycle', 'scaler'].map(
      (name) => `/buildkite/ci/${name}`,
    );
    const page = (...groups: readonly string[]) => ({
      logGroups: groups.map((logGroupName) => ({ logGroupName, retentionInDays: 7 })),
    });
    const pages = (last: readonly string[]) => ({
      DescribeLogGroups: ({ nextToken }: { readonly nextToken?: string }) =>
        nextToken === undefined ? { ...page(...names.slice(0, 3)), nextToken: 'n' } : page(...last),
    });
    const { facts, sent } = factsOf(OURS, pages(names.slice(3)));
    const check = logsCheck(facts);
    expect(check.title).to.equal('Log groups');
    expect(await check.run()).to.eql({ fact: '6, with a retention', findings: [] });
    expect(sent.map(([, input]) => input as object)).to.eql([
      { logGroupNamePrefix: '/buildkite/' },
      { logGroupNamePrefix: '/buildkite/', nextToken: 'n' },
    ]);
    const { findings } = await logsCheck(factsOf(OURS, pages(names.slice(4))).facts).run();
    expect(findings.map(({ code }) => code)).to.eql(['log-group-missing']);
    expect(findings[0]?.message).to.contain('/buildkite/ci/docker');
  });

  it('finds nothing where there are none to look for', async () => {
    expect(await logsCheck(factsOf({}, {}).facts).run()).to.eql({ fact: 'not known', findings: [] });
  });
});

describe('the check of the alarms', () => {
  it('asks about those of the stack', async () => {
    const alarm = resource('AWS::CloudWatch::Alarm', 'Errors');
    const MetricAlarms = [{ AlarmName: 'ci-Errors', StateValue: 'ALARM', StateReason: 'many.' }];
    const { facts, sent } = factsOf({}, { DescribeAlarms: { MetricAlarms } }, [alarm]);
    const check = alarmsCheck(facts);
    expect(check.title).to.equal('Alarms');
    const { fact, findings } = await check.run();
    expect([fact, findings.map(({ message }) => message)]).to.eql([
      '1, none on',
      ['The alarm ci-Errors is on: many'],
    ]);
    expect(sent).to.eql([['DescribeAlarms', { AlarmNames: ['ci-Errors'], AlarmTypes: ['MetricAlarm'] }]]);
    const calm = await alarmsCheck(factsOf({}, {}, [alarm]).facts).run();
    expect(calm.findings).to.eql([]);
  });

  it('asks about a hundred at most, and about none where there is none', async () => {
    const many = Array.from({ length: 101 }, (_, at) => resource('AWS::CloudWatch::Alarm', `A${at}`));
    const { facts, sent } = factsOf({}, {}, many);
    await alarmsCheck(facts).run();
    expect((sent[0]?.[1] as { readonly AlarmNames: string[] }).AlarmNames).to.have.length(100);
    const none = factsOf({}, {});
    expect(await alarmsCheck(none.facts).run()).to.eql({ fact: 'the stack has none', findings: [] });
    expect(none.sent).to.eql([]);
  });
});
