/** Writes docs/parameters.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parameterReference } from './parameter-reference.ts';

const root = resolve(import.meta.dirname, '..');
const text = (file: string): string => readFileSync(resolve(root, file), 'utf8');

writeFileSync(
  resolve(root, 'docs/parameters.md'),
  parameterReference(text('template/bk-stack.yml'), text('template/official-parameters.yml')),
);
