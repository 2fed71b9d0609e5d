import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { packageFile } from '../../base/package-file.ts';

/** Something that a stack fetches from the assets bucket. */
export interface Asset {
  /** With the SHA-256 of the content in it: what is there already need not be sent again, and is checked when fetched. */
  readonly key: string;
  readonly content: string | Uint8Array;
  readonly contentType: string;
}

/** An asset that the template takes by a parameter, whose value is its key. */
export interface Program extends Asset {
  readonly parameter: string;
}

/** The programs of the instances and of the scaler, as they ship with this package. */
export function programs(): Program[] {
  return [
    program('HostProgram', 'dist/host/host.mjs', 'host/*.mjs', 'text/javascript'),
    program('ScalerProgram', 'dist/scaler/scaler.zip', 'scaler/*.zip', 'application/zip'),
  ];
}

function program(parameter: string, file: string, key: string, contentType: string): Program {
  const content = readFileSync(packageFile(file));
  const hash = createHash('sha256').update(content).digest('hex');
  return { parameter, key: key.replace('*', hash), content, contentType };
}
