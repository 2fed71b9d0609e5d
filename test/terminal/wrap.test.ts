import { expect } from 'chai';
import { wrapped } from '../../src/terminal/wrap.ts';

describe('wrapped text', () => {
  it('breaks lines between words, and indents what follows', () => {
    expect(wrapped('short\n  one two three four', 12)).to.equal('short\n  one two\n    three\n    four');
    expect(wrapped('  ~ Resource: \x1b[2mit is changed\x1b[22m', 20)).to.equal(
      '  ~ Resource: \x1b[2mit is\x1b[22m\n    \x1b[2mchanged\x1b[22m',
    );
    expect(wrapped('a averyverylongword b', 6)).to.equal('a\n  averyverylongword\n  b');
    expect(wrapped('as long as it takes', Infinity)).to.equal('as long as it takes');
  });

  it('breaks no command, so that it can be copied', () => {
    expect(wrapped('See it: bk-stack status ci --wait, and then wait', 20)).to.equal(
      'See it:\n  bk-stack status ci --wait,\n  and then wait',
    );
    expect(wrapped('  \x1b[36mbk-stack status ci --wait\x1b[39m or so', 12)).to.equal(
      '  \x1b[36mbk-stack status ci --wait\x1b[39m\n    or so',
    );
  });
});
