import { formatError, validationError } from './errors.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST = { resources: 500, parameters: 200, mappings: 200, outputs: 200 } as const;
const BODY_BYTES = 51_200;
/** "1 MB" in the table of quotas; the error names the number. */
const URL_BYTES = 1_000_000;
const DESCRIPTION_BYTES = 1024;
const NAME_CHARACTERS = 255;
export const PARAMETER_VALUE_BYTES = 4096;

/** @throws AwsError ValidationError for a text that is empty or too long for the way it came */
export function checkSize(text: string, source: 'body' | 'url'): void {
  const bytes = Buffer.byteLength(text);
  if (source === 'url') {
    if (bytes > URL_BYTES) throw validationError(`Template may not exceed ${URL_BYTES} bytes in size.`);
    return;
  }
  const bound =
    bytes === 0
      ? 'greater than or equal to 1'
      : bytes > BODY_BYTES
        ? `less than or equal to ${BODY_BYTES}`
        : undefined;
  if (bound !== undefined) {
    throw validationError(
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length ${bound}`,
    );
  }
}

export function checkCount(what: keyof typeof MOST, count: number): void {
  if (count > MOST[what]) {
    throw formatError(`Number of ${what}, ${count}, is greater than maximum allowed, ${MOST[what]}`);
  }
}

/** Names of what can be referred to are letters and digits, at most 255. Conditions and rules may have any name. */
export function checkLogicalId(what: 'Resource' | 'Parameter' | 'Output' | 'Mapping', id: string): void {
  if (!/^[A-Za-z0-9]+$/.test(id)) throw formatError(`${what} name ${id} is non alphanumeric.`);
  if (id.length > NAME_CHARACTERS) {
    throw formatError(`${what} name ${id} exceeds the maximum length of ${NAME_CHARACTERS} characters.`);
  }
}

export function checkDescription(description: string): void {
  if (Buffer.byteLength(description) > DESCRIPTION_BYTES) {
    throw formatError(`'Description' length is greater than ${DESCRIPTION_BYTES}.`);
  }
}
