import { expect } from 'chai';
import { checkSecret } from '../../../src/secrets/check/check.ts';
import { lostParts } from '../../../src/secrets/check/env.ts';

describe('an env file', () => {
  const findings = async (text: string) =>
    (await checkSecret('env', Buffer.from(text))).findings.map(
      ({ severity, line, column, message }) => `${severity} ${line}:${column} ${message}`,
    );

  it('loses no word behind a blank silently', async () => {
    expect((await findings('export MY_ENV_VAR=something secret\n')).join()).to.match(
      /^refused 1:29 the value before this blank ends there: .*NAME='two words'/,
    );
    expect(lostParts('A=1\nexport B=something secret\n')).to.deep.include({
      severity: 'refused',
      line: 2,
      column: 20,
      message: "the value before this blank ends there: put the whole value in quotes, NAME='two words'",
    });
    expect(lostParts('A=two words\nB=$x\nexport C=1\n')).to.eql([]);
    expect((await findings("export A='x' B=y c\n")).join()).to.match(/^refused 1:18/);
    // Exported by name, and set by the file.
    expect(await findings('B=1\nexport A=2 B\n')).to.eql([]);
    expect(await findings('A=1\nexport A\n')).to.eql([]);
    // Where commands ran before, they may have set it.
    expect((await findings('. /etc/defaults\nexport A=2 B\n'))[1]).to.match(/^shell 2:12 /);
    expect((await findings('B=1\nunset B\nexport A=2 B\n')).join()).to.match(/^refused 3:12 /);
  });

  it('loses nothing behind a semicolon silently', async () => {
    expect((await findings('B=1\nexport A=Server=tcp:db,1433;Database=x;Password=y\n'))[0]).to.match(
      /^refused 2:28 the value ends at this semicolon: put the whole value in quotes, NAME='one;two'$/,
    );
    const severities = async (text: string) =>
      (await findings(text)).map((found) => found.split(' ').slice(0, 2).join(' '));
    expect(await severities('A=Server=db;Password=hunter2;\n')).to.eql(['refused 1:12', 'warning 1:29']);
    for (const cut of ['A=x;#y', 'A="x";B=1', 'A=x;\tB=1;C=2', 'true; A=x;B=1', 'A=1 B=;C=2']) {
      expect(lostParts(cut), cut).to.have.length(1);
    }
    for (const ended of ['A=x;', 'A=x; \t', 'A=x; # why', 'export A=x;', 'A=1; B="y"; C=x;', 'A=;']) {
      for (const text of [ended, `${ended}\nD=1\n`]) {
        expect((await findings(text)).join(), text).to.match(
          /^warning 1:\d+ this semicolon isn't part of the value/,
        );
      }
    }
    for (const meant of [
      'A=1; B=2',
      'A=1; export B=2',
      "A='x;y'",
      'A="x;y";',
      "A='x';",
      'A=x\\;y',
      'A=";"',
    ]) {
      expect(await findings(`${meant}\n`), meant).to.eql([]);
    }
    // What is no value is the shell's alone.
    expect(lostParts('set -e;A=1\nif true;then A=1;fi\n')).to.eql([]);
  });

  it('is told of a second variable in a line', async () => {
    expect((await findings('B=1\nexport A=Server=db Password=hunter2\n')).join()).to.match(
      /^warning 2:20 the value before this blank ends there, and another variable begins here/,
    );
    for (const text of ['A=1 B=2', 'export A=one two=', 'export B A=1 C=2', 'A= B=2', "A='x'y B=2"]) {
      const found = (await findings(`B=1\n${text}\n`)).filter((each) => /another variable/.test(each));
      expect(found, text).to.have.length(1);
      expect(lostParts(text), text).to.eql([]);
    }
    expect(await findings('A=1 B=2 C=3\n')).to.have.length(2);
    for (const text of ["A='x' B=2", 'export A="x" B=2', 'B=1; export A=1 B', 'export B=1']) {
      expect(await findings(`${text}\n`), text).to.eql([]);
    }
  });

  it('joins no lines by a backslash', async () => {
    expect((await findings('A=C:/x\\\nB=2\n')).join()).to.match(
      /^refused 1:7 a backslash at the end of a line joins the next line to it/,
    );
    for (const text of [
      'A=x\\',
      'A=x \\\nB=2',
      'export \\\nA=1',
      '\\\nA=1',
      'A=${B:-x\\\n}',
      'A=$B\\\nC',
      'export A=${B\\\nC}',
    ]) {
      expect(lostParts(`${text}\n`), text).to.have.length(1);
    }
    // Where a later edit would add a line.
    expect(lostParts('A=x\\')).to.have.length(1);
    for (const text of [
      "A='x\\\ny'",
      'A="x\\\ny"',
      'A="$B\\\nC"',
      'A=x # why \\\nB=2',
      'A=x\\\\\nB=2',
      'ls \\\n-l',
    ]) {
      expect(lostParts(`${text}\n`), text).to.eql([]);
    }
  });

  it('is told of a quote that closes in a later line, where it may not be meant', async () => {
    const spans = async (text: string) =>
      (await findings(text)).flatMap(
        (each) => /^warning (\S+) the quote .* closes in line (\d+)/.exec(each)?.slice(1) ?? [],
      );
    expect(await spans("A=don't\nB=can't\n")).to.eql(['1:6', '2']);
    expect(await spans('C=1\nA="two\n\nB="three\n')).to.eql(['2:3', '4']);
    for (const text of [
      "A='two\nexport B='x",
      'export A="two\n  B="',
      "A=$'two\nB='x",
      'A=x"y\nz"',
      'A=$B"y\nz"',
      "A=x$'y\nz'",
      "A+='two\nB+='x",
    ]) {
      expect(await spans(`${text}\n`), text).to.have.length(2);
    }
    const key = '-----BEGIN X-----\nMIIEpAIB/+\nAbC=\nAAAABC==\n-----END X-----';
    for (const text of [
      ...[`A="${key}\n"`, `A='${key}'`, `export A='${key}' # why`, 'A="AAAA\nAbC="', `A=$'${key}'`],
      // As --set writes them.
      "A='it'\\''s\nfine'",
      "A='x=\n=y\n 1=2\nB-C=3'",
      "A='B=1'",
      "A=don't'",
    ]) {
      expect(await spans(`${text}\n`), text).to.eql([]);
    }
    // It never closes.
    expect((await findings("A=don't\nB=1\n")).join()).to.match(/^refused 1:6 [^,]*$/);
  });

  it('is told of what bash expands, where it stands', async () => {
    expect((await findings('A=1\nB="pa${A}x"\n')).join()).to.match(/^shell 2:6 bash expands a variable/);
    expect((await findings('PATH=/opt/bin:~/bin\n')).join()).to.match(/^shell 1:6 bash expands a tilde/);
    for (const kept of ["A='~/x$y'", 'A="~/x"', 'A=a~b', 'A=5$', 'A="5$ "', 'A=\\$5', "A=$'a\\tb'"]) {
      expect(await findings(`${kept}\n`), kept).to.eql([]);
    }
  });

  it('is told of values that logs would show, by the names of secrets', async () => {
    expect((await findings('A=1\nGH_TOKEN_RO=12345\n')).join()).to.match(
      /^warning 2:1 the value has 5 bytes, and Buildkite redacts no value under 6 from logs$/,
    );
    expect(await findings('A=12345\nGH_TOKEN_RO=123456\nEMPTY_TOKEN=\nTOKEN_FILE=/x\n')).to.eql([]);
    expect((await findings(`A=${'x'.repeat(65_537)}\n`)).join()).to.match(
      /^refused 1:1 the value has 65537 bytes/,
    );
    expect(await findings(`A=${'x'.repeat(65_536)}\n`)).to.eql([]);
  });
});
