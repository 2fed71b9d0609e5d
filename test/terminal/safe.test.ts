import { expect } from 'chai';
import { safe } from '../../src/terminal/safe.ts';

describe('a line from elsewhere', () => {
  it('does nothing to a terminal but to be read on it', () => {
    expect(safe('\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b[2J\x1b[1;1H wide 漢字 🔑\ttab')).to.equal(
      'red   wide 漢字 🔑\ttab',
    );
    expect(safe('bell\x07 back\b null\0 del\x7f c1\x9b')).to.match(/^bell␇ back␈ null␀ del␡ c1/);
    expect(safe('\u202Edesrever\u2066')).to.equal('<U+202E>desrever<U+2066>');
  });
});
