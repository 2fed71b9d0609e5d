import { word } from '../shell/quoted.ts';

export const SHELLS = ['sh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

/** Environment variables to set, and with `undefined` to remove. */
export type EnvironmentChange = Readonly<Record<string, string | undefined>>;

/** Lines that a shell evaluates to make the change. */
export function shellLines(change: EnvironmentChange, shell: Shell): string {
  return Object.entries(change)
    .map(([name, value]) => (value === undefined ? removal(name, shell) : assignment(name, value, shell)))
    .join('\n');
}

function assignment(name: string, value: string, shell: Shell): string {
  switch (shell) {
    case 'sh':
      return `export ${name}=${word(value)}`;
    case 'fish':
      return `set -gx ${name} '${value.replace(/[\\']/g, '\\$&')}'`;
    case 'powershell':
      return `$env:${name} = '${value.replaceAll("'", "''")}'`;
  }
}

function removal(name: string, shell: Shell): string {
  switch (shell) {
    case 'sh':
      return `unset ${name}`;
    case 'fish':
      return `set -e ${name}`;
    case 'powershell':
      return `Remove-Item Env:${name} -ErrorAction SilentlyContinue`;
  }
}
