import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { root } from '../support/process.ts';

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => existsSync(join(root, file)));
const COMMENT = /\/\*[^]*?\*\/|(?<=^|\s)\/\/[^\n]*/g;
/** `src/logs/event.ts`, `docs/`, `logs/event.ts`: a path from the root, the file's own folder, or cut at its start. */
const PATH =
  /(?<![\w/.@:$*{-])(?:\.{1,2}\/)?(?:(?:src|test|docs|scripts)\/[\w./-]*[\w-]|(?:[\w-]+\/)*[\w-]+\.(?:test\.)?ts\b)/g;

/** The paths that a text names and that do not exist. */
export function missingPaths(file: string, text: string): string[] {
  const comments = file.endsWith('.md') ? [text] : (text.match(COMMENT) ?? []);
  const named = comments.flatMap((comment) => comment.match(PATH) ?? []);
  return named.filter(
    (path) =>
      !existsSync(join(root, path)) &&
      !existsSync(join(root, dirname(file), path)) &&
      !files.some((each) => each.endsWith(`/${path}`)),
  );
}

describe('files that comments and documents name', () => {
  it('exist', () => {
    const read = files.filter(
      (file) => /\.(?:ts|js|md)$/.test(file) && !/^test\/fixtures\/|^CHANGELOG\.md$/.test(file),
    );
    const missing = read.flatMap((file) =>
      missingPaths(file, readFileSync(join(root, file), 'utf8')).map((path) => `${file}: ${path}`),
    );
    // Made by the first equivalent that is listed.
    expect(missing.filter((each) => !each.endsWith(': scripts/mutation/equivalents'))).to.eql([]);
  });

  for (const [file, text, missing] of [
    ['docs/x.md', 'see src/nothing/here.ts', ['src/nothing/here.ts']],
    ['docs/x.md', 'see src/errors.ts and logs/event.ts', []],
    // A comment written out here would itself be found to name it.
    ['src/x.ts', '/'.repeat(2) + ' as no-such.ts does', ['no-such.ts']],
    ['src/x.ts', "import './no-such.ts';", []],
  ] as const) {
    it(`are found missing, or not, in ${text}`, () => {
      expect(missingPaths(file, text)).to.eql(missing);
    });
  }
});
