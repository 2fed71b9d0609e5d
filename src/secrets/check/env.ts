import { parseEnvFile } from '../env-file/parse.ts';
import type { Remark } from '../env-file/scan.ts';
import type { Finding } from './finding.ts';
import { position } from './finding.ts';
import { lineFindings, LONGEST_VALUE } from './text.ts';

const SEVERITY: Readonly<Record<Remark['severity'], Finding['severity']>> = {
  broken: 'refused',
  code: 'shell',
  shell: 'shell',
  doubt: 'warning',
};

/** What is wrong with an env file, which builds source with bash. */
export function envFindings(text: string): Finding[] {
  const { assignments, remarks, variables } = parseEnvFile(text);
  const findings: Finding[] = remarks.map(({ offset, message, severity }) => ({
    severity: SEVERITY[severity],
    message,
    ...position(text, offset),
  }));
  for (const { name, valueStart, start } of assignments) {
    if (/^[“”‘’]/.test(text.slice(valueStart))) {
      findings.push({
        severity: 'warning',
        message: 'typographic quotes do not quote: they are part of the value',
        ...position(text, valueStart),
      });
    }
    const value = variables.get(name);
    if (value?.kind === 'text' && Buffer.byteLength(value.text) > LONGEST_VALUE) {
      findings.push({
        severity: 'refused',
        message: `the value has more than ${LONGEST_VALUE} bytes, which Buildkite does not redact from logs`,
        ...position(text, start),
      });
    }
  }
  return [...lineFindings(text), ...findings];
}
