import { type RunOptions, runSandbox } from './run.ts';

/** Runs a sandbox in this process, until the signal ends it or somebody stops it. */
export async function runInForeground(
  options: RunOptions,
  { signal, log }: { readonly signal: AbortSignal; readonly log: (line: string) => void },
): Promise<void> {
  await runSandbox(options, {
    signal,
    log,
    ready({ endpoint, speed }) {
      log(`The sandbox listens at ${endpoint}, ${speed} times faster than real time. Ctrl-C ends it.`);
    },
    failed(error) {
      log(`The sandbox failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    },
  });
}
