import { expect } from 'chai';
import { isRedactedVariable, redactedForms, unredacted } from '../../../src/secrets/job/redaction.ts';

/** What a terminal shows of a job's output. */
const shown = (text: string) => text.replaceAll('\n', '\r\n');

/** Whether the agent's redactor, which looks for exact bytes, leaves nothing of a value but blanks and short lines. */
function leftOf(output: string, forms: readonly string[]): string {
  const hidden = new Set<number>();
  for (const form of forms) {
    for (let at = output.indexOf(form); at >= 0; at = output.indexOf(form, at + 1)) {
      for (let index = at; index < at + form.length; index += 1) hidden.add(index);
    }
  }
  return output
    .split('')
    .filter((_, index) => !hidden.has(index))
    .join('');
}

describe('what is redacted of a secret', () => {
  it('is the value, whatever line ends it is stored and shown with', () => {
    for (const value of [
      'one-line-7f3a',
      'ends-in-line-feed-7f3a\n',
      'dos-7f3a\r\n',
      '  around-7f3a \t\n',
      'first-7f3a\nsecond-7f3a\n\nx\nlast-7f3a\n',
      'first-7f3a\r\nsecond-7f3a\r\nx\r\nlast-7f3a',
      'old-mac-7f3a\rx\rlast-7f3a',
    ]) {
      const forms = redactedForms(value);
      for (const output of [value, shown(value), shown(value.replaceAll('\r\n', '\n'))]) {
        expect(leftOf(`<${output}>`, forms), JSON.stringify(output)).to.match(/^<\s*>$/);
      }
      // Nothing of the log around it goes with it.
      expect(forms.every((form) => form === form.trim())).to.equal(true);
    }
  });

  it('is each line that is long enough, but for the frame of a key', () => {
    const key =
      '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKC\n  abc123\nabc12\n-----END RSA PRIVATE KEY-----\n';
    const forms = redactedForms(key);
    expect(forms).to.include.members(['MIIEpAIBAAKC', 'abc123']);
    expect(forms).to.not.include('abc12');
    expect(forms.filter((form) => /^-----[^-]+-----$/.test(form))).to.eql([]);
  });

  it('is how JSON writes it', () => {
    expect(redactedForms('a "quoted"\nsecret\\7f3a')).to.include.members([
      'a \\"quoted\\"\\nsecret\\\\7f3a',
      'a \\"quoted\\"',
      'secret\\\\7f3a',
    ]);
  });

  it('is nothing that is shorter or longer than the agent takes', () => {
    expect(redactedForms('12345\n')).to.eql([]);
    expect(redactedForms('123456\n')).to.eql(['123456']);
    // Three bytes each.
    expect(redactedForms('漢字')).to.eql(['漢字']);
    expect(redactedForms('x'.repeat(65_536))).to.have.length(1);
    expect(redactedForms('x'.repeat(65_537))).to.eql([]);
    expect(redactedForms(`line-7f3a\n${'x'.repeat(65_537)}`)).to.eql(['line-7f3a']);
  });

  it('is told by one rule', () => {
    expect(['', '12345', '123456', ' 12345 '].map(unredacted)).to.eql(['short', 'short', undefined, 'short']);
    expect(unredacted('x'.repeat(65_536))).to.equal(undefined);
    expect(unredacted(`${'x'.repeat(65_536)}\n`)).to.equal(undefined);
    expect(unredacted('x'.repeat(65_537))).to.equal('long');
  });
});

describe('a name of a secret', () => {
  it('has the words of the field’s helper and of the agent', () => {
    for (const name of [
      ...['GH_TOKEN_RO', 'GH_TOKEN', 'TOKEN', 'TOKEN_2', 'DB_PASSWORD_OLD', 'MY_SECRET', 'SECRET_KEY_BASE'],
      ...['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'DEPLOY_PRIVATE_KEY_PEM', 'DB_CONNECTION_STRING'],
      ...['npm_token_ro', 'OPENAI_API_KEY', 'DATABASE_URL', 'KEY_PASSPHRASE'],
    ]) {
      expect(isRedactedVariable(name), name).to.equal(true);
    }
  });

  it('is no other word, and no place on a disk', () => {
    for (const name of [
      ...['A', 'PATH', 'NODE_ENV', 'TOKENIZER', 'SECRETARY_NAME', 'PASSWORDLESS', 'ACCESS_LOG'],
      ...['AWS_WEB_IDENTITY_TOKEN_FILE', 'PASSWORD_STORE_DIR', 'TOKEN_PATH'],
    ]) {
      expect(isRedactedVariable(name), name).to.equal(false);
    }
  });
});

describe('a value with quotes', () => {
  it('is redacted as bash traces and declares it', () => {
    expect(redactedForms(`it's "5" $x \`\\`)).to.include.members([
      `it'\\''s "5" $x \`\\`,
      `it's \\"5\\" \\$x \\\`\\\\`,
    ]);
  });
});
