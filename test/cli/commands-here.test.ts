import { expect } from 'chai';
import { commandsHere } from '../../src/cli/commands-here.ts';

describe('the commands of a text', () => {
  const there = { stackName: 'ci', region: 'eu-west-1', profile: 'my own', sandbox: true };
  const flags = "--region eu-west-1 --profile 'my own' --sandbox";

  it('get the flags that say where the stack is, behind its name', () => {
    expect(commandsHere('Confirm it: bk-stack delete ci --yes', there)).to.equal(
      `Confirm it: bk-stack delete ci ${flags} --yes`,
    );
    expect(commandsHere('See bk-stack logs tail ci.\nOr bk-stack token rotate ci < f', there)).to.equal(
      `See bk-stack logs tail ci ${flags}.\nOr bk-stack token rotate ci ${flags} < f`,
    );
    expect(
      commandsHere('bk-stack status ci; then: bk-stack resume ci', { ...there, profile: undefined }),
    ).to.equal(
      'bk-stack status ci --region eu-west-1 --sandbox; then: bk-stack resume ci --region eu-west-1 --sandbox',
    );
    expect(commandsHere('See bk-stack list.', there)).to.equal(`See bk-stack list ${flags}.`);
  });

  it('keep those that they have', () => {
    const stack = { stackName: 'ci', region: 'eu-west-1', sandbox: true };
    expect(commandsHere('bk-stack delete ci --region eu-west-1', stack)).to.equal(
      'bk-stack delete ci --sandbox --region eu-west-1',
    );
  });

  it('are left alone where nothing was said, and where they are of something else', () => {
    expect(commandsHere('bk-stack delete ci --yes', { stackName: 'ci' })).to.equal(
      'bk-stack delete ci --yes',
    );
    for (const text of ['bk-stack delete ci-2', 'bk-stack sandbox reset --yes', 'ci is there']) {
      expect(commandsHere(text, there)).to.equal(text);
    }
  });
});
