import type { MachineRecord } from './state.ts';

/** A machine's console as GetConsoleOutput shows it: the kernel, cloud-init, and what went wrong. */
export function consoleText({ instanceId, phase, poweredAt, failure, remarks }: MachineRecord): string {
  const at = new Date(poweredAt).toUTCString();
  const lines = [
    '[    0.000000] Linux version 6.1.158-178.288.amzn2023 (mockbuild@ip-10-0-0-1)',
    '[    1.871204] systemd[1]: Detected virtualization amazon.',
    `[    9.402117] cloud-init[1701]: Cloud-init v. 22.2.2 running 'modules:config' at ${at}. Instance ${instanceId}.`,
  ];
  if (phase !== 'booting') {
    lines.push(`[   14.730655] cloud-init[1762]: Cloud-init v. 22.2.2 running 'modules:final' at ${at}.`);
    lines.push(...remarks.map((remark) => `[   38.${stamp(remark)}] cloud-init[1762]: ${remark}`));
  }
  if (failure !== undefined) {
    lines.push(`[   41.${stamp(failure)}] cloud-init[1762]: ${failure}`);
    lines.push(
      `[   41.590277] cloud-init[1762]: cc_scripts_user.py[WARNING]: Failed to run module scripts-user (scripts in /var/lib/cloud/instance/scripts)`,
    );
  }
  if (phase === 'up') {
    lines.push(
      `[   44.018553] cloud-init[1762]: Cloud-init v. 22.2.2 finished at ${at}. Datasource DataSourceEc2.`,
    );
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** Six digits that look like the kernel's clock, and are the same for the same line. */
function stamp(line: string): string {
  return String(
    Array.from(line).reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 1_000_000, 7),
  ).padStart(6, '0');
}
