import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Sources that decide something, and the tests that have to notice when they decide otherwise. */
export interface MutatedModule {
  readonly name: string;
  /** Folders and files. */
  readonly sources: readonly string[];
  /** Folders and files: the module's own tests, whose paths mirror the sources'. */
  readonly tests: readonly string[];
  /** Files among the tests that start a server or a program, which takes seconds for each mutant. */
  readonly slowTests?: readonly string[];
  /** Mutates one block of lines in so many, where all of them would take hours. */
  readonly sampledOneIn?: number;
}

export const MODULES: readonly MutatedModule[] = [
  mirrored('update', 'stack/update', {
    slowTests: ['test/stack/update/killed.test.ts', 'test/stack/update/previewed-changes.test.ts'],
  }),
  mirrored('delete', 'stack/deletion', { slowTests: ['test/stack/deletion/instances.test.ts'] }),
  mirrored('create', 'stack/creation'),
  mirrored('token', 'stack/token'),
  mirrored('capacity', 'stack/capacity'),
  mirrored('rollout', 'stack/rollout'),
  mirrored('draining', 'stack/draining', { slowTests: ['test/stack/draining/commands.test.ts'] }),
  mirrored('facts', 'stack/facts'),
  mirrored('diagnosis', 'stack/diagnosis'),
  mirrored('status', 'stack/status'),
  mirrored('scaler', 'scaler'),
  mirrored('simulate', 'simulate/engine'),
  mirrored('host-job', 'host/job', {
    sources: without('src/host/job', ['main.ts']),
    slowTests: ['test/host/job/as-agent.test.ts', 'test/host/job/redactor-process.test.ts'],
  }),
  mirrored('host-lifecycle', 'host/lifecycle', {
    sources: without('src/host/lifecycle', ['commands.ts']),
    slowTests: ['test/host/lifecycle/group-in-sandbox.test.ts', 'test/host/lifecycle/idle.test.ts'],
  }),
  mirrored('host-boot', 'host/boot', {
    slowTests: ['test/host/boot/bootstrap.test.ts', 'test/host/boot/mirror-seeds.test.ts'],
  }),
  mirrored('secrets-check', 'secrets/check', { slowTests: ['test/secrets/check/documented.test.ts'] }),
  mirrored('secrets-env-file', 'secrets/env-file', { slowTests: ['test/secrets/env-file/parse.test.ts'] }),
  mirrored('secrets-job', 'secrets/job', { slowTests: ['test/secrets/job/environment.test.ts'] }),
  mirrored('logs', 'logs/tailing', { slowTests: ['test/logs/tailing/million.test.ts'] }),
  mirrored('redaction', 'redaction'),
  mirrored('doctor', 'doctor'),
  mirrored('cloudformation', 'sandbox/cloudformation/engine', { sampledOneIn: 10 }),
];

/** A folder of src with the tests in the folder of the same path in test. */
function mirrored(name: string, path: string, rest: Partial<MutatedModule> = {}): MutatedModule {
  return { name, sources: [`src/${path}`], tests: [`test/${path}`], ...rest };
}

/** A folder's sources but for some, which only wire others together. */
function without(folder: string, names: readonly string[]): string[] {
  return filesIn(folder, '.ts').filter((file) => !names.includes(relative(folder, file)));
}

/** @throws Error of the file system if a listed path does not exist */
export function sourcesOf({ sources }: MutatedModule): string[] {
  return sources.flatMap((path) => filesIn(path, '.ts'));
}

/** @throws Error of the file system if a listed path does not exist */
export function testsOf({ tests, slowTests = [] }: MutatedModule): string[] {
  const slow = new Set(slowTests.flatMap((path) => filesIn(path, '.test.ts')));
  return tests.flatMap((path) => filesIn(path, '.test.ts')).filter((file) => !slow.has(file));
}

function filesIn(path: string, ending: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(path, name))
    .sort();
}
