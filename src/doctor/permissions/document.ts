/** Whose account, and which stack; without a name, whichever stacks there will be. */
export interface PolicyPlace {
  readonly account: string;
  readonly region: string;
  /** `aws`, `aws-cn`, `aws-us-gov` */
  readonly partition: string;
  readonly stackName?: string | undefined;
  /** Without a name: how the names of the stacks begin. */
  readonly prefix?: string | undefined;
  /** Where the stack keeps its agent token, if that is not where bk-stack puts it. */
  readonly tokenPath?: string | undefined;
}

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}
