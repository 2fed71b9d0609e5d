import { expect } from 'chai';
import { foreignEvent, judgeScaler, ownEvent, type ScalerFacts } from '../../../src/doctor/service/scaler.ts';

const PLACE = { target: 'ci --region us-east-1', region: 'us-east-1' };
const done: string[] = [];
const REPAIRS = {
  reserve: (executions: number) => Promise.resolve(void done.push(`reserve ${executions}`)),
  enable: (rule: string) => Promise.resolve(void done.push(`enable ${rule}`)),
};
const KEPT = { event: 'kept', reason: 'enough' };
const FAILED = { event: 'failed', reason: 'no answer.' };
const ENABLED = { name: 'r', state: 'ENABLED' };
const WELL: ScalerFacts = {
  ...{ name: 'f', reserved: 1, rule: ENABLED, last: KEPT, due: true, paused: false, ours: true },
  minimum: { min: 0 },
};
const judge = (parts: Partial<ScalerFacts>) => judgeScaler({ ...WELL, ...parts }, PLACE, REPAIRS);
const silent = (parts: Partial<ScalerFacts> = {}) => {
  const { last: _, ...facts } = { ...WELL, ...parts };
  return judgeScaler(facts, PLACE, REPAIRS);
};

describe('a scaler', () => {
  for (const [what, parts, codes] of [
    ['works', {}, []],
    ['is gone', { reserved: undefined }, ['scaler-missing']],
    ['is gone, while paused', { reserved: undefined, paused: true }, ['scaler-missing']],
    ['may not run', { reserved: 0 }, ['scaler-stopped']],
    ['may not run, while paused', { reserved: 0, paused: true }, ['scaler-stopped']],
    ['may overlap', { reserved: 'unreserved' }, ['scaler-overlaps']],
    ['may overlap twice', { reserved: 2 }, ['scaler-overlaps']],
    ['may overlap, of another template', { reserved: 'unreserved', ours: false }, []],
    ['has lost its schedule', { rule: { name: 'r', state: 'MISSING' } }, ['schedule-disabled']],
    ['has its schedule disabled', { rule: { name: 'r', state: 'DISABLED' } }, ['schedule-disabled']],
    [
      'has its schedule disabled, while paused',
      { rule: { name: 'r', state: 'DISABLED' }, paused: true },
      ['schedule-disabled'],
    ],
    ['fails', { last: FAILED }, ['scaler-fails']],
    ['fails, while paused', { last: FAILED, paused: true }, ['scaler-fails']],
    [
      'fails, as it is not started',
      { last: FAILED, rule: { name: 'r', state: 'DISABLED' } },
      ['schedule-disabled'],
    ],
    ['fails and may overlap', { last: FAILED, reserved: 3 }, ['scaler-overlaps', 'scaler-fails']],
  ] as const) {
    it(`that ${what} has ${codes.length === 0 ? 'no findings' : codes.join(', ')}`, () => {
      const found = judge(parts);
      expect(found.map(({ code }) => code)).to.eql(codes);
      for (const { code, severity } of found)
        expect(severity).to.equal(code === 'scaler-overlaps' ? 'warning' : 'error');
    });
  }

  it('is silent where it ought to have said something, unless it is paused', () => {
    expect(silent().map(({ code }) => code)).to.eql(['scaler-silent']);
    expect(silent()[0]?.message).to.equal('The scaler has said nothing for 15 minutes');
    expect(silent({ due: false })).to.eql([]);
    expect(silent({ paused: true })).to.eql([]);
  });

  it('is mended where it is ours, by what it lacks', async () => {
    done.length = 0;
    const stopped = [{ reserved: 0 }, { reserved: 2 }, { rule: { name: 'r', state: 'DISABLED' } }] as const;
    for (const parts of stopped) for (const { repair } of judge(parts)) await repair?.carryOut();
    expect(done).to.eql(['reserve 1', 'reserve 1', 'enable r']);
    for (const parts of stopped) {
      for (const { repair, fix } of judge({ ...parts, ours: false })) {
        expect(repair).to.equal(undefined);
        expect(fix).to.match(/^Unless the stack is being emptied by hand/);
      }
    }
    expect(judge({ reserved: 0, ours: false })[0]?.fix).to.contain('delete-function-concurrency');
    expect(judge({ reserved: 0 })[0]?.fix).to.match(
      /^aws lambda put-function-concurrency --function-name f --reserved/,
    );
    expect(judge({ rule: { name: 'r', state: 'DISABLED' } })[0]?.fix).to.match(
      /^aws events enable-rule --name r/,
    );
    for (const parts of [
      { reserved: undefined },
      { rule: { name: 'r', state: 'MISSING' } },
      { last: FAILED },
    ]) {
      expect(judge(parts)[0]?.repair).to.equal(undefined);
    }
    expect(judge({ last: FAILED })[0]?.message).to.equal('The scaler fails: no answer');
    expect(judge({ reserved: 'unreserved' })[0]?.message).to.contain('no concurrency is reserved');
    expect(judge({ reserved: 3 })[0]?.message).to.contain('3 executions are reserved');
  });

  for (const [code, found] of [
    ['scaler-missing', (minimum: ScalerFacts['minimum']) => judge({ reserved: undefined, minimum })],
    ['scaler-stopped', (minimum: ScalerFacts['minimum']) => judge({ reserved: 0, minimum })],
    ['scaler-silent', (minimum: ScalerFacts['minimum']) => silent({ minimum })],
    ['scaler-fails', (minimum: ScalerFacts['minimum']) => judge({ last: FAILED, minimum })],
    [
      'schedule-disabled',
      (minimum: ScalerFacts['minimum']) => judge({ rule: { name: 'r', state: 'DISABLED' }, minimum }),
    ],
    [
      'schedule-disabled',
      (minimum: ScalerFacts['minimum']) => judge({ rule: { name: 'r', state: 'MISSING' }, minimum }),
    ],
  ] as const) {
    it(`leaves the minimum where it has raised it to: ${code}`, () => {
      const [raised] = found({ min: 1, held: 4 });
      expect(raised?.code).to.equal(code);
      expect(raised?.meaning).to.contain('raised MinSize from 1 to 4');
      expect(raised?.meaning).to.contain('bk-stack scale ci --region us-east-1 --min 1');
      expect(found({ min: 1 })[0]?.meaning).to.not.contain('MinSize');
    });
  }
});

