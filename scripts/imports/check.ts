import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { type ImportRules, parseRules } from './folders.ts';
import { ruleSet } from './rules.ts';

/** Reads the import rules of docs/architecture.md. */
export function readRules(root: string): ImportRules {
  return parseRules(readFileSync(join(root, 'docs/architecture.md'), 'utf8'));
}

/** Reads every import below src/, those of types as well, and holds them against the rules. */
export async function cruiseSources(root: string, rules: ImportRules): Promise<ICruiseResult> {
  const { output } = await cruise(['src'], {
    baseDir: root,
    validate: true,
    ruleSet: ruleSet(rules),
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  });
  if (typeof output === 'string') throw new Error(output);
  return output;
}

/** A line for each import that the rules refuse, and for each circle. */
export function violationLines({ summary }: ICruiseResult): string[] {
  return summary.violations.map(({ rule, from, to, cycle }) =>
    cycle === undefined
      ? `${from} imports ${to}: ${rule.name}`
      : `${rule.name}: ${[from, ...cycle.map(({ name }) => name)].join(' -> ')}`,
  );
}

/** What the rules allow and nothing does, a line each: rules as wide as that hold nothing. */
export function unusedAllowances({ modules }: ICruiseResult, { folders, packages }: ImportRules): string[] {
  const imports = modules.flatMap(({ source, dependencies }) =>
    dependencies.map(({ resolved }) => ({ from: source, to: resolved })),
  );
  const within = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);
  const ruledBy = (path: string) =>
    folders
      .filter((folder) => within(path, folder.path))
      .reduce((nearest, folder) => (folder.path.length > nearest.length ? folder.path : nearest), '');
  return [
    ...folders.flatMap(({ path, mayImport }) =>
      mayImport
        .filter((target) => !imports.some(({ from, to }) => ruledBy(from) === path && within(to, target)))
        .map((target) => `${path} may import ${target}, and does not`),
    ),
    ...packages.flatMap(({ package: name, importedBy }) =>
      importedBy
        .filter(
          (folder) =>
            !imports.some(({ from, to }) => within(from, folder) && to.startsWith(`node_modules/${name}`)),
        )
        .map((folder) => `${name} may be imported by ${folder}, and is not`),
    ),
  ];
}
