import { expect } from 'chai';
import { gitCredentialHelper } from '../../../src/host/job/git-credential.ts';
import { Settings } from '../../../src/host/program/settings.ts';
import { FakeHooks } from '../../support/hook-calls.ts';

const BUCKET = {
  'git-credentials': 'https://all:of-all@github.com\nhttps://lab:of-lab@gitlab.com\n',
  // No pipeline has this slug.
  '-/git-credentials': 'https://dash:of-dash@github.com\n',
  'app/git-credentials': 'https://app:of-app@github.com\n',
};
const GITHUB = 'protocol=https\nhost=github.com\n';

async function answer(args: readonly (string | undefined)[], question = GITHUB) {
  const hooks = new FakeHooks(BUCKET);
  let asked = 0;
  const read = () => {
    asked += 1;
    return question;
  };
  await gitCredentialHelper(new Settings({}), args, read, hooks);
  return { printed: hooks.printed, asked };
}

describe('the credential helper of a job', () => {
  it('answers from the pipeline’s own file first, then from that of all', async () => {
    expect((await answer(['app', 'get'])).printed).to.equal('username=app\npassword=of-app\n');
    expect((await answer(['-', 'get'])).printed).to.equal('username=all\npassword=of-all\n');
    expect((await answer(['app', 'get'], 'protocol=https\nhost=gitlab.com\n')).printed).to.equal(
      'username=lab\npassword=of-lab\n',
    );
  });

  it('has no answer for another host', async () => {
    expect((await answer(['app', 'get'], 'protocol=https\nhost=evil.example\n')).printed).to.equal('');
  });

  it('neither stores nor erases', async () => {
    for (const action of ['store', 'erase', undefined]) {
      expect(await answer(['app', action])).to.eql({ printed: '', asked: 0 });
    }
  });
});