describe('the last thing that a scaler said', () => {
  it('is an event in JSON, of ours', () => {
    expect(ownEvent('{"event":"failed","reason":"no answer"}')).to.eql({
      event: 'failed',
      reason: 'no answer',
    });
    expect(ownEvent('{}')).to.eql({ event: '', reason: '' });
    expect(ownEvent(undefined)).to.equal(undefined);
  });

  for (const [what, lines, said] of [
    ['nothing', [], undefined],
    ['that it works', ['START RequestId: 1', 'scaling to 3'], { event: 'other', reason: '' }],
    [
      'an error',
      ['START RequestId: 1', '  error: no token  '],
      { event: 'failed', reason: 'error: no token' },
    ],
    ['a panic', ['START RequestId: 1', 'panic: nil'], { event: 'failed', reason: 'panic: nil' }],
    ['an errorMessage', ['{"errorMessage": "x"}'], { event: 'failed', reason: '{"errorMessage": "x"}' }],
    [
      'an error before its last start',
      ['error: x', 'START RequestId: 2', 'fine'],
      { event: 'other', reason: '' },
    ],
    [
      'no error where a word has one in it',
      ['START RequestId: 1', 'terrors: 0'],
      { event: 'other', reason: '' },
    ],
  ] as const) {
    it(`is ${what}, of the official one`, () => {
      expect(foreignEvent(lines)).to.eql(said);
    });
  }

  it('is cut where it is long', () => {
    expect(foreignEvent([`error ${'x'.repeat(400)}`])?.reason).to.have.length(300);
  });
});
