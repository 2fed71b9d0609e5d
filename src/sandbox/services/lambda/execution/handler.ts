import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What a function exports; it may answer by a promise or by its callback. */
export type Handler = (
  event: unknown,
  context: object,
  callback: (error?: unknown, result?: unknown) => void,
) => unknown;

/** Why a function cannot be started, under the name that Lambda gives it. */
export class StartFailure extends Error {
  constructor(name: string, message: string, stack?: string) {
    super(message);
    this.name = name;
    if (stack !== undefined) this.stack = `${name}: ${message}\n${stack.split('\n').slice(1).join('\n')}`;
  }
}

/**
 * Loads the function that a handler's name means: `folder/module.export`, where the export may be nested.
 * @throws StartFailure Runtime.ImportModuleError, Runtime.UserCodeSyntaxError, Runtime.HandlerNotFound, ...; or whatever
 * the module itself throws
 */
export async function loadHandler(root: string, name: string): Promise<Handler> {
  const [, moduleName = '', exported = ''] = /^([^.]*)\.(.*)$/.exec(basename(name)) ?? [];
  if (moduleName === '' || name.includes('..'))
    throw new StartFailure('Runtime.MalformedHandlerName', 'Bad handler');
  const loaded = await loadModule(root, join(dirname(name), moduleName));
  const handler = exported
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], loaded);
  if (handler === undefined || handler === null) {
    throw new StartFailure('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  }
  if (typeof handler !== 'function')
    throw new StartFailure('Runtime.HandlerNotFound', `${name} is not a function`);
  return handler as Handler;
}

async function loadModule(root: string, path: string): Promise<unknown> {
  const file = resolve(root, path);
  const require = createRequire(join(root, 'index.js'));
  const imported = (from: string) => import(pathToFileURL(from).href) as Promise<unknown>;
  try {
    if (existsSync(`${file}.js`)) {
      return isModule(root, file) ? await imported(`${file}.js`) : (require(`${file}.js`) as unknown);
    }
    if (existsSync(`${file}.mjs`)) return await imported(`${file}.mjs`);
    if (existsSync(`${file}.cjs`)) return require(`${file}.cjs`) as unknown;
  } catch (error) {
    throw startFailure(error);
  }
  const stack = '\n    at loadModule (/var/runtime/index.mjs)';
  throw new StartFailure(
    'Runtime.ImportModuleError',
    `Error: Cannot find module '${basename(path)}'\nRequire stack:\n- /var/runtime/index.mjs`,
    stack,
  );
}

/** Whether the nearest package.json says that .js files are ES modules. */
function isModule(root: string, file: string): boolean {
  for (let folder = dirname(file); folder.startsWith(root); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (!existsSync(manifest)) continue;
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: string }).type === 'module';
  }
  return false;
}

function startFailure(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  const named = (name: string) => new StartFailure(name, String(error), error.stack);
  if (error instanceof SyntaxError) return named('Runtime.UserCodeSyntaxError');
  if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND')
    return named('Runtime.ImportModuleError');
  return error;
}
