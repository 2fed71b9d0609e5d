import type {
  DescribeParametersRequest,
  DescribeParametersResult,
  ParameterStringFilter,
} from '@aws-sdk/client-ssm';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { sorted } from '../../kernel/table.ts';
import { pageOf } from '../common/paging.ts';
import { checkRange } from '../common/validation.ts';
import { DESCRIBE_FILTERS, filtered } from './filters.ts';
import { checkPath, versionMetadata } from './read.ts';
import { invalidToken, parameterArn, ssmState } from './state.ts';

function describeParameters(input: DescribeParametersRequest, scope: Scope): DescribeParametersResult {
  const { items, nextToken } = pageOf(
    filtered(sorted(ssmState(scope).parameters), filtersOf(input), DESCRIBE_FILTERS),
    checkRange(input.MaxResults ?? 10, 'maxResults', [1, 50]),
    input.NextToken,
    invalidToken,
  );
  return {
    Parameters: items.map(({ record: { name }, version }) => ({
      ...versionMetadata(name, version),
      ARN: parameterArn(scope, name),
    })),
    NextToken: nextToken,
  };
}

/** The filters of a request; `Filters` is the older form, whose names are beginnings. */
function filtersOf({
  Filters = [],
  ParameterFilters = [],
}: DescribeParametersRequest): ParameterStringFilter[] {
  if (Filters.length > 0 && ParameterFilters.length > 0) {
    throw new AwsError(
      'ValidationException',
      'You can use either Filters or ParameterFilters in a single request.',
    );
  }
  for (const { Key, Values = [] } of ParameterFilters) if (Key === 'Path') Values.forEach(checkCommonPath);
  return Filters.length === 0
    ? ParameterFilters
    : Filters.map(({ Key, Values }) => ({ Key, Option: Key === 'Name' ? 'BeginsWith' : 'Equals', Values }));
}

/** @throws AwsError ValidationException for a path that no parameter of one's own can have */
function checkCommonPath(path: string): void {
  if (/^\/(?:aws|ssm)/i.test(path)) {
    throw new AwsError(
      'ValidationException',
      'Filters for common parameters can\'t be prefixed with "aws" or "ssm" (case-insensitive). When using global parameters, please specify within a global namespace.',
    );
  }
  checkPath(path);
}

export const describeOperations = { DescribeParameters: describeParameters };
