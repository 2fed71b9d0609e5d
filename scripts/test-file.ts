/**
 * Runs the tests of one file or folder alone; more arguments go on to mocha. Sources stand for their tests.
 *
 *     npm run test:file -- src/scaler/sizing/decide.ts --grep cooldown
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';

/** @throws Error if a source has no test */
function specOf(path: string): string {
  const mirrored = path.replace(/^src\//, 'test/').replace(/(?<!\.test)\.ts$/, '.test.ts');
  if (!existsSync(mirrored)) throw new Error(`${path} has no test: ${mirrored} doesn't exist`);
  return statSync(mirrored).isDirectory() ? `${mirrored.replace(/\/$/, '')}/**/*.test.ts` : mirrored;
}

const { require, timeout } = JSON.parse(readFileSync('.mocharc.json', 'utf8')) as {
  require: string[];
  timeout: number;
};
const paths = process.argv.slice(2).filter((argument) => /^(src|test)\//.test(argument));
const options = process.argv.slice(2).filter((argument) => !paths.includes(argument));
if (paths.length === 0)
  throw new Error('Pass the path of a test, a source or a folder: npm run test:file -- PATH');
const mocha = createRequire(import.meta.url)('mocha/lib/cli/cli.js') as { main(args: string[]): void };
mocha.main([
  '--no-config',
  ...require.map((file) => `--require=${file}`),
  `--timeout=${timeout}`,
  ...paths.map((path) => `--spec=${specOf(path)}`),
  ...options,
]);
