import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { KnownValues } from '../../src/redaction/known-values.ts';
import { Redactor, Tally } from '../../src/redaction/redactor.ts';

/** Stands in every secret, and may stand nowhere afterwards. */
const MARKER = 'Mrk7sEcReT';

const unknown = new Redactor();
const stays = (text: string) => {
  expect(unknown.redact(text)).to.equal(text);
};
const goes = (text: string, kept?: string | RegExp) => {
  const result = unknown.redact(text);
  expect(result, text).to.not.contain(MARKER);
  expect(result, text).to.contain('[redacted');
  if (typeof kept === 'string') expect(result).to.equal(kept);
  else if (kept !== undefined) expect(result).to.match(kept);
};

describe('the redactor', () => {
  describe('of what nobody has told it', () => {
    it('finds tokens by their beginnings', () => {
      const body = `${MARKER}0123456789abcdefABCDEF`;
      for (const start of [
        ...['bkaa_', 'bkjat_', 'bkaj_', 'bkar_', 'bkua_', 'bkur_', 'bktx_', 'bkcqt_', 'bkct_', 'bkpt_'],
        ...['bkrt_', 'bktr_', 'bkat_', 'bkpat_', 'bkps_', 'bkxy_'],
        ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_', 'glpat-', 'gldt-', 'glrt-', 'glcbt-'],
        ...[
          'xoxb-12-',
          'xoxp-',
          'xapp-1-',
          'npm_',
          'pypi-',
          'dckr_pat_',
          'sk_live_',
          'sk-proj-',
          'hvs.',
          'ya29.',
        ],
        ...['https://hooks.slack.com/services/T00/B00/'],
      ]) {
        goes(`the agent said ${start}${body}, and went on`, /^the agent said .*, and went on$/);
        goes(`["${start}${body}"]`, /^\[".*"\]$/);
        goes(`x=${start}${body}`);
      }
      goes(`the token ${'0123456789'.repeat(5)} ${MARKER}`.replace(MARKER, ''), /\[redacted agent token\]/);
    });

    it('finds what AWS gives out', () => {
      expect(unknown.redact('as AKIAIOSFODNN7EXAMPLE and ASIAIOSFODNN7EXAMPLE')).to.equal(
        'as [redacted AWS credential] and [redacted AWS credential]',
      );
      expect(unknown.redact('it is wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY alone')).to.equal(
        'it is [redacted random text] alone',
      );
      goes(`"SessionToken": "IQoJb3JpZ2luX2VjE${MARKER.repeat(20)}"`);
      goes(`aws_session_token = IQoJ${MARKER}`);
      goes(`IQoJb3JpZ2luX2VjEJv${MARKER.repeat(20)}==`);
      for (const name of [
        'aws_secret_access_key',
        'AWS_SECRET_ACCESS_KEY',
        'SecretAccessKey',
        'secretAccessKey',
      ]) {
        goes(`${name}=${MARKER}`);
        goes(`"${name}": "${MARKER}"`);
      }
    });

    it('finds signed and credentialed addresses, and leaves the rest of them', () => {
      goes(
        `https://b.s3.amazonaws.com/k?X-Amz-Credential=${MARKER}&X-Amz-Date=1&X-Amz-Signature=${MARKER}`,
        /^https:\/\/b\.s3\.amazonaws\.com\/k\?X-Amz-Credential=\[.*\]&X-Amz-Date=1&X-Amz-Signature=\[.*\]$/,
      );
      goes(`git clone https://user:${MARKER}@github.com/a/b`, /clone https:\/\/\[.*\]@github\.com\/a\/b$/);
      goes(`https://${MARKER}@github.com/a`, /^https:\/\/\[.*\]@github\.com\/a$/);
      goes(`https://u:pa/${MARKER}@github.com/a`, /@github\.com\/a$/);
      goes(`https://u:p@${MARKER}@github.com/a`, /@github\.com\/a$/);
      goes(`postgres://u:${MARKER}@db:5432/x`, /@db:5432\/x$/);
      goes(`redis://:${MARKER}@db:6379`);
      stays('https://example.com:8080/@scope/pkg and git@github.com:a/b.git');
    });

    it('finds headers', () => {
      for (const scheme of ['Token', 'Bearer', 'Basic', 'token', 'Digest username="u", response=', '']) {
        goes(`> Authorization: ${scheme} ${MARKER}`, /^> Authorization: /);
      }
      goes(`curl -H "Authorization: Token ${MARKER}" https://x.y`, /https:\/\/x\.y$/);
      goes(`{"headers":{"authorization":"Bearer ${MARKER}","accept":"*"}}`, /"accept":"\*"}}$/);
      goes(`{\\"Authorization\\":\\"Token ${MARKER}\\",\\"a\\":1}`, /\\"a\\":1}$/);
      goes(`X-Vault-Token: ${MARKER}`);
      goes(`X-Amz-Security-Token: ${MARKER}`);
      goes(`PRIVATE-TOKEN: ${MARKER}`);
      goes(`Set-Cookie: session=${MARKER}; Path=/`);
      goes(`Cookie: a=b; c=${MARKER}`);
      goes(`sent Bearer ${MARKER}00 to it`);
    });

    it('finds private keys, whole and cut off, and JSON web tokens', () => {
      for (const kind of ['RSA ', 'OPENSSH ', 'EC ', 'ENCRYPTED ', '']) {
        const key = `-----BEGIN ${kind}PRIVATE KEY-----\n${MARKER}\n-----END ${kind}PRIVATE KEY-----`;
        goes(`a ${key} b`, 'a [redacted private key] b');
        goes(JSON.stringify({ a: key, b: 1 }), /"b":1}$/);
        goes(JSON.stringify(JSON.stringify({ a: key, b: 1 })));
        goes(key.slice(0, -5));
      }
      goes(`-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${MARKER}\n-----END PGP PRIVATE KEY BLOCK-----`);
      goes(`jwt eyJhbGciOiJIUzI1NiJ9.eyJz${MARKER}.${MARKER}-x ok`, 'jwt [redacted JSON web token] ok');
    });

    it('finds the values of what is named as a secret, however it is written', () => {
      for (const name of [
        ...['DB_PASSWORD', 'APP_SECRET', 'NPM_TOKEN', 'X_PRIVATE_KEY', 'X_ACCESS_KEY', 'X_SECRET_KEY'],
        ...[
          'X_CONNECTION_STRING',
          'DATABASE_URL',
          'apiKey',
          'api_key',
          'API-KEY',
          'dbPassword',
          'client_secret',
        ],
        ...['password', 'TOKEN', 'SENTRY_DSN', 'PGPASSWORD', 'MYSQL_PWD', 'GITHUB_TOKEN_2', 'X_API_TOKEN'],
      ]) {
        goes(`${name}=${MARKER}`, `${name}=[redacted named secret]`);
        goes(`export ${name}="${MARKER} and ${MARKER}"; ls`, `export ${name}="[redacted named secret]"; ls`);
        goes(`${name}='${MARKER}\n${MARKER}' next`, `${name}='[redacted named secret]' next`);
        goes(`${name}: ${MARKER}`, `${name}: [redacted named secret]`);
        goes(`"${name}": "${MARKER}", "a": 1`, `"${name}": "[redacted named secret]", "a": 1`);
        goes(
          `{\\"${name}\\":\\"${MARKER}\\",\\"a\\":1}`,
          `{\\"${name}\\":\\"[redacted named secret]\\",\\"a\\":1}`,
        );
        goes(`${name}: |\n  ${MARKER}\n  ${MARKER}\nnext: 1`, /\nnext: 1$|^[^\n]*next: 1$/);
        goes(`{"Key":"${name}","Value":"${MARKER}"}`);
        goes(`${name}="${MARKER}`);
        goes(`--${name.toLowerCase().replaceAll('_', '-')} ${MARKER} --x`);
      }
      goes(`<Password>${MARKER}</Password>`, '<Password>[redacted named secret]</Password>');
      goes(`env: DB_PASSWORD=${MARKER} x`, 'env: DB_PASSWORD=[redacted named secret] x');
      goes(`machine x login u password ${MARKER}`);
      goes(`https://x.y/?access_token=${MARKER}`);
    });

    it('finds what is encoded, once and twice', () => {
      const secret = `export DB_PASSWORD=${MARKER}`;
      const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
      const hidden = (text: string) => {
        const result = unknown.redact(text);
        expect(result, text).to.contain('[redacted');
        expect(result, text).to.not.contain(base64(secret).slice(4, 20));
      };
      hidden(base64(secret));
      hidden(base64(base64(`#!/bin/bash\n${secret}\n`)));
      hidden(`x/${base64(secret)}`);
      hidden(base64(gzipSync(secret)));
      hidden(base64(Buffer.from(secret, 'utf16le')));
      hidden(base64(`${'#'.repeat(120)}\n${secret}`).replace(/.{76}/g, '$&\n'));
      hidden(base64(`${'#'.repeat(120)}\n${secret}`).replace(/.{76}/g, '$&\\n'));
      expect(unknown.redact(`q=${encodeURIComponent(`{"token":"${MARKER}"}`)}`)).to.not.contain(MARKER);
    });

    it('leaves what is no secret', () => {
      stays('2026-11-25T10:00:00.000Z i-0123456789abcdef0 the agent ci-i-0123456789abcdef0-1 is registered');
      stays(
        'arn:aws:cloudformation:us-east-1:111122223333:stack/My-Stack/0a1b2c3d-1111-2222-3333-444455556666',
      );
      stays(`s3://bk-stack-assets-111122223333-us-east-1/host/${'0a1b2c3d'.repeat(8)}.mjs`);
      stays(
        'arn:aws:cloudformation:us-east-1:111122223333:changeSet/bk-stack-20261125/0a1b2c3d-1111-2222-3333-444455556666',
      );
      stays('HasAgentToken: !And [a] and HasSecret: !Not [b], Token: { default: x }');
      stays('commit da39a3ee5e6b4b0d3255bfef95601890afd80709');
      stays('my-long-stack-name-here-ManagedSecretsLoggingBucket-ABCDEFGHIJKL');
      stays('BuildkiteAgentTokenParameterStorePath: /bk-stack/ci/agent-token');
      stays('Token: invalid, so the agent ends; HttpTokens: required; NextToken=x');
      stays('PASSWORD=$DB_PASSWORD TOKEN=${TOKEN} token: null, "password": "****"');
      stays('      BuildkiteAgentToken:\n        Type: String\n        NoEcho: true');
    });
  });

  describe('of values that it knows', () => {
    const known = (value: string) => new Redactor(new KnownValues([{ value, reason: 'known value' }]));
    const shapes = (value: string): string[] => {
      const json = JSON.stringify(value);
      const buffer = Buffer.from(value);
      return [
        value,
        json,
        JSON.stringify(json),
        JSON.stringify({ log: JSON.stringify({ value }) }),
        json.replaceAll('/', '\\/'),
        json.replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
        encodeURIComponent(value),
        encodeURIComponent(value).toLowerCase().includes(value.toLowerCase())
          ? ''
          : encodeURIComponent(value).replace(/%../g, (c) => c.toLowerCase()),
        new URLSearchParams({ value }).toString(),
        `'${value.replaceAll("'", `'\\''`)}'`,
        buffer.toString('base64'),
        buffer.toString('base64url'),
        buffer.toString('hex'),
        buffer.toString('hex').toUpperCase(),
        // At every place within other text.
        ...['', 'a', 'ab', 'abc'].map((before) => Buffer.from(`${before}:${value}:x`).toString('base64')),
        Buffer.from(Buffer.from(`u:${value}`).toString('base64')).toString('base64'),
        gzipSync(`a ${value} b`).toString('base64'),
      ];
    };
    /** Everything that could be read out of a text. */
    const readings = (text: string): string => {
      const runs = text.match(/[A-Za-z0-9+/_-]{8,}/g) ?? [];
      return [
        text,
        text.replaceAll('\\', ''),
        decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, '%25')),
        ...runs.flatMap((run) =>
          [0, 1, 2, 3].map((from) => Buffer.from(run.slice(from), 'base64').toString()),
        ),
        ...runs.map((run) => Buffer.from(run, 'hex').toString()),
      ].join('\n');
    };

    it('finds them in every form', () => {
      for (const value of [
        'correct horse battery',
        'pa"ss\\w/o&r<d>=',
        "it's ünïcode 🔑 here",
        'x\nmulti line\nvalue of a kind',
        'swordfish',
        'a+b/c==d%20e',
      ]) {
        const redactor = known(value);
        for (const shape of shapes(value)) {
          if (shape === '') continue;
          for (const text of [shape, `before ${shape} after`, `x=${shape}`]) {
            const result = redactor.redact(text);
            expect(readings(result), text).to.not.contain(value);
            expect(result, text).to.contain('[redacted');
          }
        }
      }
    });

    it('finds the lines of one that has several, and values that overlap', () => {
      const redactor = new Redactor(
        new KnownValues([
          { value: 'first line of it\nsecond line of it', reason: 'known value' },
          { value: 'abcdefgh', reason: 'known value' },
          { value: 'efghijklmn', reason: 'known value' },
        ]),
      );
      expect(redactor.redact('said: second line of it!')).to.equal('said: [redacted known value]!');
      expect(redactor.redact('-abcdefghijklmn-')).to.equal('-[redacted known value]-');
    });

    it('counts what it takes out, and refuses what stands everywhere by chance', () => {
      const values = new KnownValues();
      expect(values.add('abc', 'known value')).to.equal(false);
      expect(values.add('abcdef', 'agent token')).to.equal(true);
      const tally = new Tally();
      new Redactor(values).redact('abcdef abcdef abc DB_PASSWORD=x1y2z3', tally);
      expect(tally.counts).to.deep.equal({ 'agent token': 2, 'named secret': 1 });
    });

    it('leaves a long text as it is, with thousands of them to look for', () => {
      const values = new KnownValues();
      for (let n = 0; n < 5000; n += 1) values.add(`secret number ${n} of many`, 'known value');
      const text =
        'a line of a log that says nothing of interest to anybody, at /var/lib/buildkite-agent\n'.repeat(
          3000,
        );
      expect(new Redactor(values).redact(text)).to.equal(text);
    });
  });

  it('takes out the account where it is asked to', () => {
    const arn = 'arn:aws:iam::111122223333:role/x at 111122223333 and arn:aws:ec2::999988887777:image/y';
    stays(arn);
    expect(new Redactor(undefined, '111122223333').redact(arn)).to.not.match(/1111|9999/);
  });
});
