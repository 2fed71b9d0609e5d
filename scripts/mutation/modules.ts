import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Sources that decide something, and the tests that have to notice when they decide otherwise. */
export interface MutatedModule {
  readonly name: string;
  /** Folders and files. */
  readonly sources: readonly string[];
  /** Folders and files among the sources that decide nothing: the start of a program. */
  readonly except?: readonly string[];
  /** Folders and files: the module's own tests, whose paths mirror the sources'. */
  readonly tests: readonly string[];
  /** Files among the tests that start a server or a program, which takes seconds for each mutant. */
  readonly slowTests?: readonly string[];
  /** Mutates one block of lines in so many, where all of them would take hours. */
  readonly sampledOneIn?: number;
}

export const MODULES: readonly MutatedModule[] = [
  mirrored('update-request', 'stack/update/request'),
  mirrored('update-plan', 'stack/update/plan', {
    slowTests: ['test/stack/update/plan/preview/holders.test.ts'],
  }),
  mirrored('update-execution', 'stack/update/execution', {
    slowTests: ['test/stack/update/execution/update-lock.world.test.ts'],
  }),
  mirrored('delete', 'stack/deletion', { slowTests: ['test/stack/deletion/instances.test.ts'] }),
  mirrored('create', 'stack/creation', { slowTests: ['test/stack/creation/refusals.test.ts'] }),
  mirrored('token', 'stack/token'),
  mirrored('capacity', 'stack/capacity'),
  mirrored('rollout', 'stack/rollout'),
  mirrored('draining', 'stack/draining', { slowTests: ['test/stack/draining/commands.test.ts'] }),
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
  mirrored('scaler', 'scaler', {
    except: ['src/scaler/main.ts'],
    slowTests: [
      // They run a whole cluster of the sandbox for hours of its time.
      'test/scaler/balancing.test.ts',
      'test/scaler/cluster.test.ts',
      'test/scaler/forecast/rush.test.ts',
      'test/scaler/spot.test.ts',
      'test/scaler/starvation.test.ts',
    ],
  }),
  mirrored('simulate', 'simulate/engine'),
  mirrored('host-job', 'host/job', {
    except: ['src/host/job/main.ts'],
    slowTests: ['test/host/job/as-agent.test.ts', 'test/host/job/redactor-process.test.ts'],
  }),
  mirrored('host-lifecycle', 'host/lifecycle', {
    except: ['src/host/lifecycle/commands.ts'],
    slowTests: ['test/host/lifecycle/group-in-sandbox.test.ts', 'test/host/lifecycle/idle.test.ts'],
  }),
  mirrored('host-boot', 'host/boot', {
    // Without the files that install and start things by what these decide, and those that hold texts.
    sources: [
      'src/host/boot/stages.ts',
      ...[
        'address-pools',
        'agent-config',
        'authorized-users',
        'cloudwatch-config',
        'docker-config',
        'resource-limits',
      ].map((name) => `src/host/boot/configuration/${name}.ts`),
      ...['distribution', 'storage', 'systemd'].map((name) => `src/host/boot/machine/${name}.ts`),
    ],
    slowTests: ['test/host/boot/bootstrap.test.ts', 'test/host/boot/machine/mirror-seeds.test.ts'],
  }),
  mirrored('secrets-check', 'secrets/check', { slowTests: ['test/secrets/check/documented.test.ts'] }),
  mirrored('secrets-env-file', 'secrets/env-file', { slowTests: ['test/secrets/env-file/parse.test.ts'] }),
  mirrored('secrets-job', 'secrets/job', { slowTests: ['test/secrets/job/environment.test.ts'] }),
  mirrored('logs', 'logs/tailing', { slowTests: ['test/logs/tailing/million.test.ts'] }),
  mirrored('redaction', 'redaction'),
  mirrored('doctor', 'doctor', {
    except: [
      // It puts the checks together, which shows on a whole stack.
      'src/doctor/doctor.ts',
      // It only asks AWS.
      'src/doctor/network/facts.ts',
      // Tables without decisions; calls.test.ts holds them against the code and the template, which takes it seconds.
      'src/doctor/permissions/calls.ts',
      'src/doctor/permissions/deploying.ts',
    ],
    slowTests: [
      'test/doctor/doctor.test.ts',
      'test/doctor/official-stack.test.ts',
      'test/doctor/permissions/calls.test.ts',
    ],
  }),
  mirrored('cloudformation', 'sandbox/cloudformation/engine', { sampledOneIn: 10 }),
];

/** A folder of src with the tests in the folder of the same path in test. */
function mirrored(name: string, path: string, rest: Partial<MutatedModule> = {}): MutatedModule {
  return { name, sources: [`src/${path}`], tests: [`test/${path}`], ...rest };
}

/** @throws Error of the file system if a listed path does not exist */
export function sourcesOf({ sources, except = [] }: MutatedModule): string[] {
  return filesOf(sources, except, '.ts');
}

/** @throws Error of the file system if a listed path does not exist */
export function testsOf({ tests, slowTests = [] }: MutatedModule): string[] {
  return filesOf(tests, slowTests, '.test.ts');
}

function filesOf(paths: readonly string[], except: readonly string[], ending: string): string[] {
  const without = new Set(except.flatMap((path) => filesIn(path, ending)));
  return paths.flatMap((path) => filesIn(path, ending)).filter((file) => !without.has(file));
}

function filesIn(path: string, ending: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(path, name))
    .sort();
}
