import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** All that decides what a build writes: the programs, the scripts that bundle them, and the installed packages by version. */
const INPUTS = ['src', 'scripts', 'package.json', 'tsconfig.json', 'node_modules/.package-lock.json'];
const OUTPUTS = ['dist', 'oclif.manifest.json', 'THIRD-PARTY-LICENSES.txt'];

/**
 * Remembers from which content a build was made, and what it wrote. It goes with node_modules, so that a build always follows
 * `npm ci`. Packages edited by hand within node_modules go unnoticed.
 */
export class BuildStamp {
  readonly #file: string;

  constructor(private readonly root: string) {
    this.#file = join(root, 'node_modules/.cache/build-stamp');
  }

  /** Whether a build would write what is there already: neither an input nor an output has changed since the last. */
  get isCurrent(): boolean {
    return existsSync(this.#file) && readFileSync(this.#file, 'utf8') === this.#fingerprint();
  }

  /** Forgets the last build, since the next begins to change its output. */
  remove(): void {
    rmSync(this.#file, { force: true });
  }

  /** Remembers a build that is complete. */
  write(): void {
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, this.#fingerprint());
  }

  #fingerprint(): string {
    const hash = createHash('sha256').update(`${process.version} ${process.platform}\0`);
    for (const path of [...INPUTS, ...OUTPUTS].flatMap((each) => this.#files(each))) {
      const content = readFileSync(join(this.root, path));
      hash.update(`${path}\0${content.length}\0`).update(content);
    }
    return hash.digest('hex');
  }

  /** Those that exist of a file or a folder, in an order that the file system has no say in. */
  #files(path: string): string[] {
    const place = join(this.root, path);
    if (!existsSync(place)) return [];
    if (!statSync(place).isDirectory()) return [path];
    return readdirSync(place, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(this.root.length + 1))
      .sort();
  }
}
