/** Bundles the CLI, the sandbox and what they carry into dist/, and writes oclif's manifest; does nothing when all is up to date. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
import { zipSync } from 'fflate';
import { SPECIFICATION } from '../src/sandbox/cloudformation/specification/load.ts';
import { MANAGED_POLICIES } from '../src/sandbox/services/iam/managed-policies.ts';
import { BuildStamp } from './build-stamp.ts';
import { distilManagedPolicies } from './distil-managed-policies.ts';
import { distilSpecification } from './distil-specification.ts';

const root = resolve(import.meta.dirname, '..');
const stamp = new BuildStamp(root);
if (stamp.isCurrent) {
  console.log('dist/ is up to date.');
  process.exit();
}

stamp.remove();
rmSync(join(root, 'dist'), { recursive: true, force: true });
/** oclif loads commands and hooks by file name, so each is an entry of its own. */
const loadedByName = ['commands', 'hooks'].flatMap((folder) =>
  readdirSync(join(root, 'src', folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join('src', folder, file)),
);

const shared = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  // Bundled CommonJS packages still call require for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  // oclif loads these only to run TypeScript sources, which a build never does.
  external: ['typescript', 'tsx', 'ts-node'],
  legalComments: 'none',
  // Less to compile at every start. Identifiers stay: errors are known by their class's name.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 200,
  logLevel: 'warning',
  metafile: true,
} as const satisfies BuildOptions;

/**
 * Lets esbuild drop the shapes that a program does not use. The SDK writes them as arrays whose objects have computed keys,
 * which esbuild has to take for code with effects; all of S3's would be read before every job, and by every command.
 */
const unusedShapes: Plugin = {
  name: 'unused-shapes',
  setup(build) {
    build.onLoad({ filter: /client-[^/]+\/dist-es\/schemas\/schemas_0\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(
        /^((?:export )?var \w+\$? = )(\[\d+, [^]*?\]);$/gm,
        '$1/* @__PURE__ */ (() => $2)();',
      ),
    }));
  },
};

/**
 * The sandbox, and the command that can run it in its own process. Apart from the other commands: it serves every operation
 * of the SDK packages that it loads, and whoever shares them would have to load them whole.
 */
const SANDBOX_START = 'src/commands/sandbox/start.ts';
const sandbox = await build({
  absWorkingDir: root,
  entryPoints: [
    'src/sandbox/server/process/background.ts',
    'src/sandbox/services/lambda/execution/runner.ts',
    SANDBOX_START,
  ],
  outbase: 'src',
  outdir: 'dist',
  splitting: true,
  ...shared,
});

const cli = await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts', ...loadedByName.filter((file) => file !== SANDBOX_START)],
  outbase: 'src',
  outdir: 'dist',
  splitting: true,
  plugins: [unusedShapes],
  ...shared,
});

/**
 * Each job's hooks run a program of their own, which the host program carries and lays down. In parts, as only what a
 * command needs shall be read.
 */
const job = await build({
  absWorkingDir: root,
  entryPoints: ['src/host/job/main.ts'],
  outdir: 'dist/host/job',
  outExtension: { '.js': '.mjs' },
  splitting: true,
  plugins: [unusedShapes],
  ...shared,
});
const jobFiles = readdirSync(join(root, 'dist/host/job')).map((name) => [
  name,
  readFileSync(join(root, 'dist/host/job', name), 'utf8'),
]);

/** What goes to the instances is one file, as it is fetched, hashed and run as one. */
const host = await build({
  absWorkingDir: root,
  entryPoints: ['src/host/main.ts'],
  outfile: 'dist/host/host.mjs',
  define: { JOB_PROGRAM_FILES: JSON.stringify(Object.fromEntries(jobFiles)) },
  ...shared,
});

/** The scaler, as Lambda takes it. The SDK is part of Lambda's runtime. */
const scaler = await build({
  absWorkingDir: root,
  entryPoints: ['src/scaler/main.ts'],
  ...shared,
  external: ['@aws-sdk/*'],
  target: 'node22',
  banner: {},
  write: false,
});
const [scalerProgram] = scaler.outputFiles;
mkdirSync(join(root, 'dist/scaler'), { recursive: true });
writeFileSync(
  join(root, 'dist/scaler/scaler.zip'),
  // Of no time, so that the same content is the same file.
  zipSync({ 'index.mjs': scalerProgram?.contents ?? new Uint8Array() }, { level: 9, mtime: '1980-01-01' }),
);

mkdirSync(join(root, 'dist/sandbox'), { recursive: true });
writeFileSync(join(root, 'dist/sandbox', SPECIFICATION.name), distilSpecification());
writeFileSync(join(root, 'dist/sandbox', MANAGED_POLICIES.name), distilManagedPolicies());
writeLicences(cli.metafile, sandbox.metafile, host.metafile, job.metafile, scaler.metafile);
execFileSync(process.execPath, [join(root, 'node_modules/oclif/bin/run.js'), 'manifest', root], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
});
stamp.write();

/** The licences of every package whose code is in the bundle, as they ask to be shipped with it. */
function writeLicences(...metafiles: Metafile[]): void {
  const packages = new Set(
    metafiles
      .flatMap(({ inputs }) => Object.keys(inputs))
      .flatMap((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []),
  );
  const notices = [...packages].sort().map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(root, folder, 'package.json'), 'utf8'),
    ) as { name: string; version: string; license?: string };
    const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : readFileSync(join(root, folder, file), 'utf8').trim();
    return `${name} ${version} (${license ?? 'see below'})\n\n${text}`;
  });
  writeFileSync(join(root, 'THIRD-PARTY-LICENSES.txt'), `${notices.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
}
