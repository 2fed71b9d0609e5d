import { duration } from '../../terminal/duration.ts';
import { table } from '../../terminal/table.ts';
import { counted } from '../../terminal/text.ts';
import type { Theme } from '../../terminal/theme.ts';
import { type BucketLocation, bucketArguments } from '../bucket/location.ts';
import type { SecretVersion } from '../bucket/objects.ts';
import type { EffectiveSecrets } from '../read/effective.ts';
import type { LintFinding } from '../read/lint.ts';
import type { ListedSecret } from '../read/list.ts';

const KINDS: Readonly<Record<ListedSecret['kind'], string>> = {
  env: 'variables',
  'ssh-key': 'SSH key',
  'git-credentials': 'Git credentials',
  'secret-file': 'variable',
  unread: 'read by no build',
};

export function age(at: Date, now: Date): string {
  return duration((now.getTime() - at.getTime()) / 1000);
}

export function listText(
  secrets: readonly ListedSecret[],
  place: BucketLocation,
  now: Date,
  theme: Theme,
): string {
  if (secrets.length === 0) {
    return `There are no secrets. To store one: ${theme.command(`bk-stack secrets put ${bucketArguments(place)} --help`)}`;
  }
  return table(
    secrets,
    [
      { heading: 'KEY', cell: ({ key }) => key, paint: (text) => theme.stack(text) },
      {
        heading: 'WHAT',
        cell: ({ kind }) => KINDS[kind],
        paint: (text, { kind }) => (kind === 'unread' ? theme.bad(text) : text),
      },
      { heading: 'BYTES', cell: ({ bytes }) => String(bytes) },
      { heading: 'AGE', cell: ({ modifiedAt }) => age(new Date(modifiedAt), now) },
      {
        heading: 'ENCRYPTION',
        cell: ({ encryption }) => encryption,
        paint: (text, { encryption }) => (encryption.startsWith('aws:kms') ? text : theme.bad(text)),
      },
      { heading: 'VERSION', cell: ({ versionId }) => versionId, paint: (text) => theme.dim(text) },
    ],
    theme.heading,
  );
}

/** What a build gets, and from where. */
export function effectiveText(effective: EffectiveSecrets, theme: Theme): string {
  const { pipeline, variables, unsure, sshKeys, gitCredentials } = effective;
  const parts: string[] = [];
  if (variables.length > 0) {
    parts.push(
      table(
        variables,
        [
          { heading: 'VARIABLE', cell: ({ name }) => name, paint: (text) => theme.stack(text) },
          { heading: 'FROM', cell: ({ from }) => from },
          { heading: 'IN PLACE OF', cell: ({ over }) => over.join(', '), paint: (text) => theme.dim(text) },
        ],
        theme.heading,
      ),
    );
  }
  for (const key of unsure)
    parts.push(`${theme.busy('!')} ${key} holds commands: only bash can tell what it sets.`);
  if (sshKeys.length > 0) {
    parts.push(`${theme.heading('SSH KEYS')}, in the order in which they are offered\n${sshKeys.join('\n')}`);
  }
  if (gitCredentials.length > 0) {
    parts.push(
      table(
        gitCredentials,
        [
          { heading: 'GIT CREDENTIALS FOR', cell: ({ host }) => host },
          { heading: 'FROM', cell: ({ from }) => from },
        ],
        theme.heading,
      ),
    );
  }
  return parts.length === 0 ? `A build of ${pipeline} gets no secrets.` : parts.join('\n\n');
}

export function historyText(versions: readonly SecretVersion[], now: Date, theme: Theme): string {
  return table(
    versions,
    [
      { heading: 'VERSION', cell: ({ versionId }) => versionId },
      { heading: 'WRITTEN', cell: ({ modifiedAt }) => modifiedAt.toISOString() },
      { heading: 'AGE', cell: ({ modifiedAt }) => age(modifiedAt, now) },
      { heading: 'BYTES', cell: ({ bytes, removal }) => (removal ? '' : String(bytes)) },
      {
        heading: 'STATE',
        cell: ({ latest, removal }) => (removal ? 'removed' : latest ? 'what builds get' : ''),
        paint: (text) => theme.good(text),
      },
    ],
    theme.heading,
  );
}

export function lintText(secrets: number, findings: readonly LintFinding[], theme: Theme): string {
  if (findings.length === 0)
    return `${theme.good('✔')} ${counted(secrets, 'secret')}, nothing to be seen to.`;
  const lines = findings.map(({ severity, key, message }) => {
    const mark = severity === 'error' ? theme.bad('✖') : theme.busy('!');
    return `${mark} ${key === undefined ? '' : `${theme.stack(key)}: `}${message}`;
  });
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  return [
    ...lines,
    '',
    `${counted(secrets, 'secret')}: ${counted(errors, 'error')}, ${counted(warnings, 'warning')}`,
  ].join('\n');
}
