import { expect } from 'chai';
import { storeToken, parseToken, type TokenRecord, type TokenStore } from '../../../src/stack/token/token.ts';

class FakeStore implements TokenStore {
  readonly versions = new Map<string, string[]>();

  create({ name, token }: TokenRecord): Promise<'made' | 'exists'> {
    if (this.versions.has(name)) return Promise.resolve('exists');
    this.versions.set(name, [token]);
    return Promise.resolve('made');
  }
  overwrite({ name, token }: TokenRecord) {
    this.versions.get(name)!.push(token);
    return Promise.resolve();
  }
  remove(name: string) {
    this.versions.delete(name);
    return Promise.resolve();
  }
}

const record = { name: '/bk-stack/ci/agent-token', token: 's3cret', tags: {} };

describe('keeping the agent token', () => {
  it('makes a parameter', async () => {
    const store = new FakeStore();
    const said: string[] = [];
    expect(await storeToken(store, record, (line) => said.push(line))).to.equal('created');
    expect(store.versions.get(record.name)).to.deep.equal(['s3cret']);
    expect(said).to.eql([]);
  });

  it('adds a version to one that an earlier stack has left, and says so', async () => {
    const store = new FakeStore();
    store.versions.set(record.name, ['old']);
    const said: string[] = [];
    expect(await storeToken(store, record, (line) => said.push(line))).to.equal('version added');
    expect(store.versions.get(record.name)).to.deep.equal(['old', 's3cret']);
    expect(said).to.eql([
      'The SSM parameter /bk-stack/ci/agent-token is there already, from an earlier stack: it gets a new version',
    ]);
  });
});

describe('reading an agent token', () => {
  const EXAMPLE = 'bk-stack token rotate ci --token-stdin < new-token.txt';

  it('shows the command again that was used, where there is none', () => {
    expect(() => parseToken('', 'stdin', EXAMPLE))
      .to.throw()
      .with.property('hint', `For example: ${EXAMPLE}`);
  });

  it('leaves out the line break that files end with', () => {
    expect(parseToken('bkct_abc\r\n', 'stdin', EXAMPLE)).to.equal('bkct_abc');
  });

  for (const text of ['', ' \n', 'two words', '"quoted"', "it's", 'a\nb', 'tökén', 'a\u0000b']) {
    it(`refuses ${JSON.stringify(text)} without repeating it`, () => {
      expect(() => parseToken(text, 'stdin', EXAMPLE))
        .to.throw(/^stdin holds no agent token/)
        .with.property('message')
        .not.contain(text.trim() || 'undefined');
    });
  }

  it('says where tokens are shown', () => {
    expect(() => parseToken('two words', 'stdin', EXAMPLE))
      .to.throw('stdin holds no agent token: a token has no spaces, line breaks or quotes')
      .with.property(
        'hint',
        'Give the token alone, as Buildkite shows it under Agents, your cluster, Agent Tokens.',
      );
    expect(() => parseToken('', 'stdin', EXAMPLE)).to.throw('stdin holds no agent token: it is empty');
  });
});
