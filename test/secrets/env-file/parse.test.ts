import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { READINGS } from '../../support/env-file-readings.ts';
import { parseEnvFile } from '../../../src/secrets/env-file/parse.ts';

const ENVIRONMENT = {
  HOME: '/home/ci',
  PATH: process.env['PATH'] ?? '',
  LC_ALL: 'C.UTF-8',
  GIVEN: 'from the job',
};

/** What bash makes of env files: their variables, or that it cannot read one. */
function bash(files: readonly string[]): (Record<string, string> | 'broken')[] {
  // Each in a subshell; between a file's variables and the next one's a mark that no value holds.
  const script = `
    while IFS= read -r -d '' file; do
      if bash -n -c "$file" 2>/dev/null; then
        ( set -o allexport; eval "$file" >/dev/null 2>&1; set +o allexport; env -0 )
        printf 'next\\0'
      else
        printf 'broken\\0next\\0'
      fi
    done`;
  // Random text has redirections in it: what they write belongs nowhere.
  const cwd = mkdtempSync(path.join(tmpdir(), 'bk-stack-env-file-'));
  const { stdout, status, stderr } = spawnSync('bash', ['--norc', '-c', script], {
    cwd,
    env: ENVIRONMENT,
    input: files.map((file) => `${file}\0`).join(''),
    maxBuffer: 1 << 28,
  });
  rmSync(cwd, { recursive: true });
  expect(status, stderr.toString()).to.equal(0);
  return stdout
    .toString()
    .split('next\0')
    .slice(0, files.length)
    .map((part) => {
      const entries = part.split('\0').filter((entry) => entry !== '');
      if (entries.includes('broken')) return 'broken';
      return Object.fromEntries(
        entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
      );
    });
}

function ours(text: string): Record<string, string | undefined> | 'broken' {
  const { variables, remarks } = parseEnvFile(text, ENVIRONMENT);
  if (remarks.some(({ severity }) => severity === 'broken')) return 'broken';
  return Object.fromEntries(
    [...variables].map(([name, value]) => [name, value.kind === 'text' ? value.text : undefined]),
  );
}

/** Compares what we are sure of; what we leave to the shell has no wrong answer. */
function agrees(text: string, theirs: Record<string, string> | 'broken'): void {
  const mine = ours(text);
  // Such as an expansion that is none, at which bash stops. Whoever asks has been told that only a shell knows.
  const toldSo = parseEnvFile(text, ENVIRONMENT).remarks.some(({ severity }) => severity === 'shell');
  if (toldSo && (theirs === 'broken' || Object.keys(theirs).length === 0)) return;
  if (mine === 'broken' || theirs === 'broken') {
    expect(mine, JSON.stringify(text)).to.equal(theirs);
    return;
  }
  for (const [name, value] of Object.entries(mine)) {
    if (value !== undefined) expect(theirs[name], `${name} in ${JSON.stringify(text)}`).to.equal(value);
  }
  const added = Object.keys(theirs).filter(
    (name) => !(name in ENVIRONMENT) && !/^(_|SHLVL|PWD|OLDPWD)$/.test(name),
  );
  for (const name of added) expect(mine, JSON.stringify(text)).to.have.property(name);
}

const name = fc.constantFrom('A', 'B', 'C_1', '_d', 'GIVEN', 'HOME');
const characters = fc.constantFrom(
  ...Array.from('abZ019_-./:@%+=,~^ \t#\'"\\$`!?*[]{}é🔑'),
  '\n',
  '\\\n',
  '$A',
  '${B}',
  '~/',
  "$'",
);
const bare = fc.string({
  unit: fc.constantFrom(...Array.from('abZ09_-./:@%+=,~^#?*[]{}é🔑'), '$A', '$B', '\\ ', '\\$', '\\\n', '~'),
});
const value = fc.oneof(
  bare,
  fc.string({ unit: characters }).map((text) => `'${text.replaceAll("'", '')}'`),
  fc
    .string({ unit: characters })
    .map((text) => `"${text.replace(/["`]|\\(?!\n)/g, '').replace(/\$(?![A-Z{])/g, '\\$')}"`),
  fc
    .string({
      unit: fc.constantFrom(...Array.from('ab\\\\nt\'"x41 é'), '\\n', "\\'", '\\x41', '\\101', '\\u00e9'),
    })
    .map((text) => `$'${text.replace(/(^|[^\\])'/g, '$1')}x'`),
  fc
    .tuple(name, fc.constantFrom(':-', '-', ':+', '+'), fc.constantFrom('x', '"y z"', '$A', "'q'", ''))
    .map(([variable, operator, word]) => `\${${variable}${operator}${word}}`),
  fc
    .tuple(name, fc.constantFrom(':-', '-', ':+', '+'), fc.constantFrom('x', '"y z"', '$A', "'q'", ''))
    .map(([variable, operator, word]) => `"\${${variable}${operator}${word}}"`),
);
const assignment = fc
  .tuple(name, fc.constantFrom('=', '=', '=', '+='), fc.array(value, { maxLength: 3 }))
  .map(([left, equals, parts]) => left + equals + parts.join(''));
