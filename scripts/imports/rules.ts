import type { IFlattenedRuleSet } from 'dependency-cruiser';
import type { FolderRule, ImportRules, PackageRule } from './folders.ts';

type ForbiddenRule = NonNullable<IFlattenedRuleSet['forbidden']>[number];

/**
 * Dependency-cruiser's rules for the document's: a file follows the row of the nearest folder above it, and nothing is
 * imported in a circle, neither between files (types count) nor between folders.
 * https://github.com/sverweij/dependency-cruiser/blob/main/doc/rules-reference.md
 */
export function ruleSet({ folders, packages }: ImportRules): IFlattenedRuleSet {
  return {
    forbidden: [
      { name: 'no circle of files', severity: 'error', from: {}, to: { circular: true } },
      { name: 'no circle of folders', severity: 'error', scope: 'folder', from: {}, to: { circular: true } },
      { name: 'imports exist', severity: 'error', from: {}, to: { couldNotResolve: true } },
      ...folders.map((folder) => folderRule(folder, folders)),
      ...unruled(folders),
      ...packages.map(packageRule),
    ],
  };
}

/** The name of the rule that a folder's row becomes. */
export function ruleName(path: string): string {
  return `${path} may import`;
}

function folderRule({ path, mayImport, except }: FolderRule, all: readonly FolderRule[]): ForbiddenRule {
  const inside = all.map((rule) => rule.path).filter((other) => other.startsWith(`${path}/`));
  // A folder inside with a row of its own is imported only where the row says so, unless everything is.
  const allowed = mayImport.length === 0 ? [] : mayImport.map(within);
  const from = { path: within(path), ...(inside.length > 0 && { pathNot: inside.map(within) }) };
  const own = ownFiles(path, inside);
  return {
    name: ruleName(path),
    comment: [...mayImport, ...except.map((each) => `not ${each}`)].join(', ') || 'nothing of ours',
    severity: 'error',
    from,
    to: except.length > 0 ? { path: except.map(within) } : { path: '^src/', pathNot: [own, ...allowed] },
  };
}

/** Files that no row rules import nothing, so that a new folder needs a row. */
function unruled(folders: readonly FolderRule[]): ForbiddenRule[] {
  return [
    {
      name: 'every folder has a row',
      severity: 'error',
      from: { path: '^src/', pathNot: folders.map(({ path }) => within(path)) },
      to: { path: '.' },
    },
  ];
}

function packageRule(rule: PackageRule): ForbiddenRule {
  return {
    name: `${rule.package} is imported by`,
    comment: rule.importedBy.join(', '),
    severity: 'error',
    from: { path: '^src/', pathNot: rule.importedBy.map(within) },
    to: { path: `^node_modules/${rule.package}(/|$)`, dependencyTypesNot: ['type-only'] },
  };
}

/** A pattern for a file, or for everything in a folder. */
function within(path: string): string {
  return `^${escaped(path)}${path.endsWith('.ts') ? '$' : '/'}`;
}

function ownFiles(path: string, inside: readonly string[]): string {
  if (path.endsWith('.ts')) return within(path);
  const rest = inside.map(
    (each) => `${escaped(each.slice(path.length + 1))}${each.endsWith('.ts') ? '$' : '/'}`,
  );
  return rest.length === 0 ? within(path) : `^${escaped(path)}/(?!${rest.join('|')})`;
}

function escaped(path: string): string {
  return path.replaceAll('.', String.raw`\.`);
}
