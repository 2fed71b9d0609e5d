/** The process of a sandbox in the background. What it is to do, and how it went, goes over the channel to its parent. */
import { failureMessage, type FromBackground } from './channel.ts';
import { runSandbox, type RunOptions } from './run.ts';

const abort = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => {
    abort.abort();
  });
}

const options = JSON.parse(process.argv[2] ?? '{}') as RunOptions;
try {
  await runSandbox(options, {
    signal: abort.signal,
    ready(sandbox) {
      tell({ ready: sandbox });
      if (process.connected) process.disconnect();
    },
    log: () => undefined,
    failed(error) {
      process.stderr.write(
        `${new Date().toISOString()} ${error instanceof Error ? error.stack : String(error)}\n`,
      );
    },
  });
  process.exit(0);
} catch (error) {
  tell({ failed: failureMessage(error) });
  process.exit(1);
}

function tell(message: FromBackground): void {
  if (process.connected) process.send?.(message);
}
