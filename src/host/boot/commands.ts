import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Metadata } from '../lifecycle/metadata.ts';
import { run } from '../../shell/run.ts';
import type { Settings } from '../program/settings.ts';
import { authorizeUsers } from './configuration/authorized-users.ts';
import { bootstrap } from './bootstrap.ts';
import { bootCalls } from './calls.ts';
import { installFiles } from './configuration/configure.ts';
import { distributionOf } from './machine/distribution.ts';
import { STATIC_FILES, type StaticFile } from './configuration/files.ts';
import { Machine } from './machine/machine.ts';
import { JOB_PROGRAM, LOGS } from '../program/paths.ts';
import { checkSoftware, installAgent, installSoftware, softwareVersions } from './machine/software.ts';

/** The bundle of job/main.ts, by file names, put in by scripts/build.ts. */
declare const JOB_PROGRAM_FILES: Readonly<Record<string, string>>;

function everyFile(): StaticFile[] {
  const program = Object.entries(JOB_PROGRAM_FILES).map(([name, text]) => ({
    path: join(dirname(JOB_PROGRAM), name),
    mode: 0o644,
    text,
  }));
  return [...STATIC_FILES, ...program];
}

function timestamped(line: string): string {
  return `${new Date().toISOString()} ${line}`;
}

/** @throws Error when the instance could not be brought up; by then it has been reported and is being powered off */
export async function runBootstrap(settings: Settings): Promise<void> {
  const lines: string[] = [];
  mkdirSync(LOGS, { recursive: true });
  const machine = new Machine((line) => {
    const text = timestamped(line);
    lines.push(text);
    process.stdout.write(`${text}\n`);
    appendFileSync(`${LOGS}/boot.log`, `${text}\n`);
  });
  const input = { files: everyFile(), lines, pause: (seconds: number) => sleep(seconds * 1000) };
  if (await bootstrap(machine, settings, bootCalls(settings, new Metadata()), input)) return;
  await run('systemctl', ['poweroff', '--no-block']);
  throw new Error('this instance could not be brought up');
}

/** @throws Error when the keys cannot be fetched; those there stay */
export async function runAuthorizedUsers(settings: Settings): Promise<void> {
  const machine = plainMachine();
  const url = settings.required('BUILDKITE_AUTHORIZED_USERS_URL');
  const text = await machine.withRetry(url, () => bootCalls(settings, new Metadata()).fetch(url));
  await authorizeUsers(machine, distributionOf(machine.read('/etc/os-release'), process.arch), text);
}

function plainMachine(): Machine {
  return new Machine((line) => process.stdout.write(`${timestamped(line)}\n`));
}

export async function runInstall(release: string): Promise<void> {
  const machine = plainMachine();
  const distribution = distributionOf(machine.read('/etc/os-release'), process.arch);
  await installSoftware(machine, distribution);
  await installAgent(machine, distribution, release);
  await installFiles(machine, everyFile());
}

export async function printManifest(): Promise<void> {
  process.stdout.write(`${JSON.stringify(await softwareVersions(plainMachine()), undefined, 2)}\n`);
}

/** @throws Error that names what is missing */
export async function runSmoke(): Promise<void> {
  await checkSoftware(plainMachine());
}

export async function writeFiles(folder: string): Promise<void> {
  const machine = new Machine(() => undefined, folder);
  for (const { path, mode, text } of everyFile()) await machine.write(path, text, { mode });
}
