import { expect } from 'chai';
import { examine } from '../../src/doctor/examine.ts';
import { findingsOf, repairsOf } from '../../src/doctor/doctor.ts';
import { examined, type Check, type Finding } from '../../src/doctor/findings/finding.ts';
import { reportText, resultOf } from '../../src/doctor/report-text.ts';
import type { Theme } from '../../src/terminal/theme.ts';
import { sdkError } from '../support/world-aws.ts';

const as = (text: string) => text;
const theme: Theme = { stack: as, command: as, good: as, busy: as, bad: as, dim: as, heading: as };
const finding = (
  severity: Finding['severity'],
  message = 'wrong',
  parts: Partial<Finding> = {},
): Finding => ({
  ...{ code: 'paused', severity, message, meaning: 'so what', fix: 'mend it' },
  ...parts,
});
const repair = (does: string) => ({ repair: { does, carryOut: () => Promise.resolve() } });

async function told(
  ...checks: Check[]
): Promise<{ lines: string[]; found: Awaited<ReturnType<typeof examine>> }> {
  const lines: string[] = [];
  const style = {
    live: false as const,
    write: (line: string) => void lines.push(line),
    now: () => new Date(0),
  };
  return { found: await examine(checks, { style, withinSeconds: 0.05 }), lines };
}

describe('an examination', () => {
  it('tells what each check has found, and goes on after one that fails', async () => {
    const { found, lines } = await told(
      { title: 'Good', run: () => Promise.resolve(examined('fine')) },
      {
        title: 'Bad',
        run: () => Promise.resolve(examined('x', finding('error', 'a'), finding('warning', 'b'))),
      },
      { title: 'Broken', run: () => Promise.reject(new Error('no idea')) },
      {
        title: 'Doubtful',
        run: () => Promise.resolve(examined('x', undefined, false, finding('warning', 'c'))),
      },
    );
    expect(
      found.map(({ title, findings }) => [
        title,
        findings.map(({ code, severity }) => `${code} ${severity}`),
      ]),
    ).to.eql([
      ['Good', []],
      ['Bad', ['paused error', 'paused warning']],
      ['Broken', ['could-not-look warning']],
      ['Doubtful', ['paused warning']],
    ]);
    const text = lines.join('\n');
    expect(text)
      .to.contain('Good: fine')
      .and.to.contain('Bad: a; b')
      .and.to.contain('Could not look at the broken: no idea');
  });

  for (const [what, error, message, fix] of [
    [
      'a permission is missing',
      sdkError('AccessDenied', 'User: x is not authorized to perform: ec2:DescribeSubnets on y', 403),
      'Could not look at the vPC: missing ec2:DescribeSubnets',
      /^Ask for the permission ec2:DescribeSubnets\./,
    ],
    [
      'some permission is missing',
      sdkError('AccessDenied', 'no', 403),
      'Could not look at the vPC: missing a permission',
      /^Look again/,
    ],
    [
      'AWS cannot be reached',
      Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }),
      'Could not look at the vPC: no answer (getaddrinfo ENOTFOUND)',
      /^Look again/,
    ],
  ] as const) {
    it(`says why a check failed: ${what}`, async () => {
      const { found } = await told({ title: 'VPC', run: () => Promise.reject(error) });
      expect(found[0]?.findings[0]?.message).to.equal(message);
      expect(found[0]?.findings[0]?.fix).to.match(fix);
    });
  }

  it('gives up a check that takes too long', async () => {
    const { found } = await told({ title: 'Slow', run: () => new Promise(() => undefined) });
    expect(found[0]?.findings[0]?.message).to.equal(
      'Could not look at the slow: it took longer than 0.05 seconds',
    );
  });
});

describe('a report', () => {
  const checks = [
    {
      title: 'A',
      fact: 'a',
      findings: [finding('warning', 'w', repair('one')), finding('error', 'e', repair('two'))],
    },
    {
      title: 'B',
      fact: 'b',
      findings: [
        finding('error', 'e', repair('two')),
        finding('error', 'e2', { code: 'queue-shared', ...repair('two') }),
      ],
    },
    { title: 'C', fact: 'c', findings: [] },
  ];
  const report = { stackName: 'ci', region: 'us-east-1', checks };

  it('has each finding once, errors first, and each repair once', () => {
    expect(findingsOf(report).map(({ message }) => message)).to.eql(['e', 'e2', 'w']);
    expect(repairsOf(report).map(({ does }) => does)).to.eql(['two', 'one']);
  });

  it('of the same message with another code is another finding', () => {
    const findings = [finding('error', 'e'), finding('error', 'e', { code: 'queue-shared' })];
    expect(findingsOf({ checks: [{ title: 'A', fact: '', findings }] })).to.have.length(2);
  });

  it('is data for scripts', () => {
    const { findings, ...rest } = resultOf(report, ['done']);
    expect(rest).to.eql({
      stackName: 'ci',
      region: 'us-east-1',
      healthy: false,
      fine: { C: 'c' },
      fixed: ['done'],
    });
    expect(findings.map(({ check, message, fixable }) => [check, message, fixable])).to.eql([
      ['A', 'e', true],
      ['B', 'e2', true],
      ['A', 'w', true],
    ]);
    const well = resultOf({ ...report, checks: checks.slice(2) }, []);
    expect(well).to.include({ healthy: true });
    expect(
      resultOf({ ...report, checks: [{ title: 'A', fact: '', findings: [finding('error')] }] }, [])
        .findings[0]?.fixable,
    ).to.equal(false);
  });

  it('is text for people, with a count last', () => {
    const lines = reportText(report, theme).split('\n\n');
    expect(lines[0]).to.equal('✖ e [paused]\n  so what\n  mend it');
    expect(lines[2]).to.equal('! w [paused]\n  so what\n  mend it');
    expect(lines.at(-1)).to.equal(
      'ci: 2 errors, 1 warning (3 checks). 3 can be mended at once: bk-stack doctor ci --fix',
    );
    expect(reportText({ ...report, checks: checks.slice(2) }, theme)).to.equal(
      '✔ ci: nothing wrong (1 check).',
    );
    const machine = {
      ...report,
      stackName: null,
      checks: [{ title: 'A', fact: '', findings: [finding('error')] }],
    };
    expect(reportText(machine, theme)).to.match(
      /This machine and us-east-1: 1 error, 0 warnings \(1 check\)\.$/,
    );
  });
});
