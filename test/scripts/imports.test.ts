import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { expect } from 'chai';
import { cruiseSources, readRules, unusedAllowances, violationLines } from '../../scripts/imports/check.ts';
import { type ImportRules, parseRules } from '../../scripts/imports/folders.ts';
import { ruleSet } from '../../scripts/imports/rules.ts';

const root = join(import.meta.dirname, '../..');

/** Imports that each layer must never have, whatever the document comes to say: importer, and what it imports. */
const FORBIDDEN: readonly (readonly [string, string])[] = [
  ['src/aws/', 'src/terminal/'],
  ['src/aws/', 'src/stack/events/'],
  ['src/terminal/', 'src/aws/'],
  ['src/cfn/', 'src/stack/parameters/'],
  ['src/shell/', 'src/terminal/'],
  ['src/redaction/', 'src/stack/facts/'],
  ['src/scaler/', 'src/aws/'],
  ['src/scaler/', 'src/stack/capacity/'],
  ['src/scaler/', 'src/host/lifecycle/'],
  ['src/simulate/', 'src/sandbox/kernel/'],
  ['src/host/boot/', 'src/aws/'],
  ['src/host/lifecycle/', 'src/stack/facts/'],
  ['src/secrets/env-file/', 'src/doctor/'],
  ['src/logs/', 'src/doctor/'],
  ['src/stack/facts/', 'src/stack/status/'],
  ['src/stack/facts/', 'src/stack/update/execution/'],
  ['src/stack/update/request/', 'src/stack/update/execution/'],
  ['src/stack/update/execution/', 'src/stack/deletion/'],
  ['src/stack/deletion/', 'src/doctor/'],
  ['src/stack/creation/', 'src/commands/'],
  ['src/doctor/', 'src/cli/'],
  ['src/doctor/', 'src/sandbox/server/'],
  ['src/support-bundle/', 'src/commands/'],
  ['src/cli/', 'src/commands/'],
  ['src/commands/', 'src/sandbox/services/'],
  ['src/sandbox/kernel/', 'src/sandbox/cloudformation/'],
  ['src/sandbox/kernel/', 'src/sandbox/services/'],
  ['src/sandbox/wire/', 'src/sandbox/server/'],
  ['src/sandbox/cloudformation/engine/', 'src/sandbox/services/'],
  ['src/sandbox/services/', 'src/sandbox/server/'],
  ['src/sandbox/server/', 'src/stack/facts/'],
  ['src/sandbox/machines/', 'src/aws/'],
];

