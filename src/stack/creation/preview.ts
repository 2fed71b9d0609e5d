import type { StagingPlan } from '../assets/index.ts';
import type { Finding, PreflightFindings } from '../preflight/index.ts';
import type { PreparedCreation } from './prepare.ts';
import type { Tags } from '../naming/tags.ts';
import { resourceCounts } from '../template/facts.ts';

/** What would be made. */
export interface CreationPreview {
  readonly dryRun: true;
  readonly stackName: string;
  readonly region: string;
  readonly account: string;
  readonly template: string;
  /** How the template gets to CloudFormation. */
  readonly staging: string;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly tags: Tags;
  readonly capabilities: readonly string[];
  readonly roleArn?: string;
  readonly terminationProtection: boolean;
  /** The SSM parameter that the agent token would be kept in. */
  readonly tokenParameter?: string;
  /** By type, whether or not their conditions hold. */
  readonly resources: Readonly<Record<string, number>>;
  /** The stack that would be removed first. */
  readonly removes?: { readonly stackId: string; readonly status: string };
  readonly warnings: readonly Finding[];
}

/** Previews what a request would make, from what was found; asks nothing of AWS. */
export function preview(
  { subject, request, token, secret, templateName }: PreparedCreation,
  { caller, warnings, removable }: PreflightFindings,
  staging: Exclude<StagingPlan, { kind: 'refused' }>,
  parameters: ReadonlyMap<string, string>,
): CreationPreview {
  const { stackName, region, template } = subject;
  return {
    dryRun: true,
    stackName,
    region,
    account: caller.account,
    template: templateName,
    staging: staging.kind === 'inline' ? 'the request' : `s3://${staging.bucket}/${staging.key}`,
    parameters: Array.from(parameters, ([name, value]) => ({ name, value: secret(name) ? '****' : value })),
    tags: request.tags,
    capabilities: request.capabilities,
    ...(request.roleArn !== undefined && { roleArn: request.roleArn }),
    terminationProtection: request.terminationProtection,
    ...(token !== undefined && { tokenParameter: token.name }),
    resources: resourceCounts(template.body),
    ...(removable && { removes: { stackId: removable.stack.stackId, status: removable.stack.status } }),
    warnings,
  };
}
