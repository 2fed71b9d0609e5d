import { table } from '../terminal/table.ts';
import { counted } from '../terminal/text.ts';
import { outTheme } from '../terminal/theme.ts';
import { sizeText } from './bundle.ts';
import type { Manifest } from './manifest.ts';

/** A name for the archive of a stack and for the folder in it: `bk-stack-ci-20261125T101500Z`. */
export function bundleName(stackName: string, at: Date): string {
  const name = stackName.replace(/^arn:.*:stack\/([^/]*).*$/, '$1');
  return `bk-stack-${name}-${at.toISOString().replace(/[-:]|\.\d+/g, '')}`;
}

/** What would be inside, for people. */
export function previewText({
  path,
  window,
  files,
}: {
  readonly path: string;
  readonly window: Manifest['window'];
  readonly files: readonly { readonly name: string; readonly what: string }[];
}): string {
  return [
    table(
      files,
      [
        { heading: 'FILE', cell: ({ name }) => name },
        { heading: 'WHAT IT IS', cell: ({ what }) => what },
      ],
      outTheme.heading,
    ),
    '',
    `Logs and decisions from ${window.since} to ${window.until}.`,
    `It would be written to ${path}. Nothing was read but the stack's description, and nothing was written.`,
  ].join('\n');
}

/** How it went, for people: what is missing comes first. */
export function bundleText(
  path: string,
  { files, missing, secrets, archiveBytes }: Manifest & { readonly archiveBytes: number },
): string {
  const redactions = files
    .flatMap((file) => Object.values(file.redactions))
    .reduce((sum: number, count) => sum + count, 0);
  return [
    ...missing.map(({ name, why }) => `${outTheme.busy('!')} ${name} is not in it: ${why}`),
    ...secrets.unread.map(
      ({ what, why }) =>
        `${outTheme.busy('!')} Not known, so redacted by shape and name alone: ${what}: ${why}`,
    ),
    ...files.flatMap(({ name, note }) =>
      note?.includes('left out') ? [`${outTheme.busy('!')} ${name}: ${note}`] : [],
    ),
    `${counted(files.length + 2, 'file')}, ${counted(redactions, 'secret')} taken out, ${sizeText(archiveBytes)}: ${
      path === '-' ? 'written to stdout' : path
    }`,
    path === '-' ? '' : 'Look at its manifest.md before you send it.',
  ]
    .filter((line) => line !== '')
    .join('\n');
}