describe('the import rules', () => {
  let tree: string;

  beforeEach(() => {
    tree = mkdtempSync(join(tmpdir(), 'imports-'));
  });

  afterEach(() => {
    rmSync(tree, { recursive: true });
  });

  /** Makes files that import each other as said, and returns what the rules say of them. */
  async function violations(
    rules: ImportRules,
    imports: Readonly<Record<string, readonly string[]>>,
    isChecked = (_rule: string) => true,
  ) {
    for (const [from, targets] of Object.entries(imports)) {
      mkdirSync(join(tree, dirname(from)), { recursive: true });
      const lines = targets.map((target) => {
        const [, type, path = ''] = /^(type )?(.*)$/.exec(target) ?? [];
        const specifier = path.startsWith('src/')
          ? relative(dirname(from), path).replace(/^(?!\.)/, './')
          : path;
        return type === undefined ? `import '${specifier}';` : `import type { T } from '${specifier}';`;
      });
      writeFileSync(join(tree, from), [...lines, 'export type T = 1;', ''].join('\n'));
    }
    const forbidden = ruleSet(rules).forbidden?.filter(({ name = '' }) => isChecked(name)) ?? [];
    return violationLines(await cruiseSources(tree, { forbidden })).sort();
  }

  it('hold for the sources, and are no wider than they need to be', async () => {
    const rules = readRules(root);
    const result = await cruiseSources(root, ruleSet(rules));
    expect(violationLines(result)).to.deep.equal([]);
    expect(unusedAllowances(result, rules)).to.deep.equal([]);
  }).timeout(300_000);

  it('refuse every import that the document does not list, from every folder to every other', async () => {
    const rules = readRules(root);
    const fileIn = (path: string) => (path.endsWith('.ts') ? path : `${path}/target.ts`);
    const paths = rules.folders.map(({ path }) => path);
    const imports: Record<string, string[]> = {};
    const expected: string[] = [];
    for (const { path, mayImport, except } of rules.folders) {
      const others = paths.filter((other) => other !== path);
      imports[fileIn(path)] = others.map(
        (other, index) => `${index % 2 === 0 ? '' : 'type '}${fileIn(other)}`,
      );
      const under = (folder: string) => (other: string) => other === folder || other.startsWith(`${folder}/`);
      for (const other of others) {
        const allowed =
          mayImport.some((each) => under(each)(other)) && !except.some((each) => under(each)(other));
        if (!allowed) expected.push(`${fileIn(path)} imports ${fileIn(other)}: ${path} may import`);
      }
    }
    // Every folder imports every other, in more circles than can be counted.
    const found = await violations(rules, imports, (rule) => !rule.startsWith('no circle'));
    const refused = new Set(found.filter((line) => line.includes(' imports ')));
    expect(expected.filter((line) => !refused.has(line))).to.deep.equal([]);
    expect([...refused].filter((line) => !expected.includes(line))).to.deep.equal([]);
  }).timeout(300_000);

  it('refuse what would tear down the layers, whatever the document says', async () => {
    const rules = readRules(root);
    const imports: Record<string, string[]> = {};
    for (const [from, to] of FORBIDDEN) {
      imports[`${to}target.ts`] ??= [];
      (imports[`${from}planted.ts`] ??= []).push(`${to}target.ts`);
    }
    const found = (await violations(rules, imports)).filter((line) => line.includes(' imports '));
    expect(found.map((line) => line.replace(/:.*/, ''))).to.deep.equal(
      FORBIDDEN.map(([from, to]) => `${from}planted.ts imports ${to}target.ts`).sort(),
    );
  }).timeout(300_000);

  it('want a row for every folder', async () => {
    const rules = parseRules('| folder | may import |\n| --- | --- |\n| `src/a/` | nothing |');
    expect(await violations(rules, { 'src/new/file.ts': ['src/a/a.ts'], 'src/a/a.ts': [] })).to.deep.equal([
      'src/new/file.ts imports src/a/a.ts: every folder has a row',
    ]);
  });

  it('find circles of values, of types and of folders', async () => {
    const rules = parseRules('| folder | may import |\n| --- | --- |\n| `src/` | everything |');
    expect(
      await violations(rules, {
        'src/values/a.ts': ['src/values/b.ts'],
        'src/values/b.ts': ['src/values/a.ts'],
        'src/types/a.ts': ['type src/types/b.ts'],
        'src/types/b.ts': ['type src/types/a.ts'],
        'src/one/a.ts': ['src/two/a.ts'],
        'src/two/a.ts': [],
        'src/two/b.ts': ['src/one/b.ts'],
        'src/one/b.ts': [],
        'src/straight/a.ts': ['src/one/a.ts', 'src/two/b.ts'],
      }),
    ).to.deep.equal([
      'no circle of files: src/types/a.ts -> src/types/b.ts -> src/types/a.ts',
      'no circle of files: src/values/a.ts -> src/values/b.ts -> src/values/a.ts',
      'no circle of folders: src/one -> src/two -> src/one',
      'no circle of folders: src/two -> src/one -> src/two',
    ]);
  });

  it('keep packages where they belong, types excepted', async () => {
    const rules = parseRules(
      [
        '| folder | may import |',
        '| --- | --- |',
        '| `src/a/`, `src/b/` | nothing |',
        '',
        '| package | imported by |',
        '| --- | --- |',
        '| `chalk` | `a` |',
      ].join('\n'),
    );
    mkdirSync(join(tree, 'node_modules/chalk'), { recursive: true });
    writeFileSync(join(tree, 'node_modules/chalk/package.json'), '{"name":"chalk","main":"index.js"}');
    writeFileSync(join(tree, 'node_modules/chalk/index.js'), '');
    expect(
      await violations(rules, {
        'src/a/a.ts': ['chalk'],
        'src/b/b.ts': ['chalk'],
        'src/b/c.ts': ['type chalk'],
      }),
    ).to.deep.equal(['src/b/b.ts imports node_modules/chalk/index.js: chalk is imported by']);
  });

  it('tell of what they allow and nothing does', async () => {
    const rules = parseRules(
      '| folder | may import |\n| --- | --- |\n| `src/a/` | `b`, `c` |\n| `src/b/`, `src/c/` | nothing |',
    );
    await violations(rules, { 'src/a/a.ts': ['src/b/b.ts'], 'src/b/b.ts': [], 'src/c/c.ts': [] });
    expect(unusedAllowances(await cruiseSources(tree, ruleSet(rules)), rules)).to.deep.equal([
      'src/a may import src/c, and does not',
    ]);
  });
});

describe('the tables of the architecture document', () => {
  const parsed = (cell: string) =>
    parseRules(`| folder | what | may import |\n|---|---|---|\n| \`src/a/\` | x | ${cell} |`).folders[0];

  const cells: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['nothing', [], []],
    ['`aws`', ['src/aws'], []],
    ['`aws`, `stack/facts`, `errors.ts`', ['src/aws', 'src/stack/facts', 'src/errors.ts'], []],
    ['everything', ['src'], []],
    ['everything but `sandbox`', ['src'], ['src/sandbox']],
  ];
  for (const [cell, mayImport, except] of cells) {
    it(`read ${cell}`, () => {
      expect(parsed(cell)).to.deep.equal({ path: 'src/a', mayImport, except });
    });
  }

  for (const cell of ['', 'services', 'nothing but `aws`', '`aws`; below']) {
    it(`refuse ${cell === '' ? 'an empty cell' : cell}`, () => {
      expect(() => parsed(cell)).to.throw(`src/a/: cannot read "${cell}"`);
    });
  }

  it('rule folders below src/ alone', () => {
    expect(
      parseRules('| folder | may import |\n|---|---|\n| `bin/` | `dist/` |\n| `src/b` | nothing |').folders,
    ).to.deep.equal([{ path: 'src/b', mayImport: [], except: [] }]);
  });
});
