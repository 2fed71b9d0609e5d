import * as Flags from '@oclif/core/flags';

/** How a stack is described on the command line, wherever one is deployed. */
export const deploymentFlags = {
  config: Flags.string({
    description: "file of parameters, - for stdin: AWS's list, or a YAML or JSON map",
    helpValue: '<file>',
  }),
  param: Flags.string({
    description: 'a parameter; wins over the file (repeatable)',
    helpValue: '<Key>=<Value>',
    multiple: true,
    multipleNonGreedy: true,
  }),
  tag: Flags.string({
    description: 'a tag for all that the stack makes (repeatable)',
    helpValue: '<key>=<value>',
    multiple: true,
    multipleNonGreedy: true,
  }),
  template: Flags.string({
    description: "another template than bk-stack's own: a file or an https address",
    helpValue: '<file|url>',
  }),
  'role-arn': Flags.string({ description: 'role that CloudFormation acts as', helpValue: '<arn>' }),
  'assets-bucket': Flags.string({
    description: 'bucket of your own to stage the template in',
    helpValue: '<name>',
  }),
  'no-wait': Flags.boolean({ description: 'return once CloudFormation has begun' }),
};
