import type { Tags } from 'yaml';
import type { TemplateValue } from './value.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html, and those of Rules. */
const FUNCTIONS = [
  'And',
  'Base64',
  'Cidr',
  'Contains',
  'EachMemberEquals',
  'EachMemberIn',
  'Equals',
  'FindInMap',
  'GetAZs',
  'GetAtt',
  'GetStackOutput',
  'If',
  'ImportValue',
  'Join',
  'Length',
  'Not',
  'Or',
  'RefAll',
  'Select',
  'Split',
  'Sub',
  'ToJsonString',
  'Transform',
  'ValueOf',
  'ValueOfAll',
];

/** The YAML tags of the short forms. The same tag may stand on a scalar, a list or a map; the node keeps it. */
export const SHORT_FORMS: Tags = [...FUNCTIONS, 'Ref', 'Condition'].flatMap((name) => {
  const tag = `!${name}`;
  return [
    { tag, resolve: (text: string) => text },
    { tag, collection: 'seq' as const },
    { tag, collection: 'map' as const },
  ];
});

/** A tagged value in its long form. `!GetAtt a.b.c` names the resource up to the first dot; the rest is the attribute. */
export function writtenOut(tag: string | undefined, value: TemplateValue): TemplateValue {
  if (tag === undefined || !tag.startsWith('!') || tag.startsWith('!!')) return value;
  if (tag === '!Ref' || tag === '!Condition') return { [tag.slice(1)]: value };
  if (tag === '!GetAtt' && typeof value === 'string') {
    const dot = value.indexOf('.');
    return { 'Fn::GetAtt': dot < 0 ? [value] : [value.slice(0, dot), value.slice(dot + 1)] };
  }
  return { [`Fn::${tag.slice(1)}`]: value };
}
