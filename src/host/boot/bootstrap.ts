import type { Settings } from '../program/settings.ts';
import type { BootCalls } from './calls.ts';
import { configure, installFiles } from './configuration/configure.ts';
import { distributionOf } from './machine/distribution.ts';
import type { StaticFile } from './configuration/files.ts';
import type { Machine } from './machine/machine.ts';
import { seedMirrors } from './machine/mirror-seeds.ts';
import { BOOT_STATE, EPHEMERAL, HOOKS_UNIT, WAKE_UNIT } from '../program/paths.ts';
import { installAgent, installSoftware } from './machine/software.ts';
import { bootState, entersWarmPool, firstStep } from './stages.ts';
import { mountInstanceStore, mountTmp } from './machine/storage.ts';
import { enableUnit } from './machine/systemd.ts';

export interface BootInput {
  /** What lies on every instance. */
  readonly files: readonly StaticFile[];
  /** What the machine has said so far. */
  readonly lines: readonly string[];
  readonly pause: (seconds: number) => Promise<unknown>;
}

/** Between two looks of an instance that runs while the warm pool still has it. */
const LOOK_EVERY_SECONDS = 5;

/** Less than half of what the launching hook waits. What hangs for good is bounded where it is done. */
const HEARTBEAT_MS = 300_000;

/**
 * Brings an instance up, from a bare image or from a baked one. For the warm pool it does so without agents, and again, for
 * what does not outlive a stop, when the instance is started for the group. A boot that was completed is left alone; one
 * that broke off is not taken up, as nobody knows where it stands.
 * @returns whether it went well; if not, what can be told of it has been told, and the caller powers off
 */
export async function bootstrap(
  machine: Machine,
  settings: Settings,
  calls: BootCalls,
  { files, lines, pause }: BootInput,
): Promise<boolean> {
  let instanceId: string | undefined;
  let heartbeat: NodeJS.Timeout | undefined;
  let pooled: boolean;
  try {
    // First, as a failure cannot be reported without it.
    const id = await machine.withRetry('instance metadata', () => calls.instanceId());
    instanceId = id;
    heartbeat = setInterval(() => {
      void calls.reportToGroup(id, 'heartbeat').catch(() => undefined);
    }, HEARTBEAT_MS);
    const state = bootState(machine.exists(BOOT_STATE) ? machine.read(BOOT_STATE) : undefined);
    const target = () => machine.withRetry('target state', () => calls.targetState(id));
    let step = firstStep(state, await target());
    if (step === 'wait') machine.say('the warm pool has this instance still');
    for (; step === 'wait'; step = firstStep(state, await target())) await pause(LOOK_EVERY_SECONDS);
    switch (step) {
      case 'nothing':
        machine.say('this instance has been brought up before');
        return true;
      case 'give up':
        throw new Error('An earlier boot of this instance broke off');
      case 'bring up':
        await machine.write(BOOT_STATE, 'started\n');
        await bringUp(machine, settings, calls, { instanceId, files });
        break;
      case 'wake':
        await machine.write(BOOT_STATE, 'started\n');
        await wake(machine, settings, calls, { instanceId });
        break;
    }
    // Only now, as the group may have taken its decision while the instance booted.
    pooled = entersWarmPool(await target());
    if (pooled) {
      await enableUnit(machine, WAKE_UNIT);
      machine.say('this instance is ready for the warm pool, which stops it now');
    } else await startAgents(machine);
    await machine.write(BOOT_STATE, pooled ? 'prepared\n' : 'completed\n');
  } catch (error) {
    machine.say(`failed: ${(error as Error).message}`);
    if (instanceId !== undefined) await reportFailure(machine, calls, instanceId, lines);
    return false;
  } finally {
    clearInterval(heartbeat);
  }
  if (!pooled) {
    await calls.signal(instanceId, 'SUCCESS').catch((error: unknown) => {
      // A stack that stands takes no signal, which is no fault of an instance that comes later.
      machine.say(`the stack takes no signal: ${(error as Error).message}`);
    });
  }
  const up = instanceId;
  // Its agents run, or it is ready for the pool: without this word the group would end it, with its jobs.
  await machine
    .withRetry('launch', () => calls.reportToGroup(up, 'CONTINUE'))
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
  await mountTmp(machine, settings.flag('BUILDKITE_MOUNT_TMPFS_AT_TMP'));
  await installSoftware(machine, distribution);
  await installAgent(machine, distribution, settings.required('BUILDKITE_AGENT_RELEASE'));
  await installFiles(machine, files);
  await prepareStorage(machine, settings);
  await configure(machine, settings, distribution, { ...calls, instanceId });
  const script = settings.text('BUILDKITE_BOOTSTRAP_SCRIPT_URL');
  if (script !== '') await runOwnScript(machine, script, calls);
}

