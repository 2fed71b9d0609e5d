import type { Machine } from './machine.ts';
import { PRESETS, UNIT_LOGS } from '../../program/paths.ts';

/** The first version with RestartMode=, and the first that fires OnFailure= at each automatic restart without it. */
const RESTART_MODE_SINCE = 254;

const DIRECT_RESTART = `[Service]
# OnFailure= waits until the agent has failed for good.
RestartMode=direct
`;

/**
 * The drop-in that keeps one crash of the agent from ending the instance. From version 254 on a service passes through the
 * failed state at each automatic restart, so OnFailure= fires every time unless the restart is direct. Earlier versions fire
 * it only at the start limit, and warn about the unknown key. https://github.com/systemd/systemd/issues/33710
 * @param systemctlVersion printed by `systemctl --version`
 * @returns undefined where systemd needs none
 * @throws Error if there is no version in it
 */
export function agentRestartDropIn(systemctlVersion: string): string | undefined {
  const version = /^systemd (\d+)/.exec(systemctlVersion)?.[1];
  if (version === undefined)
    throw new Error(`systemctl printed no version of systemd: "${systemctlVersion}"`);
  return Number(version) >= RESTART_MODE_SINCE ? DIRECT_RESTART : undefined;
}

/**
 * Enables a unit, and in its preset too, so that a later `systemctl preset-all` leaves it enabled whatever the distribution's
 * presets say.
 * @throws Error if systemd refuses, with the unit's log if it was started
 */
export async function enableUnit(machine: Machine, unit: string, ...options: '--now'[]): Promise<void> {
  await machine.write(PRESETS, withUnitEnabled(machine.read(PRESETS), unit));
  const enable = () => machine.must('systemctl', ['enable', ...options, unit]);
  await (options.includes('--now') ? withUnitLog(machine, unit, enable) : enable());
}

/** Enough for the reason that a program gives at its end, and little beside the rest of a boot's log. */
const LOG_LINES = 20;

/**
 * Starts a unit, or waits for it. systemctl says only that a job failed, and the instance powers off before logs are shipped, so
 * the error carries what the unit said: the end of its journal, and of its log file where it has one.
 * @throws Error of the action, with that log below it
 */
export async function withUnitLog<Result>(
  machine: Machine,
  unit: string,
  action: () => Promise<Result>,
): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    const said = [(error as Error).message, await journalEnd(machine, unit), await logEnd(machine, unit)];
    throw new Error(said.filter((text) => text !== '').join('\n'), { cause: error });
  }
}

async function journalEnd(machine: Machine, unit: string): Promise<string> {
  const options = ['--no-pager', '--quiet', '--output=cat', `--lines=${LOG_LINES}`];
  const { stdout } = await machine.run('journalctl', [...options, `--unit=${unit}`], { timeoutSeconds: 20 });
  return stdout.trim();
}

async function logEnd(machine: Machine, unit: string): Promise<string> {
  const path = UNIT_LOGS[unit];
  if (path === undefined) return '';
  const { stdout } = await machine.run('tail', [`--lines=${LOG_LINES}`, machine.pathOf(path)]);
  return stdout.trim();
}

/** Presets with one line for this unit. The first that matches a unit applies to it. */
function withUnitEnabled(presets: string, unit: string): string {
  const others = presets.split('\n').filter((line) => line !== '' && !line.endsWith(` ${unit}`));
  return [...others, `enable ${unit}`, ''].join('\n');
}
