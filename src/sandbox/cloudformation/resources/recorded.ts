import { generatedName } from '../../providers/generated-name.ts';
import { attributeNames, primaryIdentifier } from '../specification/index.ts';
import type { ResourceContext } from '../../providers/provider.ts';
import type { ResourceRecord } from '../stacks/records.ts';
import type { TemplateValue } from '../template/index.ts';
import type { Driver, Work } from './driver.ts';
import { noAttribute } from './provided.ts';

/**
 * The driver of every type that no service of the sandbox provides: its properties are kept, it gets a physical id and
 * attributes in AWS's style, and nothing else happens.
 */
export const recorded: Driver = {
  pollSeconds: 1,
  note: 'The sandbox only records this type: nothing was made.',
  seconds: () => 1,
  start(work) {
    if (work.action === 'create') work.physicalId = physicalIdOf(work);
  },
  poll: () => true,
  ref: ({ physicalId = '' }) => physicalId,
  attribute(record, name, context) {
    const property = record.properties[name];
    if (property !== undefined) return property;
    const known = attributeNames(record.type);
    // What AWS does not publish may have any attribute.
    if (known.length > 0 && !known.includes(name)) throw noAttribute(record, name);
    return madeUp(record, name, context);
  },
};

function physicalIdOf({ type, properties, context }: Work): string {
  const [identifier = 'Id', ...others] = primaryIdentifier(type);
  const given = properties[identifier];
  if (others.length === 0 && typeof given === 'string' && given !== '') return given;
  const name = generatedName(context, 255);
  if (identifier.endsWith('Arn')) return arnOf(type, name, context);
  const [, , resource = 'resource'] = type.split('::');
  return identifier.endsWith('Id') ? context.world.ids.hex(`${resource.toLowerCase()}-`) : name;
}

function madeUp(
  { type, physicalId = '' }: ResourceRecord,
  name: string,
  context: ResourceContext,
): TemplateValue {
  const last = name.split('.').at(-1) ?? name;
  if (last.endsWith('Arn'))
    return physicalId.startsWith('arn:') ? physicalId : arnOf(type, physicalId, context);
  if (last.endsWith('Id') || last.endsWith('Name')) return physicalId;
  const host = `${physicalId}.${serviceOf(type)}.${context.region}.amazonaws.com`.toLowerCase();
  if (/Url$|URL$|Uri$/.test(last)) return `https://${host}`;
  if (/Endpoint$|DomainName$|DNSName$|Address$/.test(name.replaceAll('.', ''))) return host;
  return `${physicalId}-${last}`;
}

function arnOf(type: string, id: string, { partition, region, accountId }: ResourceContext): string {
  const [, , resource = ''] = type.split('::');
  return `arn:${partition}:${serviceOf(type)}:${region}:${accountId}:${resource.toLowerCase()}/${id}`;
}

function serviceOf(type: string): string {
  return (type.split('::')[1] ?? '').toLowerCase();
}
