import type { Settings } from '../settings.ts';
import type { BootCalls } from './calls.ts';
import { configure, layOut } from './configure.ts';
import { distributionOf } from './distribution.ts';
import type { StaticFile } from './files.ts';
import type { Machine } from './machine.ts';
import { seedMirrors } from './mirror-seeds.ts';
import { BOOT_STATE } from './places.ts';
import { installAgent, installSoftware } from './software.ts';
import { mountInstanceStore, placeTmp } from './storage.ts';

export interface BootInput {
  /** What lies on every instance. */
  readonly files: readonly StaticFile[];
  /** What the machine has said so far. */
  readonly lines: readonly string[];
}

/** Less than half of what the launching hook waits. What hangs for good is bounded where it is done. */
const HEARTBEAT_MS = 300_000;

/**
 * Brings an instance up, from a bare image or from a baked one. A boot that was completed is left alone; one that broke
 * off is not taken up, as nobody knows where it stands.
 * @returns whether agents run now; if not, what can be told of it has been told, and the caller powers off
 */
export async function bootstrap(
  machine: Machine,
  settings: Settings,
  calls: BootCalls,
  { files, lines }: BootInput,
): Promise<boolean> {
  let instanceId: string | undefined;
  let heartbeat: NodeJS.Timeout | undefined;
  try {
    // First, as a failure cannot be reported without it.
    const id = await machine.patiently('instance metadata', calls.instanceId);
    instanceId = id;
    heartbeat = setInterval(() => {
      void calls.tellGroup(id, 'goes on').catch(() => undefined);
    }, HEARTBEAT_MS);
    const state = machine.exists(BOOT_STATE) ? machine.read(BOOT_STATE).trim() : undefined;
    if (state === 'completed') {
      machine.say('this instance has been brought up before');
      return true;
    }
    if (state !== undefined) throw new Error('An earlier boot of this instance broke off');
    await machine.write(BOOT_STATE, 'started\n');
    await bringUp(machine, settings, calls, { instanceId, files });
    await machine.write(BOOT_STATE, 'completed\n');
  } catch (error) {
    machine.say(`failed: ${(error as Error).message}`);
    if (instanceId !== undefined) await tell(machine, calls, instanceId, lines);
    return false;
  } finally {
    clearInterval(heartbeat);
  }
  await calls.signal(instanceId, 'SUCCESS').catch((error: unknown) => {
    // A stack that stands takes no signal, which is no fault of an instance that comes later.
    machine.say(`the stack takes no signal: ${(error as Error).message}`);
  });
  const up = instanceId;
  // Its agents run: without this word the group would end it with its jobs.
  await machine
    .patiently('launch', () => calls.tellGroup(up, 'CONTINUE'))
    .catch((error: unknown) => {
      machine.say(`the group could not be told that this instance is up: ${(error as Error).message}`);
    });
  return true;
}

async function bringUp(
  machine: Machine,
  settings: Settings,
  calls: BootCalls,
  { instanceId, files }: Pick<BootInput, 'files'> & { readonly instanceId: string },
): Promise<void> {
  const distribution = distributionOf(machine.read('/etc/os-release'), process.arch);
  machine.say(`${instanceId}: ${distribution.name} on ${distribution.architecture}`);
  await placeTmp(machine, settings.flag('BUILDKITE_MOUNT_TMPFS_AT_TMP'));
  await installSoftware(machine, distribution);
  await installAgent(machine, distribution, settings.required('BUILDKITE_AGENT_RELEASE'));
  await layOut(machine, files);
  if (settings.flag('BUILDKITE_ENABLE_INSTANCE_STORAGE')) await mountInstanceStore(machine);
  const seeds = settings.text('BUILDKITE_GIT_MIRROR_SEED_BUCKET');
  if (seeds !== '') await seedMirrors(machine, seeds);
  await configure(machine, settings, distribution, { ...calls, instanceId });
  const script = settings.text('BUILDKITE_BOOTSTRAP_SCRIPT_URL');
  if (script !== '') await runOwnScript(machine, script, calls);
  await machine.must('systemctl', ['enable', '--now', 'bk-stack-lifecycle.service']);
  await machine.must('systemctl', ['enable', '--now', 'buildkite-agent.service']);
  machine.say('the agent is started');
}

async function runOwnScript(machine: Machine, url: string, calls: BootCalls): Promise<void> {
  machine.say(`running ${url}`);
  const path = '/var/lib/bk-stack/bootstrap-script';
  const text = await machine.patiently(url, () => calls.fetch(url));
  await machine.write(path, text, { mode: 0o700 });
  // Users rely on bash even where their script does not say so.
  const output = await machine.must('bash', [path], { timeoutSeconds: 1800 });
  if (output !== '') machine.say(output);
}

/** Each by itself, so that one that fails does not keep the others back. */
async function tell(
  machine: Machine,
  calls: BootCalls,
  instanceId: string,
  lines: readonly string[],
): Promise<void> {
  const parts: readonly (readonly [string, () => Promise<void>])[] = [
    ['boot log', () => calls.shipLog(instanceId, lines)],
    ['signal', () => calls.signal(instanceId, 'FAILURE')],
    ['launch', () => calls.tellGroup(instanceId, 'ABANDON')],
    ['health', () => calls.markUnhealthy(instanceId)],
  ];
  for (const [what, part] of parts) {
    await part().catch((error: unknown) => {
      machine.say(`${what} could not be sent: ${(error as Error).message}`);
    });
  }
}
