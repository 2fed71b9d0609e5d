import type { Reason } from '../redaction/patterns.ts';
import type { KnownSecrets } from './known-secrets.ts';

/** A file that is in the archive. */
export interface BundledFile {
  readonly name: string;
  readonly what: string;
  readonly bytes: number;
  /** How often what was taken out. */
  readonly redactions: Readonly<Partial<Record<Reason, number>>>;
  /** What a reader should know: that it is cut, or empty and why. */
  readonly note?: string;
}

/** What should be there, and is not. */
export interface MissingFile {
  readonly name: string;
  readonly what: string;
  readonly why: string;
}

/** What is in a bundle, and what is not. */
export interface Manifest {
  readonly stackName: string;
  readonly region: string;
  readonly madeAt: string;
  readonly madeBy: string;
  /** Of the logs and of the scaler's decisions. */
  readonly window: { readonly since: string; readonly until: string };
  readonly files: readonly BundledFile[];
  readonly missing: readonly MissingFile[];
  readonly secrets: KnownSecrets & { readonly accountRedacted: boolean };
}

/** The manifest for people. */
export function manifestText(manifest: Manifest): string {
  const { stackName, region, madeAt, madeBy, window, files, missing, secrets } = manifest;
  return [
    `# Support bundle of the stack ${stackName}`,
    '',
    `Made by ${madeBy} at ${madeAt} in ${region}. Logs and decisions from ${window.since} to ${window.until}. Times are UTC.`,
    '',
    'Secrets are taken out; `[redacted ...]` stands in place of each, with what it was.',
    '',
    '## Files',
    '',
    '| file | what it is | bytes | taken out | note |',
    '| --- | --- | --- | --- | --- |',
    ...files.map(
      ({ name, what, bytes, redactions, note = '' }) =>
        `| ${name} | ${what} | ${bytes} | ${countsText(redactions)} | ${cell(note)} |`,
    ),
    '',
    '## Not in it',
    '',
    ...(missing.length === 0
      ? ['Nothing is missing.']
      : missing.map(({ name, what, why }) => `- ${name} (${what}): ${cell(why)}`)),
    '',
    '## How secrets were found',
    '',
    `By ${secrets.values} known values, wherever and however they are written; by the shapes of tokens, keys, signed and credentialed URLs and headers; by names such as DB_PASSWORD.`,
    '',
    ...secrets.read.map((what) => `- known: ${what}`),
    ...secrets.unread.map(
      ({ what, why }) => `- **not known: ${what}**, so found by shape and name alone: ${cell(why)}`,
    ),
    ...(secrets.tooShort === 0
      ? []
      : [
          `- ${secrets.tooShort} values have fewer than six characters, and are found by their names alone: they stand in any text by chance`,
        ]),
    `- account ids: ${secrets.accountRedacted ? 'taken out' : 'kept (--redact-account takes them out)'}`,
    '',
  ].join('\n');
}

/** `2 known value, 1 token` */
export function countsText(redactions: BundledFile['redactions']): string {
  const counts = Object.entries(redactions).map(([reason, count]) => `${count} ${reason}`);
  return counts.length === 0 ? 'nothing' : counts.join(', ');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}
