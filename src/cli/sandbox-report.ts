import { facts } from '../terminal/table.ts';
import type { Theme } from '../terminal/theme.ts';

/** A sandbox that runs on this machine. */
export interface SandboxFacts {
  readonly endpoint: string;
  /** How many times faster than real time its clock runs. */
  readonly speed: number;
  readonly pid: number;
}

/** What the sandbox commands tell, for scripts. */
export type SandboxReport = ({ readonly running: true } & SandboxFacts) | { readonly running: false };

export function sandboxReport(found: SandboxFacts | undefined): SandboxReport {
  if (found === undefined) return { running: false };
  const { endpoint, speed, pid } = found;
  return { running: true, endpoint, speed, pid };
}

/** The same for people. */
export function sandboxText(report: SandboxReport, theme: Theme): string {
  if (!report.running) return `No sandbox runs. Start one: ${theme.command('bk-stack sandbox start')}`;
  return facts(
    [
      ['sandbox', theme.good('running')],
      ['endpoint', report.endpoint],
      ['speed', `${report.speed} times faster than real time`],
      ['process', String(report.pid)],
      ['try', theme.command('bk-stack create --sandbox')],
      ['other tools', theme.command('eval "$(bk-stack sandbox env)"')],
    ],
    theme.dim,
  );
}
