import { startsHostProgram } from '../../host/contract/user-data.ts';

/** The resource that a boot reports to. */
export interface SignalTarget {
  readonly stackName: string;
  readonly logicalResourceId: string;
}

/** What an instance's user data comes to, as far as the model goes. */
export interface Boot {
  /** `NAME=value` lines, wherever they stand: the environment that the script writes or exports. */
  readonly settings: Readonly<Record<string, string>>;
  /** Whether the script signals CloudFormation, and what it says of whom. */
  readonly signals: boolean;
  readonly target: Partial<SignalTarget>;
  /** Whether the script starts the host program, which alone serves bk-stack's lifecycle hooks. */
  readonly startsHostProgram: boolean;
}

const ASSIGNMENT =
  /^[ \t]*(?:export[ \t]+|set -x[ \t]+)?([A-Z][A-Z0-9_]*)=(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"'$`();|&]*))[ \t]*\\?$/gm;

/**
 * Reads user data as leniently as can be: it is any script. Lines of `NAME="value"` are settings; a call of
 * `aws cloudformation signal-resource` or of `cfn-signal` is a signal, whose stack and resource are its options.
 */
export function readUserData(script: string): Boot {
  const settings: Record<string, string> = {};
  for (const [, name = '', double, single, bare] of script.matchAll(ASSIGNMENT)) {
    settings[name] = double ?? single ?? bare ?? '';
  }
  const call = /(?:cloudformation[ \t]+signal-resource|cfn-signal)\b((?:[^\n]*\\\n)*[^\n]*)/.exec(script);
  const options = call?.[1] ?? '';
  const stackName = option(options, ['stack-name', 'stack', 's'], settings);
  const logicalResourceId = option(options, ['logical-resource-id', 'resource', 'r'], settings);
  return {
    settings,
    signals: call !== null,
    startsHostProgram: startsHostProgram(script),
    target: {
      ...(stackName !== undefined && { stackName }),
      ...(logicalResourceId !== undefined && { logicalResourceId }),
    },
  };
}

/** The value of the first of these options, its variables replaced by settings; undefined for what stays unknown. */
function option(
  options: string,
  names: readonly string[],
  settings: Readonly<Record<string, string>>,
): string | undefined {
  for (const name of names) {
    const dashes = name.length === 1 ? '-' : '--';
    const found = new RegExp(`(?:^|\\s)${dashes}${name}[\\s=]+("[^"]*"|'[^']*'|[^\\s\\\\]+)`).exec(
      options,
    )?.[1];
    if (found === undefined) continue;
    const value = found
      .replace(/^(["'])(.*)\1$/, '$2')
      .replace(/\$\{?([A-Za-z_]\w*)\}?/g, (reference, variable: string) => settings[variable] ?? reference);
    if (value !== '' && !value.includes('$')) return value;
  }
  return undefined;
}
