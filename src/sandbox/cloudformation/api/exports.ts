import type {
  DescribeAccountLimitsOutput,
  ListExportsInput,
  ListExportsOutput,
  ListImportsInput,
  ListImportsOutput,
} from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { exportNamed, exportsOf, importersOf } from '../stacks/exports.ts';
import { page, required } from './input.ts';

const EXPORTS_PER_PAGE = 100;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListExports.html */
export function listExports(input: ListExportsInput, scope: Scope): ListExportsOutput {
  const { items, NextToken } = page(exportsOf(scope), input.NextToken, EXPORTS_PER_PAGE);
  return {
    Exports: items.map(({ stack, name, value }) => ({
      ExportingStackId: stack.stackId,
      Name: name,
      Value: value,
    })),
    NextToken,
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListImports.html */
export function listImports(input: ListImportsInput, scope: Scope): ListImportsOutput {
  const name = required('exportName', input.ExportName);
  const importers = importersOf(scope, name);
  if (exportNamed(scope, name) === undefined || importers.length === 0) {
    throw new AwsError('ValidationError', `Export '${name}' is not imported by any stack.`);
  }
  const { items, NextToken } = page(importers, input.NextToken, EXPORTS_PER_PAGE);
  return { Imports: items, NextToken };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
export function describeAccountLimits(): DescribeAccountLimitsOutput {
  return {
    AccountLimits: [
      { Name: 'StackLimit', Value: 2000 },
      { Name: 'StackOutputsLimit', Value: 200 },
      { Name: 'ConcurrentResourcesLimit', Value: 2500 },
    ],
  };
}
