import { facts, table } from '../../terminal/table.ts';
import { widthOf } from '../../terminal/text.ts';
import type { Theme } from '../../terminal/theme.ts';
import type { StackParameters, StackParameterValue } from './params.ts';

/**
 * A stack's parameters for people: those that are not the default stand out.
 * @param columns how wide it may be; where a table would be wider, the default stands below its value
 */
export function paramsText({ parameters }: StackParameters, theme: Theme, columns = Infinity): string {
  if (parameters.length === 0) return 'All parameters have their defaults.';
  const wide = paramsTable(parameters, theme);
  if (wide.split('\n').every((line) => widthOf(line) <= columns)) return wide;
  return facts(
    parameters.map(({ name, value, changed, preset }) => [
      name,
      (changed ? value || '(empty)' : theme.dim(value || '(empty)')) +
        (changed ? `\n${theme.dim(`default: ${defaultText(preset)}`)}` : ''),
    ]),
    theme.heading,
  );
}

function defaultText(preset: string | undefined): string {
  return (preset ?? '(none)') || '(empty)';
}

function paramsTable(parameters: readonly StackParameterValue[], theme: Theme): string {
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
        cell: ({ changed, preset }) => (changed ? defaultText(preset) : ''),
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
