import { execFileSync } from 'node:child_process';

/** Runs a command of the system, and gives what it prints. @throws Error with what it says where it fails */
export function command(name: string, ...args: string[]): string {
  return execFileSync(name, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
