import type {
  Concurrency,
  GetAccountSettingsResponse,
  GetFunctionConcurrencyRequest,
  PutFunctionConcurrencyRequest,
} from '@aws-sdk/client-lambda';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { checkRange, required } from '../../common/validation.ts';
import { functionNamed, lambdaState, type FunctionRecord } from '../state.ts';

/** What an account may run at once in a region, and what of it has to stay unreserved. */
const ACCOUNT_LIMIT = 1000;
const UNRESERVED_MINIMUM = 100;

function unreserved(scope: Scope): number {
  return Object.values(lambdaState(scope).functions).reduce(
    (left, { reservedConcurrency = 0 }) => left - reservedConcurrency,
    ACCOUNT_LIMIT,
  );
}

/** @throws AwsError InvalidParameterValueException when too little would be left for other functions */
export function reserve(scope: Scope, record: FunctionRecord, executions: number): void {
  const left = unreserved(scope) + (record.reservedConcurrency ?? 0) - executions;
  if (left < UNRESERVED_MINIMUM) {
    throw new AwsError(
      'InvalidParameterValueException',
      `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${UNRESERVED_MINIMUM}].`,
    );
  }
  record.reservedConcurrency = executions;
}

function putConcurrency(input: PutFunctionConcurrencyRequest, scope: Scope): Concurrency {
  const record = functionNamed(scope, required(input.FunctionName, 'functionName'));
  const name = 'reservedConcurrentExecutions';
  const executions = required(input.ReservedConcurrentExecutions, name);
  reserve(scope, record, checkRange(executions, name, [0, Number.MAX_SAFE_INTEGER]));
  return { ReservedConcurrentExecutions: executions };
}

function getConcurrency({ FunctionName }: GetFunctionConcurrencyRequest, scope: Scope): Concurrency {
  const { reservedConcurrency } = functionNamed(scope, required(FunctionName, 'functionName'));
  return reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
}

function deleteConcurrency({ FunctionName }: GetFunctionConcurrencyRequest, scope: Scope): object {
  delete functionNamed(scope, required(FunctionName, 'functionName')).reservedConcurrency;
  return {};
}

function getAccountSettings(_input: object, scope: Scope): GetAccountSettingsResponse {
  const functions = Object.values(lambdaState(scope).functions);
  const revisions = functions.flatMap(({ latest, versions }) => [latest, ...versions]);
  return {
    AccountLimit: {
      TotalCodeSize: 80_530_636_800,
      CodeSizeUnzipped: 262_144_000,
      CodeSizeZipped: 52_428_800,
      ConcurrentExecutions: ACCOUNT_LIMIT,
      UnreservedConcurrentExecutions: unreserved(scope),
    },
    AccountUsage: {
      TotalCodeSize: revisions.reduce((sum, { code }) => sum + code.size, 0),
      FunctionCount: functions.length,
    },
  };
}

export const concurrencyOperations = {
  PutFunctionConcurrency: putConcurrency,
  GetFunctionConcurrency: getConcurrency,
  DeleteFunctionConcurrency: deleteConcurrency,
  GetAccountSettings: getAccountSettings,
};
