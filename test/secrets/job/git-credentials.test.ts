import { expect } from 'chai';
import {
  answerGit,
  credentialSecrets,
  matchingCredential,
  parseCredentials,
  parseRequest,
} from '../../../src/secrets/job/git-credentials.ts';

describe('git credentials', () => {
  const credentials = parseCredentials(
    [
      'https://one:first@github.com',
      'https://two:s%3Acond%40@github.com\r',
      '# a comment',
      'https://three:third@git.example.com:8443/team/repository.git',
      'http://four:fourth@git.example.com',
      'https://token@bitbucket.org',
    ].join('\n'),
  );
  const passwordFor = (request: string) => matchingCredential(credentials, parseRequest(request))?.password;

  it('are the first that fits protocol, host and user', () => {
    expect(passwordFor('protocol=https\nhost=github.com\n')).to.equal('first');
    expect(passwordFor('protocol=https\nhost=github.com\nusername=two\n')).to.equal('s:cond@');
    expect(passwordFor('protocol=http\nhost=git.example.com\n')).to.equal('fourth');
    expect(passwordFor('protocol=https\nhost=bitbucket.org\n')).to.equal('');
  });

  it('reach Git as an encoder means them, and as they are written where none wrote them', () => {
    const answered = (password: string) =>
      answerGit([{ text: `https://u:${password}@github.com\n` }], 'protocol=https\nhost=github.com\n');
    for (const [written, password] of [
      ['p%40ss%2Fword', 'p@ss/word'],
      ['50%25', '50%'],
      ['abc%41d', 'abc%41d'],
      ['a%7eb', 'a%7eb'],
      ['100%', '100%'],
      ['%zz', '%zz'],
    ] as const) {
      expect(answered(written), written).to.equal(`username=u\npassword=${password}\n`);
    }
  });

  it('have secrets in every encoding, wherever they are written', () => {
    const secretsOf = (line: string) => new Set(credentialSecrets(line).flatMap(({ forms }) => forms));
    expect(secretsOf('https://robot:git%2Fpass@github.com')).to.eql(
      new Set(['git/pass', 'git%2Fpass', 'git%2fpass']),
    );
    expect(secretsOf('https://robot:abc%41d+/@github.com')).to.include.all.keys(
      'abcAd+/',
      'abc%41d+/',
      'abc%2541d%2B%2F',
    );
    expect(secretsOf('https://the-token@github.com\r')).to.eql(new Set(['the-token']));
    expect(secretsOf('https://the-token:x-oauth-basic@github.com')).to.eql(new Set(['the-token']));
    expect(secretsOf('https://u:p@ss@github.com')).to.include.all.keys('p', 'p@ss');
    expect(secretsOf('https://u:pass@github.com/a@b')).to.include.all.keys('pass');
    expect(secretsOf('# a comment\nhttps://github.com\n')).to.eql(new Set());
    expect(credentialSecrets('\nhttps://u:p%40ss@a\n')).to.deep.include({
      line: 2,
      forms: ['p@ss', 'p%40ss'],
    });
  });

  it('keep to their host, port and path', () => {
    expect(passwordFor('protocol=https\nhost=git.example.com\n')).to.equal(undefined);
    expect(passwordFor('protocol=https\nhost=git.example.com:8443\npath=team/repository.git\n')).to.equal(
      'third',
    );
    expect(passwordFor('protocol=https\nhost=git.example.com:8443\npath=other.git\n')).to.equal(undefined);
    expect(passwordFor('protocol=https\nhost=github.com.evil.example\n')).to.equal(undefined);
  });

  it('serve a whole host where either side names no path, as git compares it', () => {
    expect(passwordFor('protocol=https\nhost=git.example.com:8443\n')).to.equal('third');
    expect(passwordFor('protocol=https\nhost=github.com\npath=team/repository.git\n')).to.equal('first');
  });

  it('are read from lines that are URLs with a user, and from no other', () => {
    const ROWS: readonly (readonly [line: string, read: object | undefined])[] = [
      ['https://u:p@h', { protocol: 'https', host: 'h', username: 'u', password: 'p' }],
      [
        '  git+ssh://u:p@h:1/a/b  ',
        { protocol: 'git+ssh', host: 'h:1', username: 'u', password: 'p', path: 'a/b' },
      ],
      ['https://u:p@h/', { protocol: 'https', host: 'h', username: 'u', password: 'p' }],
      ['https://u@h', { protocol: 'https', host: 'h', username: 'u', password: '' }],
      ['https://u%20:%25@h/%20', { protocol: 'https', host: 'h', username: 'u ', password: '%', path: ' ' }],
      ['https://u:%zz@h', { protocol: 'https', host: 'h', username: 'u', password: '%zz' }],
      ['https://h/path', undefined],
      ['https://u:p:q@h', { protocol: 'https', host: 'h', username: 'u', password: 'p:q' }],
      ['xhttps', undefined],
      ['# https://u:p@h', undefined],
      ['', undefined],
    ];
    for (const [line, read] of ROWS)
      expect(parseCredentials(line), line).to.eql(read === undefined ? [] : [read]);
  });

  it('are asked for by name=value lines', () => {
    expect(parseRequest('protocol=https\nhost=h=1\n=x\npath\n\n')).to.eql({ protocol: 'https', host: 'h=1' });
  });

  it('answer git with user and password, from the first file that has them', () => {
    const files = [{ text: 'https://a:1@x\n' }, { text: 'https://b:2@x\nhttps://c:3@y\nhttps://d@z\n' }];
    const ask = (host: string) => answerGit(files, `protocol=https\nhost=${host}\n`);
    expect(ask('x')).to.equal('username=a\npassword=1\n');
    expect(ask('y')).to.equal('username=c\npassword=3\n');
    expect(ask('z')).to.equal('username=d\npassword=\n');
    expect(ask('other')).to.equal('');
  });
});
