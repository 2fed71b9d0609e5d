/** Where `create` keeps a stack's own SSM parameters, the agent token among them. */
export function parameterPath(stackName: string): string {
  return `/bk-stack/${stackName}/`;
}

/** The SSM parameter that `create` keeps a stack's agent token in. `delete` removes it with the stack. */
export function tokenParameter(stackName: string): string {
  return `${parameterPath(stackName)}agent-token`;
}
