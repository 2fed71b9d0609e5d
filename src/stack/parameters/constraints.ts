import { nearestNames } from '../../terminal/nearest.ts';
import type { ParameterDefinition } from './definition.ts';

/**
 * What is wrong with a value, in words that follow the parameter's name ("must be at most 5"); undefined if nothing is.
 * The words never hold the value. CloudFormation has the last say; what it would refuse for sure is refused here, before
 * anything is made.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
 */
export function faultOf(definition: ParameterDefinition, value: string): string | undefined {
  const { type } = definition;
  const items = isList(type) ? itemsOf(value) : [value];
  for (const item of items) {
    const fault = faultOfItem(definition, item);
    if (fault !== undefined) return items.length > 1 ? `${fault} (one of its values is not)` : fault;
  }
  return undefined;
}

export function isList(type: string): boolean {
  return type === 'CommaDelimitedList' || /^List<.+>$/.test(type) || /<List<.+>>$/.test(type);
}

/** CloudFormation takes the blanks around commas for nothing. */
function itemsOf(value: string): string[] {
  return value === '' ? [] : value.split(',').map((item) => item.trim());
}

function faultOfItem(definition: ParameterDefinition, value: string): string | undefined {
  const { type, allowedValues, allowedPattern, constraint, noEcho } = definition;
  // For a type that names an SSM parameter the constraints are on that name.
  if (allowedValues !== undefined && !allowedValues.includes(value)) {
    const near = noEcho ? [] : nearestNames(value, allowedValues, 1);
    const meant = near.length === 0 ? '' : `; did you mean ${near[0]}?`;
    return `must be one of ${allowedValues.map(shown).join(', ')}${meant}`;
  }
  if (allowedPattern !== undefined && !matches(allowedPattern, value)) {
    return constraint?.replace(/\.$/, '') ?? `must match ${allowedPattern}`;
  }
  return faultOfLength(definition, value) ?? faultOfNumber(definition, value) ?? faultOfKind(type, value);
}

/** CloudFormation matches patterns against the whole value. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(value);
  } catch {
    // A pattern of Java's that JavaScript does not know: CloudFormation will judge it.
    return true;
  }
}

function faultOfLength({ minLength, maxLength }: ParameterDefinition, value: string): string | undefined {
  if (minLength !== undefined && value.length < minLength) {
    return value === '' ? 'must not be empty' : `must have at least ${minLength} characters`;
  }
  if (maxLength !== undefined && value.length > maxLength) return `must have at most ${maxLength} characters`;
  return undefined;
}

function faultOfNumber(definition: ParameterDefinition, value: string): string | undefined {
  const { type, minValue, maxValue } = definition;
  if (type !== 'Number' && type !== 'List<Number>') return undefined;
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value.trim()) ? Number(value) : NaN;
  if (Number.isNaN(number)) return 'must be a number';
  if (minValue !== undefined && number < minValue) return `must be at least ${minValue}`;
  if (maxValue !== undefined && number > maxValue) return `must be at most ${maxValue}`;
  if (isWhole(definition) && !WHOLE.test(value.trim())) return 'must be a whole number';
  return undefined;
}

const WHOLE = /^[+-]?\d+$/;

/**
 * Whether a parameter counts something. CloudFormation has no type for that and takes any number, and what the number is for
 * fails when all before it is made. A template that means fractions says so in its Default (`1.0`) or its limits.
 */
function isWhole({ type, preset, minValue, maxValue }: ParameterDefinition): boolean {
  const limits = [minValue, maxValue].filter((limit) => limit !== undefined);
  return type === 'Number' && preset !== undefined && WHOLE.test(preset) && limits.every(Number.isInteger);
}

const HEX_ID = '(?:[0-9a-f]{8}|[0-9a-f]{17})';
/** What AWS's own types look like, where a value of another shape cannot be meant. */
const KINDS: Readonly<Record<string, readonly [pattern: RegExp, words: string]>> = {
  'AWS::EC2::VPC::Id': [
    new RegExp(`^vpc-${HEX_ID}$`),
    'must be the id of a VPC, such as vpc-0123456789abcdef0',
  ],
  'AWS::EC2::Subnet::Id': [
    new RegExp(`^subnet-${HEX_ID}$`),
    'must be the id of a subnet, such as subnet-0123456789abcdef0',
  ],
  'AWS::EC2::SecurityGroup::Id': [
    new RegExp(`^sg-${HEX_ID}$`),
    'must be the id of a security group, such as sg-0123456789abcdef0',
  ],
  'AWS::EC2::Image::Id': [
    new RegExp(`^ami-${HEX_ID}$`),
    'must be the id of an image, such as ami-0123456789abcdef0',
  ],
  'AWS::EC2::Instance::Id': [
    new RegExp(`^i-${HEX_ID}$`),
    'must be the id of an instance, such as i-0123456789abcdef0',
  ],
  'AWS::EC2::Volume::Id': [
    new RegExp(`^vol-${HEX_ID}$`),
    'must be the id of a volume, such as vol-0123456789abcdef0',
  ],
  'AWS::EC2::AvailabilityZone::Name': [
    /^[a-z]{2,3}(-[a-z]+)+-\d[a-z]?(-[a-z0-9-]+)?$/,
    'must be an availability zone, such as us-east-1a',
  ],
  'AWS::EC2::KeyPair::KeyName': [/^.{1,255}$/, 'must be the name of a key pair'],
};

function faultOfKind(type: string, value: string): string | undefined {
  const kind = /^List<(.+)>$/.exec(type)?.[1] ?? type;
  const known = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  return known === undefined || known[0].test(value) ? undefined : known[1];
}

function shown(value: string): string {
  return value === '' ? "''" : value;
}
