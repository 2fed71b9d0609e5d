import { expect } from 'chai';
import { secretValues, stackValues } from '../../src/support-bundle/secret-values.ts';

describe('what is secret of the secrets bucket', () => {
  it('is each value of an env file, as bash sees it and as it is written', () => {
    const text = `# a comment that says much\nexport A="x y"\nB='one\ntwo'\nC=pa\\$word1\nD+=more-of-it E=inline1\n`;
    const values = secretValues('app/env', text);
    expect([...values]).to.include.members([text, 'x y', 'one\ntwo', 'pa$word1', 'pa\\$word1', 'inline1']);
    expect([...values]).to.not.include('# a comment that says much');
  });

  it('is what stands in a file that only bash can read', () => {
    const values = secretValues('env', 'if true; then E=hidden-1; fi\na line that is nothing\nF="open-ended');
    expect([...values]).to.include.members(['hidden-1', 'a line that is nothing', 'open-ended']);
  });

  it('is no word that every text has, unless its name says that it is one', () => {
    const values = secretValues(
      'env',
      'ENV=production\nAWS_REGION=us-east-1\nDEBUG=true\nDB_PASSWORD=swordfish\n',
    );
    expect([...values]).to.include('swordfish');
    expect([...values]).to.not.include.members(['production']);
    expect([...values]).to.not.include.members(['us-east-1']);
  });

  it('is each password of credentials, decoded and not, and a name that is a token', () => {
    const text = 'https://u:p%40ss-1@h.com\nhttps://token-as-a-name@h.com\nhttps://abc:x-oauth-basic@h.com\n';
    const values = [...secretValues('git-credentials', text)];
    expect(values).to.include.members(['p@ss-1', 'p%40ss-1', 'token-as-a-name', 'abc']);
    expect(values).to.not.include.members(['u']);
    expect(values).to.not.include.members(['x-oauth-basic']);
  });

  it('is each line of a key but its frame, and each text within JSON', () => {
    const frame = '-----BEGIN RSA PRIVATE KEY-----';
    const key = [
      ...secretValues('private_ssh_key', `${frame}\nMIIEabcdefgh\n-----END RSA PRIVATE KEY-----\n`),
    ];
    expect(key).to.include('MIIEabcdefgh').and.to.not.include(frame);
    const json = [...secretValues('secret-files/GCP_SECRET', '{"a":{"b":["inner words"]},"token":"short"}')];
    expect(json).to.include.members(['inner words', 'short']);
  });
});

describe('what is secret of a stack', () => {
  it('is what its names say, and what is not to be echoed; no reference and no mask', () => {
    const named = [
      { name: 'DbPassword', value: 'value-1' },
      { name: 'BuildkiteQueue', value: 'value-2' },
      { name: 'ApiToken', value: '****' },
      { name: 'SigningKeySecret', value: 'arn:aws:secretsmanager:us-east-1:1:secret:x' },
    ];
    expect(stackValues({ named, hidden: ['value-3', ''] })).to.deep.equal(['value-1', 'value-3']);
  });
});
