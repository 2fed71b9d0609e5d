import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Records by key, each read only when it is asked for. */
export interface DistilledFile<Entry> {
  has(key: string): boolean;
  get(key: string): Entry | undefined;
}

/** Published data that the sandbox reads in a form of its own. */
export interface DistilledSource {
  /**
   * Its name. The first line is an index, `{"AWS::EC2::VPC": [offset, length], ...}` in bytes after that line; the records
   * follow.
   */
  readonly name: string;
  /** The script that makes it, below scripts/; its argument is the file to write. */
  readonly script: string;
  /** The data that it is made from, below node_modules/. */
  readonly source: string;
}

const opened = new Map<string, DistilledFile<unknown>>();

/** Opens the file beside the bundle, or in a checkout one that is made on demand. */
export function openDistilled<Entry>(source: DistilledSource): DistilledFile<Entry> {
  const file = opened.get(source.name) ?? open(bundledFile(source) ?? checkoutFile(source));
  opened.set(source.name, file);
  return file as DistilledFile<Entry>;
}

/** A file's text, as `openDistilled` reads it. */
export function distilledText(records: Iterable<readonly [key: string, record: unknown]>): string {
  const index: Record<string, [number, number]> = {};
  const lines: string[] = [];
  let offset = 0;
  for (const [key, record] of records) {
    const line = `${JSON.stringify(record)}\n`;
    const length = Buffer.byteLength(line);
    index[key] = [offset, length];
    lines.push(line);
    offset += length;
  }
  return `${JSON.stringify(index)}\n${lines.join('')}`;
}

function open(file: string): DistilledFile<unknown> {
  const content = readFileSync(file);
  const indexEnd = content.indexOf(10) + 1;
  const index = new Map(
    Object.entries(JSON.parse(content.toString('utf8', 0, indexEnd)) as Record<string, [number, number]>),
  );
  const records = new Map<string, unknown>();
  return {
    has: (key) => index.has(key),
    get(key) {
      const known = records.get(key);
      const place = index.get(key);
      if (known !== undefined || place === undefined) return known;
      const [offset, length] = place;
      const start = indexEnd + offset;
      const record: unknown = JSON.parse(content.toString('utf8', start, start + length));
      records.set(key, record);
      return record;
    },
  };
}

/** The file that the build puts into dist/sandbox; chunks of the bundle lie in dist or in a folder of it. */
function bundledFile({ name }: DistilledSource): string | undefined {
  const here = dirname(fileURLToPath(import.meta.url));
  return [here, dirname(here), dirname(dirname(here))]
    .map((folder) => join(folder, 'sandbox', name))
    .find((file) => existsSync(file));
}

function checkoutFile({ name, script, source }: DistilledSource): string {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const file = join(root, 'node_modules', '.cache', 'bk-stack', name);
  const program = join(root, 'scripts', script);
  if (!isNewer(file, [join(root, 'node_modules', source), program])) {
    execFileSync(process.execPath, ['--import', 'tsx', program, file], {
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
