import type { Theme } from '../../terminal/theme.ts';
import type { Written } from '../bucket/objects.ts';

/** What storing secrets came to. */
export interface PutReport {
  readonly name: string;
  readonly bucket: string;
  readonly pipeline?: string;
  readonly written: readonly Written[];
  readonly variables?: {
    readonly set: readonly string[];
    readonly removed: readonly string[];
    readonly absent: readonly string[];
  };
  /** Variables that a new env file no longer has. */
  readonly dropped: readonly string[];
  readonly publicKey?: string;
  readonly warnings: readonly string[];
}

/** Keys and names, never a value. */
export function putText(report: PutReport, theme: Theme): string {
  const { bucket, name, pipeline, publicKey, variables, written, dropped } = report;
  const whose = pipeline === undefined ? `every pipeline of ${name}` : `the pipeline ${pipeline} of ${name}`;
  const lines: string[] = [];
  if (written.length > 20)
    lines.push(`${theme.good('✔')} ${written.length} secrets stored in s3://${bucket}`);
  else {
    for (const { key, encryption } of written) {
      lines.push(`${theme.good('✔')} s3://${bucket}/${key} ${theme.dim(`(${encryption})`)}`);
    }
  }
  if (variables !== undefined) {
    const { set, removed, absent } = variables;
    if (set.length > 0) lines.push(`Set: ${set.join(', ')}`);
    if (removed.length > 0) lines.push(`Removed: ${removed.join(', ')}`);
    if (absent.length > 0) lines.push(`Not there, so not removed: ${absent.join(', ')}`);
    if (written.length === 0) lines.push('Nothing had to be changed.');
  }
  if (dropped.length > 0) {
    // A bucket without versions calls every one of them null.
    const kept = written.every(({ versionId }) => versionId !== 'null');
    lines.push(
      `No longer in the file: ${dropped.join(', ')}. ${kept ? `The version before is kept: bk-stack secrets history ${name === bucket ? `--bucket ${bucket}` : name} KEY` : 'The bucket keeps no versions, so they are gone.'}`,
    );
  }
  if (publicKey !== undefined) {
    lines.push(
      '',
      publicKey,
      '',
      'This is the public half. Paste it where builds fetch from: GitHub under Settings, Deploy keys of the repository;',
      'GitLab under Settings, Repository, Deploy keys; Bitbucket under Repository settings, Access keys.',
    );
  }
  if (written.length > 0) lines.push(theme.dim(`In force for ${whose}, from the next job on.`));
  return lines.join('\n');
}
