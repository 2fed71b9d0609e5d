import { expect } from 'chai';
import { isBlank, isOrdinary, isReference, isSecretName } from '../../src/redaction/names.ts';

const tables: readonly (readonly [
  string,
  (text: string) => boolean,
  readonly string[],
  readonly string[],
])[] = [
  [
    'the name of a secret',
    isSecretName,
    [
      'DEPLOY_TOKEN',
      'dbPassword',
      'api-key',
      'API_KEY_2',
      'x.secret',
      'PASS',
      'my_pwd',
      'userPass',
      'userAuth2',
      'Cookie',
    ],
    [
      'compass',
      'bypass',
      'HttpTokens',
      'NextToken',
      'tokenize',
      'secretary',
      'keyboard',
      'NAME',
      'EnableSecrets',
    ],
  ],
  [
    'a value that many things have',
    isOrdinary,
    [
      'true',
      'OFF',
      '***',
      '8080',
      '-1',
      '1.5',
      'us-east-1',
      'us-gov-west-1a',
      'production',
      '/usr/bin/env',
      '/',
    ],
    [
      'xTRUE',
      'TRUEx',
      '123456',
      '1.5.6',
      'us-east',
      'xUS-east-1',
      'Production',
      'production1',
      'abcdefghijklm',
      'x/usr',
      '/usr x',
    ],
  ],
  [
    'no more than that there is one',
    isBlank,
    ['', 'true', 'NULL', '***', 'xxx', '{}', '[]', '()', '7', '123', 'unset', 'Enabled'],
    ['1234', 'truey', 'untrue', 'x1', '{a}', '-', 'word'],
  ],
  [
    'a reference',
    isReference,
    [
      ...['$TOKEN', '${TOKEN}', '$(cat file)', '${(x)}', '$:x', '%TOKEN%', '{{resolve:ssm:/x}}', '{{ x }}'],
      ...['!Ref X', '!Sub x', '!GetAtt A.B', '!If [a]', '<token>', '<>', 'arn:aws:s3:::b', 'arn:aws-cn:x'],
    ],
    [
      'a$TOKEN',
      '$1',
      '${1',
      '%TOKEN',
      '%TO1KEN%',
      '%%',
      '{{x}',
      'x{{x}}',
      '{{x}}y',
      '!Reference',
      '!Other',
      '<a>b',
      '<a',
      'a<b>',
      'xarn:aws',
    ],
  ],
];

for (const [about, is, those, others] of tables) {
  describe(about, () => {
    for (const text of those) it(`is ${JSON.stringify(text)}`, () => expect(is(text)).to.equal(true));
    for (const text of others) it(`is not ${JSON.stringify(text)}`, () => expect(is(text)).to.equal(false));
  });
}
