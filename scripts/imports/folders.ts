/** A folder of the sources, or a file, and the ones that it may import besides itself. */
export interface FolderRule {
  /** From the root of the project, without a slash at its end: `src/aws`. */
  readonly path: string;
  /** Paths likewise; `src` for everything. */
  readonly mayImport: readonly string[];
  /** Exceptions from `mayImport`. */
  readonly except: readonly string[];
}

/** A package, or a scope of packages, that only some folders import. */
export interface PackageRule {
  readonly package: string;
  readonly importedBy: readonly string[];
}

/** The import rules of docs/architecture.md. */
export interface ImportRules {
  readonly folders: readonly FolderRule[];
  readonly packages: readonly PackageRule[];
}

/**
 * Reads the import rules from the tables of the architecture document: those with the columns `folder` and `may import`,
 * and the one with the columns `package` and `imported by`. Rows for folders outside src/ describe and rule nothing.
 *
 * A cell of `may import` is `nothing`, or names in backticks, separated by commas: folders and files as they are called
 * below src/. `everything` stands for all of src/, and `everything but` for all except those that follow.
 * @throws Error for a cell that says something else, with the row
 */
export function parseRules(markdown: string): ImportRules {
  const folders: FolderRule[] = [];
  const packages: PackageRule[] = [];
  for (const { header, cells } of tableRows(markdown)) {
    const cell = (title: string) => cells[header.indexOf(title)] ?? '';
    if (header.includes('may import')) {
      for (const path of names(cell('folder'))) {
        if (path.startsWith('src/'))
          folders.push({ path: bare(path), ...importable(path, cell('may import')) });
      }
    } else if (header.includes('imported by')) {
      for (const name of names(cell('package'))) {
        packages.push({ package: name, importedBy: names(cell('imported by')).map(below) });
      }
    }
  }
  return { folders, packages };
}

interface TableRow {
  readonly header: readonly string[];
  readonly cells: readonly string[];
}

function tableRows(markdown: string): TableRow[] {
  const rows: TableRow[] = [];
  let header: readonly string[] | undefined;
  for (const line of markdown.split('\n')) {
    if (!line.startsWith('|')) {
      header = undefined;
      continue;
    }
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (header === undefined) header = cells;
    else if (!cells.every((cell) => /^-+$/.test(cell))) rows.push({ header, cells });
  }
  return rows;
}

function importable(path: string, cell: string): Pick<FolderRule, 'mayImport' | 'except'> {
  const rest = cell
    .replaceAll(/`[^`]+`/g, '')
    .replaceAll(/[,\s]+/g, ' ')
    .trim();
  const listed = names(cell).map(below);
  switch (rest) {
    case '':
      if (listed.length > 0) return { mayImport: listed, except: [] };
      break;
    case 'nothing':
      return { mayImport: [], except: [] };
    case 'everything':
      return { mayImport: ['src'], except: [] };
    case 'everything but':
      return { mayImport: ['src'], except: listed };
  }
  throw new Error(`docs/architecture.md, ${path}: cannot read "${cell}" as what it may import`);
}

function names(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

function below(name: string): string {
  return `src/${bare(name)}`;
}

function bare(path: string): string {
  return path.replace(/\/$/, '');
}
