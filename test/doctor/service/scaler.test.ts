import { expect } from 'chai';
import { judgeScaler, type ScalerFacts } from '../../../src/doctor/service/scaler.ts';

describe('a scaler that does not work', () => {
  const PLACE = { target: 'ci --region us-east-1', region: 'us-east-1' };
  const REPAIRS = { reserve: () => Promise.resolve(), enable: () => Promise.resolve() };
  const judge = (facts: Partial<ScalerFacts>) =>
    judgeScaler(
      { ...{ name: 'f', reserved: 1, due: true, paused: false, ours: true, minimum: { min: 0 } }, ...facts },
      PLACE,
      REPAIRS,
    );

  for (const [code, facts] of [
    ['scaler-missing', { reserved: undefined }],
    ['scaler-stopped', { reserved: 0 }],
    ['scaler-silent', {}],
    ['scaler-fails', { last: { event: 'failed', reason: 'x' } }],
    ['schedule-disabled', { rule: { name: 'r', state: 'DISABLED' } }],
  ] as const) {
    it(`leaves the minimum where it has raised it to: ${code}`, () => {
      const [raised] = judge({ ...facts, minimum: { min: 1, held: 4 } });
      expect(raised?.code).to.equal(code);
      expect(raised?.meaning).to.contain('raised MinSize from 1 to 4');
      expect(raised?.meaning).to.contain('bk-stack scale ci --region us-east-1 --min 1');
      expect(judge(facts)[0]?.meaning).to.not.contain('MinSize');
    });
  }
});
