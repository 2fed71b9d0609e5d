import { createHash } from 'node:crypto';
import type { Table } from '../../kernel/table.ts';
import type { AttributeRecord } from './state.ts';

export function md5(content: string | Uint8Array): string {
  return createHash('md5').update(content).digest('hex');
}

const STRING = 1;
const BINARY = 2;

/**
 * The digest by which clients check that attributes arrived whole: name, type and value of each, in the order of names,
 * with their lengths before them.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export function attributesMd5(attributes: Table<AttributeRecord>): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const parts = names.flatMap((name) => {
    const { DataType = '', StringValue = '', binary } = attributes[name] ?? {};
    const value = binary === undefined ? Buffer.from(StringValue) : Buffer.from(binary, 'base64');
    const kind = Buffer.from([binary === undefined ? STRING : BINARY]);
    return [...sized(Buffer.from(name)), ...sized(Buffer.from(DataType)), kind, ...sized(value)];
  });
  return md5(Buffer.concat(parts));
}

function sized(content: Buffer): [Buffer, Buffer] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return [length, content];
}
