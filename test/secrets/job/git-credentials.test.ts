import { expect } from 'chai';
import {
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

  it('have secrets in every encoding, wherever they are written', () => {
    const secretsOf = (line: string) => new Set(credentialSecrets(line).flatMap(({ forms }) => forms));
    expect(secretsOf('https://robot:git%2Fpass@github.com')).to.eql(
      new Set(['git/pass', 'git%2Fpass', 'git%2fpass']),
    );
    expect(secretsOf('https://robot:abc%41d+/@github.com')).to.include.all.keys(
      'abcAd+/',
      'abc%41d+/',
      'abcAd%2B%2F',
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
});
