import type {
  GetServiceQuotaRequest,
  GetServiceQuotaResponse,
  ListServiceQuotasRequest,
  ListServiceQuotasResponse,
  ListServicesRequest,
  ListServicesResponse,
  ServiceQuota,
} from '@aws-sdk/client-service-quotas';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope, Service } from '../../kernel/world.ts';
import { pageOf } from '../common/paging.ts';
import { checkRange, required } from '../common/validation.ts';
import { quotas, SERVICE_NAMES, type QuotaRecord } from './catalogue.ts';

const CODE = 'IllegalArgumentException';

/** Whether a quota is asked for as the account has it, or as AWS gives it by default. */
type Which = 'applied' | 'default';

function described(quota: QuotaRecord, which: Which, scope: Scope): ServiceQuota {
  const account = which === 'applied' ? scope.accountId : '';
  return {
    ServiceCode: quota.service,
    ServiceName: SERVICE_NAMES[quota.service],
    QuotaArn: `arn:${scope.partition}:servicequotas:${scope.region}:${account}:${quota.service}/${quota.code}`,
    QuotaCode: quota.code,
    QuotaName: quota.name,
    Value: which === 'applied' ? quota.value : quota.defaultValue,
    Unit: 'None',
    Adjustable: quota.adjustable,
    GlobalQuota: quota.global,
    ...(which === 'applied' && { QuotaAppliedAtLevel: 'ACCOUNT' as const }),
  };
}

/** @throws AwsError NoSuchResourceException */
function quotasOf(service: string): readonly QuotaRecord[] {
  const found = quotas.filter((quota) => quota.service === service);
  if (found.length === 0) throw noSuchResource('service');
  return found;
}

function noSuchResource(what: string): AwsError {
  return new AwsError(
    'NoSuchResourceException',
    `The request failed because the specified ${what} does not exist.`,
  );
}

const getQuota =
  (which: Which) =>
  (input: GetServiceQuotaRequest, scope: Scope): GetServiceQuotaResponse => {
    const code = required(input.QuotaCode, 'quotaCode', CODE);
    const found = quotasOf(required(input.ServiceCode, 'serviceCode', CODE)).find(
      (quota) => quota.code === code,
    );
    if (found === undefined) throw noSuchResource('service quota');
    return { Quota: described(found, which, scope) };
  };

const listQuotas =
  (which: Which) =>
  (input: ListServiceQuotasRequest, scope: Scope): ListServiceQuotasResponse => {
    const found = quotasOf(required(input.ServiceCode, 'serviceCode', CODE));
    const wanted = found.filter(({ code }) => input.QuotaCode === undefined || code === input.QuotaCode);
    const { items, NextToken } = page(wanted, input);
    return { Quotas: items.map((quota) => described(quota, which, scope)), NextToken };
  };

function listServices(input: ListServicesRequest): ListServicesResponse {
  const { items, NextToken } = page(Object.entries(SERVICE_NAMES), input);
  return {
    Services: items.map(([ServiceCode, ServiceName]) => ({ ServiceCode, ServiceName })),
    NextToken,
  };
}

function page<Item>(
  items: readonly Item[],
  input: { MaxResults?: number | undefined; NextToken?: string | undefined },
) {
  const size = checkRange(input.MaxResults ?? 100, 'maxResults', [1, 100], CODE);
  const { items: found, nextToken: NextToken } = pageOf(
    items,
    size,
    input.NextToken,
    () => new AwsError('InvalidPaginationTokenException', 'Invalid NextToken'),
  );
  return { items: found, NextToken };
}

/** Service Quotas: what the account may have, which the other services hold it to where they count. */
export const servicequotas: Service = {
  name: 'servicequotas',
  signingNames: ['servicequotas'],
  sdk: () => import('@aws-sdk/client-service-quotas'),
  operations: {
    GetServiceQuota: getQuota('applied'),
    GetAWSDefaultServiceQuota: getQuota('default'),
    ListServiceQuotas: listQuotas('applied'),
    ListAWSDefaultServiceQuotas: listQuotas('default'),
    ListServices: listServices,
  },
};
