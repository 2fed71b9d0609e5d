import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { packageFile } from '../../package-file.ts';

/** Something that a stack fetches from the assets bucket. */
export interface Asset {
  /** With the SHA-256 of the content in it: what is there already need not be sent again, and is checked when fetched. */
  readonly key: string;
  readonly content: string;
  readonly contentType: string;
}

/** The program of the instances, as it ships with this package. */
export function hostProgram(): Asset {
  const content = readFileSync(packageFile('dist/host/host.mjs'), 'utf8');
  const hash = createHash('sha256').update(content).digest('hex');
  return { key: `host/${hash}.mjs`, content, contentType: 'text/javascript' };
}
