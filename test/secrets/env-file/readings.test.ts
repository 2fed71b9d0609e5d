import { expect } from 'chai';
import { parseEnvFile } from '../../../src/secrets/env-file/parse.ts';
import { ENVIRONMENT, READINGS } from '../../support/env-file-readings.ts';

describe('an env file, without bash', () => {
  for (const [text, variables, remarks] of READINGS) {
    it(`is read: ${JSON.stringify(text)}`, () => {
      const read = [...parseEnvFile(text, ENVIRONMENT).variables].map(([name, value]) => [
        name,
        value.kind === 'text' ? value.text : null,
      ]);
      expect(Object.fromEntries(read)).to.eql(variables);
      const found = parseEnvFile(text).remarks.map(({ severity, offset }) => `${severity} ${offset}`);
      expect(found).to.eql(remarks);
    });
  }

  it('has nothing to say of expansions where all variables are known', () => {
    for (const text of ['A=$GIVEN\n', 'A=~\n', 'A+=1\n', 'export A={a,b}\n']) {
      expect(parseEnvFile(text, ENVIRONMENT).remarks, text).to.eql([]);
    }
  });

  it('may be anything where variables are not known', () => {
    for (const text of ['A=$GIVEN\n', 'A=~\n', 'A=${B:-x}\n', 'A+=1\n']) {
      expect(parseEnvFile(text).variables.get('A'), text).to.eql({ kind: 'unknown' });
    }
  });
});

describe('a remark on an env file', () => {
  const ROWS: readonly (readonly [text: string, message: string])[] = [
    ['A=1 #c\n', 'a comment begins here: if it belongs to the value, put the value in single quotes'],
    ['A=1;B=2\n', "the value ends at this semicolon: put the whole value in quotes, NAME='one;two'"],
    [
      'A=1;\n',
      "this semicolon isn't part of the value: remove it, or put the value in single quotes to keep it",
    ],
    [';\n', 'there is nothing that this semicolon could end'],
    [
      "A='a\nB=1'\n",
      'the quote that opens here closes in line N, and the lines between are part of the value: is a quote missing?',
    ],
    ['A=a\\b\n', 'an unquoted backslash disappears: put the value in single quotes'],
    [
      'A=a\\\nb\n',
      'a backslash at the end of a line joins the next line to it: put the value in single quotes, and each variable on its own line',
    ],
    [
      'A=$GIVEN\n',
      'bash expands a variable here: put the value in single quotes if the dollar sign is meant',
    ],
    ['A=${B\n', 'the brace that opens here is never closed'],
    ['A=${B\n', 'an expansion that only a shell can make stands here'],
    ['A="${B:-x\n', 'the double quote that opens here is never closed'],
    ['A=$1\n', 'a special parameter of the shell stands here: put the value in single quotes'],
    ['A=$(echo x)\n', 'a command is run here, or a sum is made'],
    ['A=$(x\n', 'the parenthesis that opens here is never closed'],
    ['A=`echo x`\n', 'a command is run here'],
    ['A=`x\n', 'the backtick that opens here is never closed'],
    ["A=$'\\xe9'\n", 'an escaped byte that is no text of its own stands here'],
    ["A=$'x\n", 'the single quote that opens here is never closed'],
    [
      'A=$"x"\n',
      'bash drops the dollar sign before a double quote: put the value in single quotes if it is meant',
    ],
    [
      'A=~\n',
      'bash expands a tilde here to a home folder: put the value in single quotes if the tilde is meant',
    ],
    ['A+=2\n', 'this adds to a value that the file does not set'],
    [
      'unset -v A\n',
      'this would be run as a command: a line is NAME=value, without blanks around the equals sign',
    ],
    [
      'export A=1 B=2\n',
      'the value before this blank ends there, and another variable begins here: if the blank belongs to the value, put the whole value in quotes',
    ],
    ['export A\n', 'export gives builds nothing here, as the file sets no such variable'],
    ['export\n', 'export by itself lists every variable: it takes NAME or NAME=value'],
    ['export -n A\n', 'export takes NAME or NAME=value: is there a blank too much, or no quotes?'],
    [
      'export A=x y\n',
      "the value before this blank ends there: put the whole value in quotes, NAME='two words'",
    ],
    ['export A={a,b}\n', 'export expands the braces: put the value in single quotes if they are meant'],
    ['A=1 ls\n', 'what follows the blank would be run as a command: put the whole value in quotes'],
    [
      'A=1 && B=2\n',
      'an operator of the shell ends the value here: if it belongs to it, put the value in single quotes',
    ],
    ['A=(1 2)\n', 'an array begins here, which builds do not get: put the value in single quotes'],
    ['( A=1 )\n', 'a compound command begins here: what is below cannot be told without a shell'],
    ['UID=1\n', 'bash does not let UID be set'],
    ['EUID=1\n', 'bash does not let EUID be set'],
    ['PPID=1\n', 'bash does not let PPID be set'],
    ['SHELLOPTS=1\n', 'bash does not let SHELLOPTS be set'],
    ['BASHOPTS=1\n', 'bash does not let BASHOPTS be set'],
    ['BASH_VERSINFO=1\n', 'bash does not let BASH_VERSINFO be set'],
    ['_=1\n', 'bash gives _ values of its own'],
    ['RANDOM=1\n', 'bash gives RANDOM values of its own'],
    ['SECONDS=1\n', 'bash gives SECONDS values of its own'],
    ['LINENO=1\n', 'bash gives LINENO values of its own'],
    ['BASHPID=1\n', 'bash gives BASHPID values of its own'],
    ['BASH_VERSION=1\n', 'bash gives BASH_VERSION values of its own'],
    ['BASH_ARGC=1\n', 'bash gives BASH_ARGC values of its own'],
    ['COMP_WORDS=1\n', 'bash gives COMP_WORDS values of its own'],
    ['EPOCHSECONDS=1\n', 'bash gives EPOCHSECONDS values of its own'],
    ['EPOCHREALTIME=1\n', 'bash gives EPOCHREALTIME values of its own'],
    ['SRANDOM=1\n', 'bash gives SRANDOM values of its own'],
    ['GROUPS=1\n', 'bash gives GROUPS values of its own'],
  ];
  for (const [text, message] of ROWS) {
    it(message, () => {
      const messages = parseEnvFile(text).remarks.map((remark) =>
        remark.message.replace(/line \d+/, 'line N'),
      );
      expect(messages).to.include(message);
    });
  }
});
