import { loadSpecification } from './load.ts';
import type { TypeRecord } from './record.ts';

export type Tagging = NonNullable<TypeRecord['tagging']>;

/** Recognized by CloudFormation, but not published: the CDK puts one in each of its templates. */
const UNPUBLISHED = 'AWS::CDK::Metadata';

export function isKnownType(type: string): boolean {
  return type === UNPUBLISHED || loadSpecification().has(type);
}

/** The attributes of Fn::GetAtt, nested ones dotted. */
export function attributeNames(type: string): readonly string[] {
  return loadSpecification().get(type)?.attributes ?? [];
}

/** The property that holds tags and how: a list of Key and Value, a map, or Auto Scaling's own kind. */
export function taggingOf(type: string): Tagging | undefined {
  return loadSpecification().get(type)?.tagging;
}

/** The properties that together say which resource it is. */
export function primaryIdentifier(type: string): readonly string[] {
  return loadSpecification().get(type)?.identifier ?? [];
}
