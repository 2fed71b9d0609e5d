import { join } from 'node:path';
import { runProcess, type Finished, type RunOptions } from '../../support/process.ts';

/** Runs a tool that scripts/conformance.ts has installed. */
export function runTool(
  tool: 'awscli' | 'cfn-lint' | 'checkov',
  command: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<Finished> {
  const folder = process.env['CONFORMANCE_TOOLS'];
  if (folder === undefined) throw new Error('CONFORMANCE_TOOLS is not set: run npm run test:conformance');
  return runProcess(join(folder, tool, 'bin', command), args, options);
}
