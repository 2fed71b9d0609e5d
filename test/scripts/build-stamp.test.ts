import { expect } from 'chai';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BuildStamp } from '../../scripts/build-stamp.ts';

describe('the stamp of a build', () => {
  let root: string;
  let stamp: BuildStamp;
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'bk-stack-stamp-'));
    write('src/main.ts', 'export {};');
    write('scripts/build.ts', 'build();');
    write('package.json', '{}');
    write('node_modules/.package-lock.json', '{}');
    write('dist/commands/list.js', 'list();');
    stamp = new BuildStamp(root);
    stamp.write();
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it('is current while nothing has changed, whatever was written again with the same content', () => {
    write('src/main.ts', 'export {};');
    write('test/main.test.ts', 'no input of a build');
    expect(new BuildStamp(root).isCurrent).to.equal(true);
  });

  const changes: Readonly<Record<string, () => void>> = {
    'a source is edited': () => {
      write('src/main.ts', 'export {}; ');
    },
    'a source is added': () => {
      write('src/commands/list.ts', '');
    },
    'a source is renamed': () => {
      renameSync(join(root, 'src/main.ts'), join(root, 'src/index.ts'));
    },
    'a build script is edited': () => {
      write('scripts/build.ts', 'buildOtherwise();');
    },
    'package.json is edited': () => {
      write('package.json', '{"version":"2.0.0"}');
    },
    'other packages are installed': () => {
      write('node_modules/.package-lock.json', '{"packages":{}}');
    },
    'an output is edited': () => {
      write('dist/commands/list.js', '');
    },
    'an output is deleted': () => {
      rmSync(join(root, 'dist/commands/list.js'));
    },
    'dist is deleted': () => {
      rmSync(join(root, 'dist'), { recursive: true });
    },
    'the packages are installed anew': () => {
      rmSync(join(root, 'node_modules'), { recursive: true });
    },
    'a build has begun and not ended': () => {
      stamp.remove();
    },
  };
  for (const [when, change] of Object.entries(changes)) {
    it(`is not current when ${when}`, () => {
      change();
      expect(stamp.isCurrent).to.equal(false);
    });
  }
});
