/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html */
const AWS_SPECIFIC: ReadonlySet<string> = new Set([
  'AWS::EC2::AvailabilityZone::Name',
  'AWS::EC2::Image::Id',
  'AWS::EC2::Instance::Id',
  'AWS::EC2::KeyPair::KeyName',
  'AWS::EC2::SecurityGroup::GroupName',
  'AWS::EC2::SecurityGroup::Id',
  'AWS::EC2::Subnet::Id',
  'AWS::EC2::VPC::Id',
  'AWS::EC2::Volume::Id',
  'AWS::Route53::HostedZone::Id',
]);

/** What a parameter's declared type means. */
export interface ParameterShape {
  /** The type of one value: `String`, `Number`, or an AWS-specific type whose values must exist. */
  readonly element: string;
  readonly list: boolean;
  /** The value given is the name of a parameter in the Parameter Store, and the value used is what that one holds. */
  readonly stored: boolean;
}

/** @returns undefined for a type that CloudFormation has not */
export function parameterShape(type: string): ParameterShape | undefined {
  const stored = /^AWS::SSM::Parameter::Value<(.+)>$/.exec(type)?.[1];
  if (stored !== undefined) {
    const shape = plainShape(stored);
    // Parameter Store holds text; numbers have no type of their own there.
    return shape === undefined || shape.element === 'Number' ? undefined : { ...shape, stored: true };
  }
  return type === 'AWS::SSM::Parameter::Name'
    ? { element: type, list: false, stored: false }
    : plainShape(type);
}

function plainShape(type: string): ParameterShape | undefined {
  if (type === 'CommaDelimitedList') return { element: 'String', list: true, stored: false };
  const listed = /^List<(.+)>$/.exec(type)?.[1];
  const element = listed ?? type;
  const known = element === 'String' || element === 'Number' || AWS_SPECIFIC.has(element);
  return known ? { element, list: listed !== undefined, stored: false } : undefined;
}

/** Whether CloudFormation looks up that a value of this element type exists in the account and region. */
export function mustExist(element: string): boolean {
  return element !== 'String' && element !== 'Number';
}

/** The elements of a list parameter: split at commas, blanks trimmed. An empty text is a list of one empty element. */
export function listElements(value: string): string[] {
  return value.split(',').map((element) => element.trim());
}