/**
 * Takes an instance up again that was stopped in the warm pool. Its instance store is empty then, memory as well, and the
 * token, keys and environments may have changed. What is on the root volume is there: software, mirrors, and what one's own
 * script has done.
 */
async function wake(
  machine: Machine,
  settings: Settings,
  calls: BootCalls,
  { instanceId }: { readonly instanceId: string },
): Promise<void> {
  machine.say(`${instanceId} leaves the warm pool`);
  const distribution = distributionOf(machine.read('/etc/os-release'), process.arch);
  await mountTmp(machine, settings.flag('BUILDKITE_MOUNT_TMPFS_AT_TMP'));
  if (machine.exists(EPHEMERAL)) {
    // It has begun with its data below the place where the disks are to be.
    await machine.must('systemctl', ['stop', 'docker.socket', 'docker.service']);
    await prepareStorage(machine, settings);
  }
  await configure(machine, settings, distribution, { ...calls, instanceId });
}

async function prepareStorage(machine: Machine, settings: Settings): Promise<void> {
  if (settings.flag('BUILDKITE_ENABLE_INSTANCE_STORAGE')) await mountInstanceStore(machine);
  const seeds = settings.text('BUILDKITE_GIT_MIRROR_SEED_BUCKET');
  if (seeds !== '') await seedMirrors(machine, seeds);
}

async function startAgents(machine: Machine): Promise<void> {
  await enableUnit(machine, HOOKS_UNIT);
  // It may run already, with what the agent's environment was before.
  await machine.must('systemctl', ['restart', HOOKS_UNIT]);
  await enableUnit(machine, 'bk-stack-lifecycle.service', '--now');
  await enableUnit(machine, 'buildkite-agent.service', '--now');
  machine.say('the agent is started');
}

async function runOwnScript(machine: Machine, url: string, calls: BootCalls): Promise<void> {
  machine.say(`running ${url}`);
  const path = '/var/lib/bk-stack/bootstrap-script';
  const text = await machine.withRetry(url, () => calls.fetch(url));
  await machine.write(path, text, { mode: 0o700 });
  // Users rely on bash even where their script does not say so.
  const output = await machine.must('bash', [path], { timeoutSeconds: 1800 });
  if (output !== '') machine.say(output);
}

/** Each by itself, so that one that fails does not keep the others back. */
async function reportFailure(
  machine: Machine,
  calls: BootCalls,
  instanceId: string,
  lines: readonly string[],
): Promise<void> {
  const parts: readonly (readonly [string, () => Promise<void>])[] = [
    ['boot log', () => calls.shipLog(instanceId, lines)],
    ['signal', () => calls.signal(instanceId, 'FAILURE')],
    ['launch', () => calls.reportToGroup(instanceId, 'ABANDON')],
    ['health', () => calls.markUnhealthy(instanceId)],
  ];
  for (const [what, part] of parts) {
    await part().catch((error: unknown) => {
      machine.say(`${what} could not be sent: ${(error as Error).message}`);
    });
  }
}
