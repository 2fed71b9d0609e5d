import { parseEnvFile } from '../env-file/parse.ts';
import type { Remark } from '../env-file/scan.ts';
import type { Finding } from './finding.ts';
import { position } from './finding.ts';
import { lineFindings } from './text.ts';
import { variableRedactionFindings } from './redaction.ts';

const SEVERITY: Readonly<Record<Remark['severity'], Finding['severity']>> = {
  broken: 'refused',
  lost: 'refused',
  code: 'shell',
  shell: 'shell',
  doubt: 'warning',
};

/** The parts of an env file that builds lose although bash finds nothing wrong. */
export function lostParts(text: string): Finding[] {
  return parseEnvFile(text)
    .remarks.filter(({ severity }) => severity === 'lost')
    .map((remark) => remarkFinding(text, remark));
}

function remarkFinding(text: string, { offset, message, severity }: Remark): Finding {
  return { severity: SEVERITY[severity], message, ...position(text, offset) };
}

/** What is wrong with an env file, which builds source with bash. */
export function envFindings(text: string): Finding[] {
  const { assignments, remarks, variables } = parseEnvFile(text);
  const findings = remarks.map((remark) => remarkFinding(text, remark));
  for (const { name, valueStart, start } of assignments) {
    if (/^[“”‘’]/.test(text.slice(valueStart))) {
      findings.push({
        severity: 'warning',
        message: 'typographic quotes do not quote: they are part of the value',
        ...position(text, valueStart),
      });
    }
    const value = variables.get(name);
    if (value?.kind === 'text') {
      const found = variableRedactionFindings(name, value.text);
      findings.push(...found.map((each) => ({ ...each, ...position(text, start) })));
    }
  }
  return [...lineFindings(text), ...findings];
}
