import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

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
  mirrored('update', 'stack/update', { slowTests: ['test/stack/update/killed.test.ts'] }),
  mirrored('delete', 'stack/deletion', { slowTests: ['test/stack/deletion/instances.test.ts'] }),
  mirrored('create', 'stack/creation'),
  mirrored('rotation', 'stack/rotation'),
  mirrored('capacity', 'stack/capacity'),
  mirrored('rollout', 'stack/rollout'),
  mirrored('scaler', 'scaler'),
  mirrored('simulate', 'simulate/engine'),
  mirrored('host-job', 'host/job', { slowTests: ['test/host/job/as-agent.test.ts'] }),
  mirrored('host-lifecycle', 'host/lifecycle'),
  mirrored('host-boot', 'host/boot', {
    slowTests: ['test/host/boot/bootstrap.test.ts', 'test/host/boot/mirror-seeds.test.ts'],
  }),
  mirrored('secrets-check', 'secrets/check'),
  mirrored('secrets-env-file', 'secrets/env-file'),
  mirrored('secrets-build', 'secrets/build'),
  mirrored('logs', 'logs/tailing', { tests: ['test/logs/live.test.ts', 'test/logs/tail.test.ts'] }),
  mirrored('redaction', 'redaction'),
  mirrored('facts', 'stack/facts', {
    // Without the files that only ask AWS.
    sources: [
      'src/stack/facts/stack-facts.ts',
      ...['draining', 'instances', 'launches', 'refreshes', 'state', 'surplus'].map(
        (name) => `src/stack/facts/group/${name}.ts`,
      ),
      ...['resources', 'summary', 'template', 'values'].map((name) => `src/stack/facts/stack/${name}.ts`),
      ...['log-groups', 'untaken-jobs'].map((name) => `src/stack/facts/service/${name}.ts`),
    ],
  }),
  mirrored('diagnosis', 'stack/diagnosis'),
  mirrored('status', 'stack/status', { sources: ['src/stack/status/problems.ts'] }),
  mirrored('doctor', 'doctor', {
    slowTests: ['test/doctor/doctor.test.ts', 'test/doctor/official-stack.test.ts'],
  }),
  mirrored('cloudformation', 'sandbox/cloudformation/engine', { sampledOneIn: 10 }),
];

/** A folder of src with the tests in the folder of the same path in test. */
function mirrored(name: string, path: string, rest: Partial<MutatedModule> = {}): MutatedModule {
  return { name, sources: [`src/${path}`], tests: [`test/${path}`], ...rest };
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
