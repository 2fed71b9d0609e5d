import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TypeRecord } from './record.ts';

/** The resource types AWS has, each read only when it is asked for. */
export interface Specification {
  has(type: string): boolean;
  get(type: string): TypeRecord | undefined;
}

/**
 * The distilled file's name. Its first line is an index, `{"AWS::EC2::VPC": [offset, length], ...}` in bytes after that
 * line; the records follow.
 */
export const FILE_NAME = 'specification.jsonl';

let loaded: Specification | undefined;

/** The distilled specification: beside the bundle, or in a checkout made on demand from AWS's published one. */
export function loadSpecification(): Specification {
  loaded ??= open(bundledFile() ?? checkoutFile());
  return loaded;
}

function open(file: string): Specification {
  const content = readFileSync(file);
  const indexEnd = content.indexOf(10) + 1;
  const index = new Map(
    Object.entries(JSON.parse(content.toString('utf8', 0, indexEnd)) as Record<string, [number, number]>),
  );
  const records = new Map<string, TypeRecord>();
  return {
    has: (type) => index.has(type),
    get(type) {
      const known = records.get(type);
      const place = index.get(type);
      if (known !== undefined || place === undefined) return known;
      const [offset, length] = place;
      const start = indexEnd + offset;
      const record = JSON.parse(content.toString('utf8', start, start + length)) as TypeRecord;
      records.set(type, record);
      return record;
    },
  };
}

/** The file that the build puts into dist/sandbox; chunks of the bundle lie in dist or in a folder of it. */
function bundledFile(): string | undefined {
  const here = dirname(fileURLToPath(import.meta.url));
  return [here, dirname(here), dirname(dirname(here))]
    .map((folder) => join(folder, 'sandbox', FILE_NAME))
    .find((file) => existsSync(file));
}

function checkoutFile(): string {
  const root = fileURLToPath(new URL('../../../..', import.meta.url));
  const file = join(root, 'node_modules', '.cache', 'bk-stack', FILE_NAME);
  const source = join(root, 'node_modules', '@aws-cdk', 'aws-service-spec', 'db.json.gz');
  const script = join(root, 'scripts', 'distil-specification.ts');
  if (!isNewer(file, [source, script])) {
    execFileSync(process.execPath, ['--import', 'tsx', script, file], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return file;
}

function isNewer(file: string, sources: readonly string[]): boolean {
  if (!existsSync(file)) return false;
  const made = statSync(file).mtimeMs;
  return sources.every((source) => statSync(source).mtimeMs < made);
}
