/* eslint-disable no-control-regex -- what they find is what this is about */
import { expect } from 'chai';
import { Chalk } from 'chalk';
import { safe, safeCsv, safeJson, screen } from '../../src/terminal/safe.ts';
import { table } from '../../src/terminal/table.ts';

describe('a line from elsewhere', () => {
  it('does nothing to a terminal but to be read on it', () => {
    expect(safe('\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b[2J\x1b[1;1H wide 漢字 🔑\ttab')).to.equal(
      'red   wide 漢字 🔑\ttab',
    );
    expect(safe('bell\x07 back\b null\0 del\x7f c1\x9b')).to.match(/^bell␇ back␈ null␀ del␡ c1/);
    expect(safe('\u202Edesrever\u2066')).to.equal('<U+202E>desrever<U+2066>');
  });
});

describe('a text for a terminal', () => {
  it('keeps its lines and our colours, and nothing else that a terminal acts on', () => {
    const chalk = new Chalk({ level: 3 });
    const ours = [chalk.cyan.bold('a'), chalk.dim('b'), chalk.hex('#123456')('c'), chalk.bgRed('d')].join(
      '\n',
    );
    expect(screen(ours)).to.equal(ours);
    expect(screen('plain\n\ttext')).to.equal('plain\n\ttext');
    const hostile = '\x1b]0;title\x07\x1b[2J\x1b[1;1H\x1b[8mhidden\x1b[5m\x9b2J\u202Egnp\r\x1b';
    expect(screen(`${chalk.red('key')} ${hostile}`)).to.equal(
      `${chalk.red('key')} hidden<U+009B>2J<U+202E>gnp␍␛`.replace('<U+009B>2J', screen('\x9b2J')),
    );
    for (const broken of ['\x1b]0;ti\x1b[31mtle\x07', '\x1b[\x1b[31m2J', '\x1b\x1b[0m[2J']) {
      expect(screen(broken).replace(/\x1b\[\d+m/g, ''), JSON.stringify(broken)).to.not.match(
        /[\x07\x1b\x9b]/,
      );
    }
  });

  it('is JSON that reads as the same, and does nothing to a terminal', () => {
    const value = { key: '\x1b[2J\u202E\x9b2J\x7f\u2066', lines: 'a\nb\tc' };
    const text = safeJson(value);
    expect(JSON.parse(text)).to.deep.equal(value);
    expect(text).to.not.match(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
  });

  it('is one line in a cell of a table', () => {
    expect(table([{ key: 'a\nb\x1b[2J' }], [{ heading: 'KEY', cell: ({ key }) => key }])).to.equal(
      'KEY\na␊b',
    );
  });

  it('keeps the ends of lines of CSV, and no other carriage return', () => {
    expect(safeCsv('a,b\r\n"two\rlines\nof\x1b[2J"\r\n')).to.equal('a,b\r\n"two␍lines\nof"\r\n');
  });
});
