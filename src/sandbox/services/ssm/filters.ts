import type { ParameterStringFilter } from '@aws-sdk/client-ssm';
import { AwsError } from '../../kernel/errors.ts';
import { newest, type ParameterRecord, type ParameterVersion } from './state.ts';

interface Candidate {
  readonly record: ParameterRecord;
  readonly version: ParameterVersion;
}

type Matches = (actual: string, wanted: string) => boolean;

const OPTIONS: Readonly<Record<string, Matches>> = {
  Equals: (actual, wanted) => actual === wanted,
  BeginsWith: (actual, wanted) => actual.startsWith(wanted),
  Contains: (actual, wanted) => actual.toLowerCase().includes(wanted.toLowerCase()),
  OneLevel: (name, path) => isBelow(name, path) && !name.slice(path.length + 1).includes('/'),
  Recursive: isBelow,
};

function isBelow(name: string, path: string): boolean {
  return name.startsWith(path.endsWith('/') ? path : `${path}/`);
}

/** Which filters an operation takes. */
export interface FilterKeys {
  /** As AWS lists them in its refusal. */
  readonly keys: readonly string[];
  readonly tags: boolean;
}

/** Of DescribeParameters. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html */
export const DESCRIBE_FILTERS: FilterKeys = {
  keys: ['Path', 'Name', 'Type', 'KeyId', 'Tier', 'DataType'],
  tags: true,
};

/** Of GetParametersByPath. */
export const PATH_FILTERS: FilterKeys = { keys: ['Type', 'KeyId', 'Label', 'DataType'], tags: false };

const VALUES: Readonly<Record<string, readonly string[]>> = {
  Type: ['String', 'StringList', 'SecureString'],
  Tier: ['Standard', 'Advanced', 'Intelligent-Tiering'],
};

/**
 * The parameters that all filters let through, each with the version they chose: the newest, or the one of a label.
 * @throws AwsError InvalidFilterKey, InvalidFilterOption, InvalidFilterValue
 */
export function filtered(
  records: readonly ParameterRecord[],
  filters: readonly ParameterStringFilter[] | undefined,
  allowed: FilterKeys,
): Candidate[] {
  const seen = new Set<string>();
  for (const filter of filters ?? []) {
    checkFilter(filter, allowed);
    const { Key = '' } = filter;
    if (seen.has(Key)) {
      throw new AwsError(
        'InvalidFilterKey',
        `The following filter is duplicated in the request: ${Key}. A request can contain only one occurrence of a specific filter.`,
      );
    }
    seen.add(Key);
  }
  return records.flatMap((record) => {
    let candidate: Candidate | undefined = { record, version: newest(record) };
    for (const filter of filters ?? []) candidate = candidate && chosen(candidate, filter);
    return candidate ?? [];
  });
}

function checkFilter({ Key = '', Option, Values }: ParameterStringFilter, { keys, tags }: FilterKeys): void {
  const isTag = Key.startsWith('tag:');
  if (isTag ? !tags : !keys.includes(Key)) {
    throw new AwsError(
      'InvalidFilterKey',
      `The following filter key is not valid: ${Key}. Valid filter keys include: [${keys.join(', ')}].`,
    );
  }
  const options = optionsOf(Key);
  if (Option !== undefined && !options.includes(Option)) {
    throw new AwsError(
      'InvalidFilterOption',
      `The following filter option is not valid: ${Option}. Valid options include: [${options.join(', ')}].`,
    );
  }
  if (!isTag && (Values === undefined || Values.length === 0)) {
    throw new AwsError(
      'InvalidFilterValue',
      `The following filter values are missing : null for filter key ${Key}.`,
    );
  }
  const values = VALUES[Key];
  const wrong = values && Values?.find((value) => !values.includes(value));
  if (wrong !== undefined) {
    throw new AwsError(
      'InvalidFilterOption',
      `The following filter value is not valid: ${wrong}. Valid values include: [${values?.join(', ')}].`,
    );
  }
}

function optionsOf(key: string): string[] {
  if (key === 'Path') return ['Recursive', 'OneLevel'];
  return key === 'Name' ? ['BeginsWith', 'Equals', 'Contains'] : ['BeginsWith', 'Equals'];
}

function chosen(
  candidate: Candidate,
  { Key = '', Option, Values = [] }: ParameterStringFilter,
): Candidate | undefined {
  const { record, version } = candidate;
  if (Key === 'Label') {
    const labelled = record.versions.find(({ labels }) => labels.some((label) => Values.includes(label)));
    return labelled && { record, version: labelled };
  }
  const matches = OPTIONS[Option ?? (Key === 'Path' ? 'OneLevel' : 'Equals')] ?? (() => false);
  const actual = valueFor(Key, candidate);
  if (actual === undefined) return undefined;
  const holds =
    Values.some((value) => matches(actual, value)) || (Key.startsWith('tag:') && Values.length === 0);
  return holds ? { record, version } : undefined;
}

function valueFor(key: string, { record, version }: Candidate): string | undefined {
  switch (key) {
    case 'Name':
    case 'Path':
      return record.name;
    case 'Type':
      return version.type;
    case 'KeyId':
      return version.keyId;
    case 'Tier':
      return version.tier;
    case 'DataType':
      return version.dataType;
    default:
      return record.tags[key.slice('tag:'.length)];
  }
}
