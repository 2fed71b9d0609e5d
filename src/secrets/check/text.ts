import { type Finding, position } from './finding.ts';

/** What holds for all secrets: they are text, as variables and credentials cannot hold anything else. */
export function textFindings(body: Buffer): Finding[] {
  const text = body.toString('utf8');
  const findings: Finding[] = [];
  const nul = text.indexOf('\0');
  if (nul >= 0) {
    const message = 'a NUL byte, which no variable and no line of text can hold';
    findings.push({
      severity: 'refused',
      message,
      hint: 'Encode it, for example with base64.',
      ...position(text, nul),
    });
  }
  if (!Buffer.from(text, 'utf8').equals(body)) {
    const at = text.indexOf('\ufffd');
    findings.push({
      severity: 'refused',
      message: 'bytes that are no UTF-8 text, and would not reach a build as they are',
      hint: 'Store it as UTF-8, or encode it with base64.',
      ...(at >= 0 && position(text, at)),
    });
  }
  return findings;
}

/** What spoils the beginning or the ends of lines, where something reads line by line. */
export function lineFindings(text: string): Finding[] {
  const findings: Finding[] = [];
  if (text.startsWith('\ufeff')) {
    findings.push({
      severity: 'refused',
      message: 'it begins with a byte order mark, which would become part of the first name',
      hint: "Store it as UTF-8 without BOM: sed -i '1s/^\\xEF\\xBB\\xBF//' FILE",
      line: 1,
      column: 1,
    });
  }
  const carriage = text.indexOf('\r');
  if (carriage >= 0) {
    findings.push({
      severity: 'refused',
      message:
        "it has carriage returns (Windows line ends), which Buildkite's own hook would make part of the values",
      hint: "Take them out: sed -i 's/\\r$//' FILE",
      ...position(text, carriage),
    });
  }
  return findings;
}
