import { expect } from 'chai';
import { judgeAlarms } from '../../../src/doctor/service/alarms.ts';
import { judgeUntaken } from '../../../src/doctor/service/jobs.ts';
import { judgeLogs } from '../../../src/doctor/service/logs.ts';
import { judgeQueue, othersOn } from '../../../src/doctor/service/queue.ts';
import { judgeJournal, stackCheck } from '../../../src/doctor/service/stack-state.ts';
import { judgeToken, type TokenFacts } from '../../../src/doctor/service/token.ts';
import type { StackSummary } from '../../../src/stack/facts/stack/summary.ts';
import { BARE, plainFacts } from '../../support/plain-facts.ts';

const PLACE = { target: 'ci --region us-east-1', region: 'us-east-1' };

describe('the agent token', () => {
  const WELL: TokenFacts = {
    ...{ path: '/t', given: true, type: 'SecureString', endpoint: 'https://agent.example/v3' },
    answer: { status: 200 } as TokenFacts['answer'],
  };
  const judge = (parts: object, foreign = false) => judgeToken({ ...WELL, ...parts }, PLACE, foreign);
  for (const [what, parts, codes] of [
    ['is taken', {}, []],
    ['is gone', { type: undefined, answer: '' }, ['token-missing']],
    ['is not encrypted', { type: 'String' }, ['token-plain']],
    ['is a list, not encrypted', { type: 'StringList' }, ['token-plain']],
    ['is one that CloudFormation made', { type: 'String', given: false }, []],
    ['is refused', { answer: { status: 401 } }, ['token-refused']],
    ['is unknown', { answer: { status: 404 } }, ['token-refused']],
    ['is asked about too often', { answer: { status: 429 } }, ['buildkite-unreachable']],
    ['meets a failure', { answer: { status: 500 } }, ['buildkite-unreachable']],
    ['meets a request that is wrong', { answer: { status: 499 } }, ['token-refused']],
    ['gets no answer', { answer: 'timeout' }, ['buildkite-unreachable']],
    ['is plain and refused', { type: 'String', answer: { status: 401 } }, ['token-plain', 'token-refused']],
  ] as const) {
    it(`that ${what} has ${codes.length === 0 ? 'no findings' : codes.join(', ')}`, () => {
      const found = judge(parts);
      expect(found.map(({ code }) => code)).to.eql(codes);
      for (const { code, severity } of found) {
        expect(severity).to.equal(code === 'token-missing' || code === 'token-refused' ? 'error' : 'warning');
      }
    });
  }

  it('is rotated without replacing instances that would lose their jobs', () => {
    const refused = { answer: { status: 401 } };
    expect(judge(refused)[0]?.fix).to.match(/bk-stack token rotate ci --region us-east-1$/);
    expect(judge(refused, true)[0]?.fix).to.match(/ --no-roll$/);
    expect(judge({ answer: 'timeout' })[0]?.message).to.equal('agent.example did not answer (timeout)');
    expect(judge({ answer: { status: 503 } })[0]?.message).to.equal('agent.example answers with HTTP 503');
  });
});

describe('the queue', () => {
  const change = (assignment: string) => `change ${assignment}`;
  const judge = (tags: string, others: string[] = []) =>
    judgeQueue({ queue: 'q', tags, others }, PLACE, change);
  for (const [what, tags, others, codes] of [
    ['is this stack’s alone', '', [], []],
    ['is named in the tags too', 'queue=other', [], ['queue-in-tags']],
    ['is named behind other tags', 'os=linux, queue = other', [], ['queue-in-tags']],
    ['is part of another tag’s name', 'myqueue=other,sub_queue=x', [], []],
    ['is served by another stack', '', ['web'], ['queue-shared']],
    ['is both', 'queue=x', ['web'], ['queue-in-tags', 'queue-shared']],
  ] as const) {
    it(`that ${what} has ${codes.length === 0 ? 'no findings' : codes.join(', ')}`, () => {
      const found = judge(tags, [...others]);
      expect(found.map(({ code }) => code)).to.eql(codes);
      for (const { code, severity } of found)
        expect(severity).to.equal(code === 'queue-in-tags' ? 'error' : 'warning');
    });
  }

  it('tells which', () => {
    expect(judge('queue=other,os=linux')[0]?.message).to.equal(
      'BuildkiteAgentTags has queue=other, beside BuildkiteQueue=q',
    );
    expect(judge('', ['web', 'api'])[0]?.message).to.equal('The queue q is served by web, api as well');
    expect(judge('', ['web'])[0]?.fix).to.contain('change BuildkiteQueue=...');
  });

  it('is shared with other stacks that stay', () => {
    const stack = (stackName: string, parts: object = {}) =>
      ({ stackName, stackId: stackName, queue: 'q', status: 'CREATE_COMPLETE', ...parts }) as StackSummary;
    const stacks = [
      ...[stack('own'), stack('web'), stack('api', { queue: 'other' }), stack('none', { queue: undefined })],
      ...[stack('going', { status: 'DELETE_IN_PROGRESS' }), stack('new', { status: 'UPDATE_IN_PROGRESS' })],
    ];
    expect(othersOn('q', stacks, 'own')).to.eql(['web', 'new']);
  });
});

