import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult, type IFlattenedRuleSet } from 'dependency-cruiser';
import { type ImportRules, parseRules } from './folders.ts';

/** Reads the import rules of docs/architecture.md. */
export function readRules(root: string): ImportRules {
  return parseRules(readFileSync(join(root, 'docs/architecture.md'), 'utf8'));
}

/** Reads every import below src/, those of types as well, and holds them against the rules. */
export async function cruiseSources(root: string, rules: IFlattenedRuleSet): Promise<ICruiseResult> {
  const { output } = await cruise(['src'], {
    baseDir: root,
    validate: true,
    ruleSet: rules,
    skipAnalysisNotInRules: true,
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

/** Lists allowances that nothing uses, a line each: rules as wide as that hold nothing. */
export function unusedAllowances({ modules }: ICruiseResult, { folders, packages }: ImportRules): string[] {
  const paths = folders.map(({ path }) => path).sort((a, b) => b.length - a.length);
  const imported = new Map<string, Set<string>>();
  for (const { source, dependencies } of modules) {
    const nearest = paths.find((path) => within(source, path)) ?? '';
    const targets = imported.get(nearest) ?? new Set();
    for (const { resolved } of dependencies) targets.add(resolved);
    imported.set(nearest, targets);
  }
  const importers = (isImported: (target: string) => boolean) =>
    [...imported].filter(([, targets]) => [...targets].some(isImported)).map(([path]) => path);
  return [
    ...folders.flatMap(({ path, mayImport }) =>
      mayImport
        .filter((target) => ![...(imported.get(path) ?? [])].some((each) => within(each, target)))
        .map((target) => `${path} may import ${target}, and does not`),
    ),
    ...packages.flatMap(({ package: name, importedBy }) => {
      const paths = importers((target) => target.startsWith(`node_modules/${name}/`));
      return importedBy
        .filter((folder) => !paths.some((path) => within(path, folder)))
        .map((folder) => `${name} may be imported by ${folder}, and is not`);
    }),
  ];
}

function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
