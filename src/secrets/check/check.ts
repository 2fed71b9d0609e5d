import type { SecretKind } from '../layout/keys.ts';
import { envFindings } from './env.ts';
import type { CheckResult, Finding } from './finding.ts';
import { gitCredentialsFindings } from './git-credentials.ts';
import { redactionFindings } from './redaction.ts';
import { textFindings } from './text.ts';

/** Looks whether builds can use a secret, as it would reach them. Mends what has one right form only. */
export async function checkSecret(kind: SecretKind, body: Buffer): Promise<CheckResult> {
  const general = textFindings(body);
  if (general.length > 0) return { findings: general, body };
  const text = body.toString('utf8');
  switch (kind) {
    case 'env':
      return { findings: envFindings(text), body };
    case 'secret-file':
      return { findings: secretFileFindings(text), body };
    case 'git-credentials': {
      const findings = gitCredentialsFindings(text);
      return text.endsWith('\n')
        ? { findings, body }
        : { findings: [ADDED_LINE_END, ...findings], body: Buffer.from(`${text}\n`) };
    }
    case 'ssh-key': {
      // A program that only some uploads need.
      const { checkSshKey } = await import('./ssh-key.ts');
      const unix = text.replaceAll('\r\n', '\n');
      const ended = unix.endsWith('\n') ? unix : `${unix}\n`;
      const bare = withoutMargins(ended);
      const { findings, key } = checkSshKey(bare);
      if (unix !== text) findings.push(CHANGED_LINE_ENDS);
      if (ended !== unix) findings.push(ADDED_LINE_END);
      if (bare !== ended) findings.push(REMOVED_MARGINS);
      return { findings: [...findings, ...redactionFindings(text)], body: Buffer.from(key) };
    }
  }
}

const ADDED_LINE_END: Finding = {
  severity: 'warning',
  message:
    'the last line did not end in a line feed, without which it is not read everywhere: it has been added',
};
const CHANGED_LINE_ENDS: Finding = {
  severity: 'warning',
  message: 'its line ends were those of Windows, with which ssh-add does not take it: they have been changed',
};

const REMOVED_MARGINS: Finding = {
  severity: 'warning',
  message: 'ssh-add takes no byte order mark, and no blanks around its lines: they have been taken out',
};

/** What copying leaves around a key: a byte order mark, empty lines before it, blanks around its lines. */
function withoutMargins(text: string): string {
  return text
    .replace(/^\ufeff/, '')
    .replace(/^[ \t]+|[ \t]+$/gm, '')
    .replace(/^\n+/, '');
}

function secretFileFindings(text: string): Finding[] {
  if (text === '')
    return [{ severity: 'refused', message: 'it is empty, and a build would get an empty variable' }];
  const findings: Finding[] = [];
  if (text.indexOf('\n') === text.length - 1) {
    findings.push({
      severity: 'warning',
      message: 'it ends in a line feed, which builds get as part of the value',
      hint: 'To leave it out: printf \'%s\' "$VALUE" | bk-stack secrets put ...',
    });
  }
  return [...findings, ...redactionFindings(text)];
}
