import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../../kernel/errors.ts';
import { readScalar } from './scalars.ts';

/** How a dialect of the query protocols names things in a form. */
export interface FormDialect {
  readonly ec2: boolean;
}

/** A form's dotted names as a tree: `Tags.member.1.Key=a` lies at Tags, member, 1, Key. */
interface FormNode {
  text?: string;
  readonly children: Map<string, FormNode>;
}

/**
 * An operation's input out of a form. What is no member of it is passed over, as AWS does.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-query-serialization-of-types
 * @throws AwsError MalformedInput for a value that its member cannot take
 */
export function readForm(schema: NormalizedSchema, form: URLSearchParams, dialect: FormDialect): object {
  const root: FormNode = { children: new Map() };
  for (const [name, text] of form) insert(root, name.split('.'), text);
  return schema.isStructSchema() ? readStructure(schema, root, dialect) : {};
}

function insert(root: FormNode, path: readonly string[], text: string): void {
  let node = root;
  for (const step of path) {
    let child = node.children.get(step);
    if (child === undefined) {
      child = { children: new Map() };
      node.children.set(step, child);
    }
    node = child;
  }
  node.text = text;
}

function read(schema: NormalizedSchema, node: FormNode, dialect: FormDialect): unknown {
  if (schema.isStructSchema()) return readStructure(schema, node, dialect);
  if (schema.isListSchema()) return readList(schema, node, dialect);
  if (schema.isMapSchema()) return readMap(schema, node, dialect);
  return readScalar(schema, node.text ?? '', schema.getMemberName());
}

function readStructure(schema: NormalizedSchema, node: FormNode, dialect: FormDialect): object {
  const value: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const child = node.children.get(keyOf(name, member, dialect));
    if (child !== undefined) value[name] = read(member, child, dialect);
  }
  return value;
}

function keyOf(name: string, member: NormalizedSchema, { ec2 }: FormDialect): string {
  const { xmlName, ec2QueryName } = member.getMergedTraits() as { xmlName?: string; ec2QueryName?: string };
  if (!ec2) return xmlName ?? name;
  const key = xmlName ?? name;
  return ec2QueryName ?? key.charAt(0).toUpperCase() + key.slice(1);
}

/** Clients differ in whether they name the member between a list and its numbers. */
function readList(schema: NormalizedSchema, node: FormNode, dialect: FormDialect): unknown[] {
  const member = schema.getValueSchema();
  const { xmlName } = member.getMergedTraits() as { xmlName?: string };
  const items = node.children.get('member') ?? node.children.get(xmlName ?? '') ?? node;
  return numbered(items).map((item) => read(member, item, dialect));
}

function readMap(schema: NormalizedSchema, node: FormNode, dialect: FormDialect): object {
  const keySchema = schema.getKeySchema();
  const valueSchema = schema.getValueSchema();
  const keyName = (keySchema.getMergedTraits() as { xmlName?: string }).xmlName ?? 'key';
  const valueName = (valueSchema.getMergedTraits() as { xmlName?: string }).xmlName ?? 'value';
  const entries = numbered(node.children.get('entry') ?? node).map((entry): [string, unknown] => {
    const value = entry.children.get(valueName) ?? { children: new Map<string, FormNode>() };
    return [entry.children.get(keyName)?.text ?? '', read(valueSchema, value, dialect)];
  });
  return Object.fromEntries(entries);
}

function numbered({ children }: FormNode): FormNode[] {
  return [...children]
    .filter(([key]) => /^\d+$/.test(key))
    .sort(([left], [right]) => Number(left) - Number(right))
    .map(([, node]) => node);
}

/** A form as it came in a body, or in the query of a GET. @throws AwsError MalformedQueryString */
export function parseForm(text: string): URLSearchParams {
  if (text.includes('\0')) throw new AwsError('MalformedQueryString', 'The query string contains a NUL.');
  return new URLSearchParams(text);
}
