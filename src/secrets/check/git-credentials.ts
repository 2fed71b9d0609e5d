import { credentialSecrets } from '../job/git-credentials.ts';
import type { Finding } from './finding.ts';
import { redactionFindings } from './redaction.ts';
import { lineFindings } from './text.ts';

/** What is wrong with a git-credentials file: one URL a line, as git's own store writes them. */
export function gitCredentialsFindings(text: string): Finding[] {
  const findings = text.split('\n').flatMap((line, index): Finding[] => {
    const wrong = line.trim() === '' || line.endsWith('\r') ? undefined : lineFault(line);
    return wrong === undefined ? [] : [{ ...wrong, severity: 'refused', line: index + 1 }];
  });
  if (text.trim() === '') {
    findings.push({
      severity: 'refused',
      message: 'it is empty',
      hint: 'A line is https://USER:PASSWORD@HOST',
    });
  }
  for (const { line, forms } of credentialSecrets(text)) {
    findings.push(...redactionFindings(forms[0], 'the password').map((each) => ({ ...each, line })));
  }
  return [...lineFindings(text), ...findings];
}

const FORM = 'A line is https://USER:PASSWORD@HOST, with what is special in them percent-encoded.';

function lineFault(line: string): Omit<Finding, 'severity'> | undefined {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//.exec(line)?.[0];
  const fault = (message: string, column: number) => ({ message, hint: FORM, column });
  if (scheme === undefined) return fault('this is no URL', 1);
  const blank = line.search(/\s/);
  if (blank >= 0) return fault('a blank within the URL: write it as %20', blank + 1);
  const rest = line.slice(scheme.length);
  const at = rest.lastIndexOf('@');
  if (at < 0) return fault('it names neither user nor password before an @', scheme.length + 1);
  const user = rest.slice(0, at);
  const colon = user.indexOf(':');
  if (colon < 0)
    return fault('it has no password: user and password are parted by a colon', scheme.length + 1);
  const inner = /[@/]/.exec(user);
  if (inner !== null) {
    return fault(
      `a ${inner[0]} within user or password: write it as %${inner[0] === '@' ? '40' : '2F'}`,
      scheme.length + inner.index + 1,
    );
  }
  const percent = user.search(/%(?![0-9A-Fa-f]{2})/);
  if (percent >= 0) {
    return fault('a % that begins no percent-encoding: write it as %25', scheme.length + percent + 1);
  }
  if (!/^[A-Za-z0-9.:[\]-]+(?:\/.*)?$/.test(rest.slice(at + 1))) {
    return fault('behind the @ there is no name of a host', scheme.length + at + 2);
  }
  return undefined;
}
