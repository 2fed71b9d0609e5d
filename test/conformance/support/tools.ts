import { join } from 'node:path';
import { runProcess, type Finished, type RunOptions } from '../../support/process.ts';

type Tool =
  | 'awscli'
  | 'browser'
  | 'buildkite-agent'
  | 'cfn-lint'
  | 'checkov'
  | 'cloud-init'
  | 'moto'
  | 'packer'
  | 'packer-plugin-amazon';

/** Runs a tool that scripts/conformance.ts has installed. */
export function runTool(
  tool: Tool,
  command: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<Finished> {
  return runProcess(join(toolFolder(tool), 'bin', command), args, options);
}

export function toolFolder(tool: Tool): string {
  const folder = process.env['CONFORMANCE_TOOLS'];
  if (folder === undefined) throw new Error('CONFORMANCE_TOOLS is not set: run npm run test:conformance');
  return join(folder, tool);
}
