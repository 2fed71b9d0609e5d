import { JOIN_NEEDS, SPLIT_NEEDS, templateError } from '../../syntax/errors.ts';
import {
  attributeParts,
  callIn,
  EXTENSION_FUNCTIONS,
  isMap,
  scalarText,
  subArguments,
  subParts,
  type Call,
} from '../../syntax/intrinsics.ts';
import type { Template, TemplateValue } from '../../syntax/model.ts';

type Names = Pick<Template, 'conditions' | 'mappings'>;

type Check = (argument: TemplateValue, names: Names, extended: boolean) => void;

const BOOLEAN_LIST: (name: string) => Check = (name) => (argument) => {
  if (!Array.isArray(argument) || argument.length < 2 || argument.length > 10) {
    throw templateError(
      `every ${name} object requires a list of at least 2 and at most 10 boolean parameters.`,
    );
  }
};

const ONE_TEXT: (name: string) => Check = (name) => (argument) => {
  if (!isMap(argument) && scalarText(argument) === undefined) {
    throw templateError(`every ${name} object must have a String-typed value.`);
  }
};

/** What each function's argument must look like before anything in it is known. Wordings are AWS's. */
const CHECKS: Readonly<Record<string, Check>> = {
  Ref: (argument) => {
    if (typeof argument !== 'string')
      throw templateError('every Ref object must have a single String value.');
  },
  'Fn::And': BOOLEAN_LIST('Fn::And'),
  'Fn::Or': BOOLEAN_LIST('Fn::Or'),
  'Fn::Not': (argument) => {
    if (!Array.isArray(argument) || argument.length !== 1) {
      throw templateError('Fn::Not requires a list argument with one element');
    }
  },
  'Fn::Equals': (argument) => {
    if (!Array.isArray(argument) || argument.length !== 2) {
      throw templateError('every Fn::Equals object requires a list of 2 string parameters.');
    }
  },
  'Fn::If': (argument, { conditions }) => {
    if (!Array.isArray(argument) || typeof argument[0] !== 'string') {
      throw templateError('Fn::If requires a list argument with the first element being a condition');
    }
    if (argument.length !== 3) throw templateError('Fn::If requires a list argument with three elements');
    if (!conditions.has(argument[0])) {
      throw templateError(`unresolved condition dependency ${argument[0]} in Fn::If`);
    }
  },
  'Fn::Base64': ONE_TEXT('Fn::Base64'),
  'Fn::GetAZs': ONE_TEXT('Fn::GetAZs'),
  'Fn::Cidr': (argument) => {
    if (!isMap(argument) && (!Array.isArray(argument) || argument.length < 2 || argument.length > 3)) {
      throw templateError(
        'every Fn::Cidr object requires two or three parameters, the IP block, the count and the number of CIDR bits.',
      );
    }
  },
  'Fn::FindInMap': (argument, { mappings }, extended) => {
    const parameters = Array.isArray(argument) ? argument.length : 0;
    if (!Array.isArray(argument) || (parameters !== 3 && !(extended && parameters === 4))) {
      throw templateError(
        'every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value',
      );
    }
    const [name] = argument;
    if (typeof name === 'string' && parameters === 3 && !mappings.has(name)) {
      throw templateError(`Mapping named '${name}' is not present in the 'Mappings' section of template.`);
    }
  },
  'Fn::GetAtt': (argument) => {
    const attribute = attributeParts(argument)?.attribute;
    if (typeof attribute !== 'string' && !isMap(attribute)) {
      throw templateError(
        'every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
      );
    }
  },
  'Fn::GetStackOutput': (argument) => {
    if (!isMap(argument) || argument.StackName === undefined || argument.OutputName === undefined) {
      throw templateError('every Fn::GetStackOutput object requires a StackName and an OutputName.');
    }
  },
  'Fn::ImportValue': (argument) => {
    if (!isMap(argument) && typeof argument !== 'string') {
      throw templateError(
        'the attribute in Fn::ImportValue must be a string or a function that returns a string',
      );
    }
  },
  'Fn::Join': (argument) => {
    if (!Array.isArray(argument) || argument.length !== 2) throw templateError(JOIN_NEEDS);
  },
  'Fn::Length': () => undefined,
  'Fn::Select': (argument) => {
    if (!Array.isArray(argument) || argument.length !== 2) {
      throw templateError(
        'Fn::Select requires a list argument with two elements: an integer index and a list',
      );
    }
  },
  'Fn::Split': (argument) => {
    if (!Array.isArray(argument) || argument.length !== 2) throw templateError(SPLIT_NEEDS);
  },
  'Fn::Sub': (argument) => {
    const sub = subArguments(argument);
    if (sub === undefined) {
      throw templateError(
        "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, " +
          'and an optional second argument to specify a mapping of values to replace in the string',
      );
    }
    for (const part of subParts(sub.text)) {
      if ('variable' in part && !/^[A-Za-z0-9_.:]+$/.test(part.variable)) {
        throw templateError(
          'variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons',
        );
      }
    }
  },
  'Fn::ToJsonString': () => undefined,
  'Fn::Transform': () => undefined,
};

/**
 * Checks the form of every function call in a value.
 * @param extended whether the template declares AWS::LanguageExtensions
 * @throws AwsError ValidationError
 */
export function checkFunctions(value: TemplateValue, names: Names, extended: boolean): void {
  if (Array.isArray(value)) {
    for (const item of value) checkFunctions(item, names, extended);
    return;
  }
  if (!isMap(value)) return;
  const call = callIn(value);
  if (call === undefined) {
    for (const key in value) checkFunctions(value[key] ?? null, names, extended);
    return;
  }
  checkCall(call, names, extended);
  checkFunctions(call.argument, names, extended);
}

function checkCall(call: Call, names: Names, extended: boolean): void {
  const check = Object.hasOwn(CHECKS, call.name) ? CHECKS[call.name] : undefined;
  if (check === undefined || (!extended && EXTENSION_FUNCTIONS.has(call.name))) {
    const supported = Object.keys(CHECKS).filter((name) => extended || !EXTENSION_FUNCTIONS.has(name));
    throw templateError(
      `Encountered unsupported function: ${call.name} Supported functions are: [${supported.join(', ')}]`,
    );
  }
  check(call.argument, names, extended);
}
