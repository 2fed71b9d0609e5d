export type Commands = Readonly<Record<string, (args: readonly string[]) => Promise<void>>>;

/** Runs the command that the first argument names. One that fails says why in one line, and the program exits with 1. */
export async function runProgram(commands: Commands): Promise<void> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const [name = '', ...args] = process.argv.slice(2);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  try {
    if (command === undefined)
      throw new Error(`there is no command ${name}; there are ${Object.keys(commands).join(', ')}`);
    await command(args);
  } catch (error) {
    process.stderr.write(`bk-stack ${name}: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
