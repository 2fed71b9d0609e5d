import { appendFileSync, mkdirSync } from 'node:fs';
import { Metadata } from '../lifecycle/metadata.ts';
import { run } from '../run.ts';
import type { Settings } from '../settings.ts';
import { bootstrap } from './bootstrap.ts';
import { bootCalls } from './calls.ts';
import { layOut } from './configure.ts';
import { distributionOf } from './distribution.ts';
import { STATIC_FILES } from './files.ts';
import { Machine } from './machine.ts';
import { LOGS } from './places.ts';
import { EXPECTED, installAgent, installSoftware, softwareVersions } from './software.ts';

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
  if (await bootstrap(machine, settings, bootCalls(settings, new Metadata()), lines)) return;
  await run('systemctl', ['poweroff', '--no-block']);
  throw new Error('this instance could not be brought up');
}

function plainMachine(): Machine {
  return new Machine((line) => process.stdout.write(`${timestamped(line)}\n`));
}

export async function runInstall(release: string): Promise<void> {
  const machine = plainMachine();
  const distribution = distributionOf(machine.read('/etc/os-release'), process.arch);
  await installSoftware(machine, distribution);
  await installAgent(machine, distribution, release);
  await layOut(machine);
}

export async function printManifest(): Promise<void> {
  process.stdout.write(`${JSON.stringify(await softwareVersions(plainMachine()), undefined, 2)}\n`);
}

/** @throws Error that names what is missing */
export async function runSmoke(): Promise<void> {
  const versions = await softwareVersions(plainMachine());
  const missing = EXPECTED.filter((name) => versions[name] === undefined);
  if (missing.length > 0) throw new Error(`missing on this machine: ${missing.join(', ')}`);
}

export async function writeFiles(folder: string): Promise<void> {
  const machine = new Machine(() => undefined, folder);
  for (const { path, mode, text } of STATIC_FILES) await machine.write(path, text, { mode });
}