const line = fc.oneof(
  { weight: 6, arbitrary: assignment },
  {
    weight: 2,
    arbitrary: fc.array(assignment, { minLength: 1, maxLength: 3 }).map((all) => `export ${all.join(' ')}`),
  },
  { weight: 1, arbitrary: fc.array(assignment, { minLength: 2, maxLength: 3 }).map((all) => all.join(' ')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', '# a comment with \' and "', '  ', 'unset A', 'export B', 'true'),
  },
  { weight: 1, arbitrary: fc.tuple(assignment, assignment).map(([a, b]) => `${a}; ${b} # why`) },
);
const file = fc.array(line, { maxLength: 6 }).map((lines) => `${lines.join('\n')}\n`);

describe('an env file, read without a shell', () => {
  it('says of 1,000 random files what bash says', function () {
    this.timeout(120_000);
    const files = fc.sample(file, { numRuns: 1000, seed: 6 });
    const theirs = bash(files);
    files.forEach((text, index) => {
      agrees(text, theirs[index]!);
    });
    const certain = files.filter((text) => {
      const mine = ours(text);
      return mine !== 'broken' && Object.values(mine).every((each) => each !== undefined);
    });
    expect(certain.length).to.be.greaterThan(500);
  });

  it('says of each file of the table what bash says', () => {
    const files = READINGS.map(([text]) => text).filter(
      (text) => !parseEnvFile(text, ENVIRONMENT).remarks.some(({ severity }) => severity === 'code'),
    );
    const theirs = bash(files);
    files.forEach((text, index) => {
      if (!/^(?:export )?[A-Z_]+=1\n$/.test(text)) agrees(text, theirs[index]!);
    });
  });

  it('says of 1,000 texts of any characters no more than bash confirms', function () {
    this.timeout(120_000);
    const any = fc.string({
      unit: fc.constantFrom(...Array.from('AB=+\'"\\$`{}()<>;&|#~ \n:-x'), 'export ', 'A=', '$(', '<<'),
      maxLength: 24,
    });
    const files = fc.sample(any, { numRuns: 1000, seed: 7 });
    const theirs = bash(files);
    files.forEach((text, index) => {
      const mine = ours(text);
      const { remarks } = parseEnvFile(text, ENVIRONMENT);
      // Texts with code are refused, and then bash's own ways with them are nobody's business.
      if (remarks.some(({ severity }) => severity === 'code')) return;
      if (mine === 'broken') expect(theirs[index], JSON.stringify(text)).to.equal('broken');
      else agrees(text, theirs[index]!);
    });
  });

  const remarksOf = (text: string) =>
    parseEnvFile(text).remarks.map(({ offset, severity }) => `${severity} ${offset}`);

  it('is assignments and nothing else', () => {
    expect(remarksOf('A=1\nexport B="two words" C=\'$x\' # why\n\nD=2 # $x\n')).to.eql([]);
    expect(remarksOf('PATH=$PATH:/opt/bin\nA=1\nD=$A\n')).to.eql(['shell 5', 'shell 26']);
    expect(remarksOf('A=two words')).to.eql(['code 6']);
    expect(remarksOf('A = 1')).to.eql(['code 0']);
    expect(remarksOf('A=1\nexport # A')).to.eql(['code 4']);
    expect(remarksOf('A=1\nexport A')).to.eql([]);
    expect(remarksOf('MY-VAR=1')).to.eql(['code 0']);
    expect(remarksOf('URL=https://x/?a=1&b=2')).to.eql(['code 18']);
    expect(remarksOf('A=1\nif true; then\nB=2\nfi')).to.eql(['code 4']);
    expect(remarksOf('A=$(date)')).to.eql(['shell 2']);
    expect(remarksOf('A=`date`')).to.eql(['shell 2']);
    expect(remarksOf('A="open')).to.eql(['broken 2']);
    expect(remarksOf('UID=3')).to.eql(['broken 0']);
    expect(remarksOf('A=pa$word')).to.eql(['shell 4']);
    expect(remarksOf('export A=two words')).to.eql(['lost 13']);
    expect(remarksOf('A=two #words')).to.eql(['doubt 6']);
    expect(remarksOf('A=C:\\new')).to.eql(['doubt 4']);
  });
});
