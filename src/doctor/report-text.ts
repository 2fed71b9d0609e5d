import { counted } from '../terminal/text.ts';
import type { Theme } from '../terminal/theme.ts';
import { findingsOf, type Report } from './doctor.ts';
import type { Finding, FindingCode, Severity } from './findings/finding.ts';

/** A finding as scripts get it. */
export interface ReportedFinding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly check: string;
  readonly message: string;
  readonly meaning: string;
  readonly fix: string;
  /** Whether `--fix` mends it. */
  readonly fixable: boolean;
}

/** The report for `--json`. */
export interface DoctorResult {
  readonly stackName: string | null;
  readonly region: string;
  readonly healthy: boolean;
  readonly findings: readonly ReportedFinding[];
  /** What was well, by check. */
  readonly fine: Readonly<Record<string, string>>;
  /** What `--fix` has done. */
  readonly fixed: readonly string[];
}

export function resultOf(report: Report, fixed: readonly string[]): DoctorResult {
  const checkOf = (finding: Finding) =>
    report.checks.find(({ findings }) => findings.includes(finding))?.title ?? '';
  const findings = findingsOf(report);
  return {
    stackName: report.stackName,
    region: report.region,
    healthy: findings.length === 0,
    findings: findings.map((finding) => {
      const { code, severity, message, meaning, fix, repair } = finding;
      return {
        ...{ code, severity, check: checkOf(finding), message, meaning, fix },
        fixable: repair !== undefined,
      };
    }),
    fine: Object.fromEntries(
      report.checks.filter(({ findings: own }) => own.length === 0).map(({ title, fact }) => [title, fact]),
    ),
    fixed,
  };
}

/** What is wrong, the worst first, each with what comes of it and what to do; a last line counts. */
export function reportText(report: Report, theme: Theme): string {
  const findings = findingsOf(report);
  const what =
    report.stackName === null ? `This machine and ${report.region}` : theme.stack(report.stackName);
  const looks = counted(report.checks.length, 'check');
  if (findings.length === 0) return `${theme.good('✔')} ${what}: nothing wrong (${looks}).`;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const fixable = findings.filter(({ repair }) => repair !== undefined).length;
  const name = report.stackName === null ? '' : ` ${report.stackName}`;
  return [
    ...findings.map((finding) => findingText(finding, theme)),
    `${what}: ${counted(errors, 'error')}, ${counted(findings.length - errors, 'warning')} (${looks}).` +
      (fixable === 0 ? '' : ` ${fixable} can be mended at once: bk-stack doctor${name} --fix`),
  ].join('\n\n');
}

function findingText({ code, severity, message, meaning, fix }: Finding, theme: Theme): string {
  const mark = severity === 'error' ? theme.bad('✖') : theme.busy('!');
  return [
    `${mark} ${message} ${theme.dim(`[${code}]`)}`,
    `  ${meaning}`,
    ...fix.split('\n').map((line) => `  ${theme.command(line)}`),
  ].join('\n');
}
