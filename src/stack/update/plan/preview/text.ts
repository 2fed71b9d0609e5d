import { counted } from '../../../../terminal/text.ts';
import type { Theme } from '../../../../terminal/theme.ts';
import { imageChangeText } from '../../../image/image.ts';
import { type ChangeKind, isTagsOnly, type PropertyChange } from './changes.ts';
import { DRAINED } from './meaning.ts';
import type { UpdatePreview, WeighedChange } from './preview.ts';

const SIGNS: Readonly<Record<ChangeKind, string>> = {
  add: '+',
  change: '~',
  replace: '±',
  'perhaps replace': '±',
  remove: '-',
};

/** Longer values (user data, policies) are told by their length. */
const LONGEST = 72;

/** A preview for people. */
export function previewText(preview: UpdatePreview, theme: Theme): string {
  const { stackName, region, version, parameters, image, gone, tags, resources, drift } = preview;
  const versions = [version?.before, version?.after].map((each) => each ?? '?');
  const title = `${theme.heading('Update of')} ${theme.stack(stackName)} in ${region}`;
  const retagged = resources.filter((change) => isTagsOnly(change) && change.meaning.weight === 'none');
  const told = resources.filter((change) => !retagged.includes(change));
  return [
    versions[0] === versions[1] ? title : `${title}: version ${versions[0]} → ${versions[1]}`,
    parameters.length === 0
      ? ''
      : [
          theme.heading('Parameters'),
          ...parameters.map(({ name, before, after }) => `  ${name}: ${fromTo({ before, after })}`),
        ].join('\n'),
    image === undefined ? '' : imageChangeText(image, theme),
    gone.length === 0 ? '' : `${theme.heading('Parameters that there are no more')}\n  ${gone.join(', ')}`,
    tags.length === 0
      ? ''
      : [
          theme.heading('Tags of the stack'),
          ...tags.map(({ name, before, after }) => `  ${name}: ${fromTo({ before, after })}`),
        ].join('\n'),
    [
      theme.heading('Resources'),
      ...told.map((change) => resourceText(change, theme)),
      ...retaggedText(retagged, theme),
    ].join('\n'),
    drift.length === 0
      ? ''
      : [
          theme.heading('Changed past the stack since'),
          ...drift.map(
            ({ logicalId, property, expected, actual }) =>
              `  ${logicalId} ${property}: ${theme.busy(`is ${shown(actual)}`)}, and the stack has made it ${shown(expected)}`,
          ),
        ].join('\n'),
    theme.heading(summary(preview)),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function summary({ resources, strategy }: UpdatePreview): string {
  const count = (...kinds: ChangeKind[]) => resources.filter(({ kind }) => kinds.includes(kind)).length;
  const counts = [
    `${count('add')} to add`,
    `${count('change')} to change`,
    `${count('replace', 'perhaps replace')} to replace`,
    `${count('remove')} to remove`,
  ].join(', ');
  const instances = resources.find(({ meaning }) => meaning.weight === 'instances');
  // Draining ends all of them, whatever changes.
  const drained = strategy === 'drain' ? DRAINED : 'no instance is touched';
  const builds = upper(instances?.meaning.text ?? drained);
  return `${counts}. ${builds}.`;
}

function resourceText(
  { kind, logicalId, type, meaning, properties, retained }: WeighedChange,
  theme: Theme,
): string {
  const paint = meaning.weight === 'refused' ? theme.bad : meaning.weight === 'none' ? theme.dim : theme.busy;
  const sign = kind === 'add' ? theme.good(SIGNS[kind]) : SIGNS[kind];
  const says =
    kind === 'add' || (kind === 'remove' && meaning.weight === 'none')
      ? kind === 'remove' && retained
        ? 'stays in the account'
        : ''
      : meaning.text;
  const first = `  ${sign} ${logicalId} ${theme.dim(type)}${says === '' ? '' : `: ${paint(says)}`}`;
  return [first, ...properties.map((property) => propertyText(property, theme))].join('\n');
}

/** Resources of which tags alone change, together: the same tag changes on many of them. */
function retaggedText(retagged: readonly WeighedChange[], theme: Theme): string[] {
  if (retagged.length === 0) return [];
  // Where there are no values, it is the stack's own tags.
  const told = retagged.map(({ properties }) => [
    ...new Set(
      properties
        .filter(({ before, after }) => before !== undefined || after !== undefined)
        .map((property) => propertyText({ ...property, path: 'Tags' }, theme)),
    ),
  ]);
  const counts = new Map<string, number>();
  for (const text of told.flat()) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [
    `  ~ ${counted(retagged.length, 'resource')}: tags only`,
    ...[...counts].map(([text, count]) => `${text}${theme.dim(`, on ${count}`)}`),
  ];
}

function propertyText(property: PropertyChange, theme: Theme): string {
  const { path, recreates, cause } = property;
  const because = cause === undefined ? '' : theme.dim(` (by ${cause})`);
  const needs = recreates === 'never' ? '' : ` ${recreates === 'always' ? 'needs' : 'may need'} a new one`;
  return `      ${path}: ${fromTo(property)}${needs}${because}`;
}

function fromTo({
  before,
  after,
}: {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}) {
  if (before === undefined && after === undefined) return 'changes';
  if (before === undefined) return `${shown(after)} (new)`;
  return `${shown(before)} → ${after === undefined ? 'none' : shown(after)}`;
}

/** What CloudFormation writes for a value that comes to be only by the update. */
const KNOWN_LATER = /\{\{changeSet:KNOWN_AFTER_APPLY\}\}/g;

function shown(value = ''): string {
  if (value === '') return '(empty)';
  const line = value.replace(KNOWN_LATER, '(known afterwards)').replace(/\s+/g, ' ');
  return line.length > LONGEST ? `(${value.length} characters)` : line;
}

function upper(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
