#!/usr/bin/env node
// The SDK warns on every start under Node 20; the engines field of package.json says what we support.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const [only, ...rest] = process.argv.slice(2);
if (rest.length === 0 && (only === '--version' || only === '-v')) {
  const { readFileSync } = await import('node:fs');
  const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  console.log(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}`);
} else {
  const { run } = await import('../dist/main.js');
  await run(import.meta.url);
}
