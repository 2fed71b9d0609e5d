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
};

/** How an update goes about the instances, wherever one is made. */
export const rolloutFlags = {
  strategy: Flags.string({
    description:
      'rolling: replace instances as their jobs finish; drain: update while none runs; in-place: leave them',
    options: ['rolling', 'drain', 'in-place'],
    default: 'rolling',
  }),
  'min-healthy': Flags.integer({
    description: 'rolling: percent of the instances that stay in service',
    helpValue: '<percent>',
    default: 100,
    min: 0,
    max: 100,
  }),
  batch: Flags.integer({
    description: 'rolling: percent of the instances that are launched before others end',
    helpValue: '<percent>',
    default: 10,
    min: 0,
    max: 100,
  }),
  checkpoint: Flags.string({
    description: 'rolling: pause when these percents are replaced',
    helpValue: '<percent,...>',
  }),
  'checkpoint-delay': Flags.integer({
    description: 'how long to pause, in seconds',
    helpValue: '<seconds>',
    default: 600,
    min: 0,
    max: 172_800,
  }),
  'drain-timeout': Flags.integer({
    description: 'drain: how long jobs may take, in seconds; then nothing is updated',
    helpValue: '<seconds>',
    default: 14_400,
    min: 0,
  }),
  'allow-replacement': Flags.string({
    description: 'let this resource be replaced or removed although it holds data (repeatable)',
    helpValue: '<LogicalId>',
    multiple: true,
    multipleNonGreedy: true,
  }),
  'dry-run': Flags.boolean({ description: 'show what would change; change nothing' }),
  yes: Flags.boolean({ char: 'y', description: 'do not ask' }),
};
