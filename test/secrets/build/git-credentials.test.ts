import { expect } from 'chai';
import {
  matchingCredential,
  parseCredentials,
  parseRequest,
} from '../../../src/secrets/build/git-credentials.ts';

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

  it('keep to their host, port and path', () => {
    expect(passwordFor('protocol=https\nhost=git.example.com\n')).to.equal(undefined);
    expect(passwordFor('protocol=https\nhost=git.example.com:8443\npath=team/repository.git\n')).to.equal(
      'third',
    );
    expect(passwordFor('protocol=https\nhost=git.example.com:8443\npath=other.git\n')).to.equal(undefined);
    expect(passwordFor('protocol=https\nhost=github.com.evil.example\n')).to.equal(undefined);
  });
});