describe('the log groups', () => {
  const judge = (groups: Parameters<typeof judgeLogs>[0], own = true) =>
    judgeLogs(groups, { own, region: 'us-east-1' }, '7');
  for (const [what, group, own, codes] of [
    ['are kept for a while', { there: true, retentionDays: 7 }, true, []],
    ['are kept for ever', { there: true }, true, ['logs-kept-forever']],
    ['are shared and kept for ever', { there: true }, false, ['logs-kept-forever']],
    ['are gone', { there: false }, true, ['log-group-missing']],
    ['are shared and not there yet', { there: false }, false, []],
  ] as const) {
    it(`that ${what} have ${codes.length === 0 ? 'no findings' : codes.join(', ')}`, () => {
      const found = judge([{ name: '/a', ...group }], own);
      expect(found.map(({ code }) => code)).to.eql(codes);
      for (const { code, severity } of found)
        expect(severity).to.equal(code === 'log-group-missing' ? 'error' : 'warning');
    });
  }

  it('have a command each', () => {
    const [gone, kept] = judge([
      { name: '/a', there: false },
      { name: '/b', there: false },
      { name: '/c', there: true },
    ]);
    expect(gone?.message).to.equal('/a, /b are gone');
    expect(gone?.fix).to.equal(
      'aws logs create-log-group --log-group-name /a --region us-east-1\naws logs create-log-group --log-group-name /b --region us-east-1',
    );
    expect(kept?.fix).to.contain(
      'put-retention-policy --log-group-name /c --retention-in-days 7 --region us-east-1',
    );
    expect(judge([{ name: '/a', there: false }])[0]?.message).to.equal('/a is gone');
  });
});

describe('an alarm', () => {
  it('is an error while it is on', () => {
    const alarm = (StateValue: 'ALARM' | 'OK' | 'INSUFFICIENT_DATA', parts: object = {}) => ({
      AlarmName: 'a',
      StateValue,
      StateReason: 'why.',
      ...parts,
    });
    const found = judgeAlarms(
      [
        alarm('OK'),
        alarm('ALARM'),
        alarm('INSUFFICIENT_DATA'),
        alarm('ALARM', { AlarmDescription: 'It fails.' }),
      ],
      PLACE,
    );
    expect(found.map(({ code, severity, message }) => [code, severity, message])).to.eql([
      ['alarm-on', 'error', 'The alarm a is on: why'],
      ['alarm-on', 'error', 'The alarm a is on: why'],
    ]);
    expect(found.map(({ meaning }) => meaning)).to.eql([
      'Something that the stack watches is not as it should be.',
      'It fails.',
    ]);
    expect(found[0]?.fix)
      .to.contain('bk-stack logs tail ci --region us-east-1')
      .and.to.contain('--alarm-name a');
  });
});

describe('jobs that no agent takes', () => {
  it('are a warning', () => {
    const untaken = { jobs: 1, idleAgents: 0, foreignIdle: 0, nextAttemptAt: '2026-11-25T11:00:10.000Z' };
    expect(judgeUntaken(untaken, PLACE)).to.include({ code: 'jobs-untaken', severity: 'warning' });
    expect(judgeUntaken(untaken, PLACE).message).to.match(/^1 job waiting that no agent has taken/);
  });
});

describe('the stack', () => {
  const JOURNAL = { phase: 'draining', by: 'ada', startedAt: '2026-11-24T10:00:00Z' } as Parameters<
    typeof judgeJournal
  >[0];
  for (const [state, code, severity, fix] of [
    [{ kind: 'usable' }, 'update-under-way', 'warning', 'bk-stack update ci --region us-east-1 --resume'],
    [{ kind: 'blocked', remedy: 'wait' }, 'update-under-way', 'warning', 'wait'],
    [
      { kind: 'stale', reason: 'it is gone' },
      'update-void',
      'error',
      'bk-stack update ci --region us-east-1 --forget',
    ],
  ] as const) {
    it(`has an update that is ${state.kind}: ${code}`, () => {
      const found = judgeJournal(JOURNAL, state as Parameters<typeof judgeJournal>[1], PLACE);
      expect(found).to.include({ code, severity, fix });
      expect(found.message).to.contain('by ada').and.to.contain('2026-11-24T10:00:00Z');
    });
  }

  for (const [StackStatus, code, severity] of [
    ['CREATE_COMPLETE', undefined, undefined],
    ['UPDATE_ROLLBACK_COMPLETE', 'stack-failed', 'error'],
    ['UPDATE_COMPLETE', undefined, undefined],
    ['UPDATE_IN_PROGRESS', 'stack-busy', 'warning'],
    ['CREATE_IN_PROGRESS', 'stack-busy', 'warning'],
    ['DELETE_IN_PROGRESS', 'stack-busy', 'warning'],
    ['REVIEW_IN_PROGRESS', 'stack-failed', 'error'],
  ] as const) {
    it(`in ${StackStatus} has ${code ?? 'no findings'}`, async () => {
      const { facts } = plainFacts({ ...BARE, StackStatus });
      // Events of a stack that has failed come from AWS: there are none here.
      Object.assign(facts.aws, {
        clients: {
          cloudFormation: () => Promise.resolve({ send: () => Promise.resolve({ StackEvents: [] }) }),
        },
      });
      const { findings } = await stackCheck(facts, () => Promise.resolve(undefined)).run();
      expect(findings.map((found) => [found.code, found.severity])).to.eql(
        code === undefined ? [] : [[code, severity]],
      );
    });
  }
});
