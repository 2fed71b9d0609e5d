import { table } from '../../terminal/table.ts';
import type { Theme } from '../../terminal/theme.ts';
import type { StackParameters, StackParameterValue } from './params.ts';

/** A stack's parameters for people: those that are not the default stand out. */
export function paramsText({ parameters }: StackParameters, theme: Theme): string {
  if (parameters.length === 0) return 'All parameters have their defaults.';
  return table<StackParameterValue>(
    parameters,
    [
      {
        heading: 'PARAMETER',
        cell: ({ name }) => name,
        paint: (text, { changed }) => (changed ? theme.heading(text) : text),
      },
      {
        heading: 'VALUE',
        cell: ({ value }) => value || '(empty)',
        paint: (text, { changed }) => (changed ? text : theme.dim(text)),
      },
      {
        heading: 'DEFAULT',
        cell: ({ changed, preset }) => (changed ? (preset ?? '(none)') || '(empty)' : ''),
        paint: (text) => theme.dim(text),
      },
    ],
    theme.heading,
  );
}

/** The same as a table for a ticket. */
export function paramsMarkdown({ stack, parameters }: StackParameters): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
  const { stackName, region, status, origin, version = '?' } = stack;
  return [
    `Stack \`${stackName}\` in ${region}: ${origin} ${version}, ${status}`,
    '',
    '| parameter | value | default |',
    '| --- | --- | --- |',
    ...parameters.map(
      ({ name, value, preset, changed }) =>
        `| ${name} | ${cell(value)} | ${changed ? cell(preset ?? '(none)') : 'same'} |`,
    ),
  ].join('\n');
}
