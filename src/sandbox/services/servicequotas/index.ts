import type {
  GetServiceQuotaRequest,
  GetServiceQuotaResponse,
  ListServiceQuotasRequest,
  ListServiceQuotasResponse,
  ListServicesRequest,
  ListServicesResponse,
  ServiceQuota,
} from '@aws-sdk/client-service-quotas';
import { arn, AwsError, type Scope, type Service } from '../../kernel/service.ts';
import { pageOf } from '../paging.ts';
import { checkRange, required } from '../validation.ts';
import { quotasOf, SERVICES, type Quota } from './quotas.ts';

const CODE = 'IllegalArgumentException';

function described(service: string, { code, name, value, global }: Quota, scope: Scope): ServiceQuota {
  return {
    ServiceCode: service,
    ServiceName: SERVICES[service],
    QuotaArn: arn(scope, 'servicequotas', `${service}/${code}`, { global }),
    QuotaCode: code,
    QuotaName: name,
    Value: value,
    Unit: 'None',
    Adjustable: true,
    GlobalQuota: global,
    QuotaAppliedAtLevel: 'ACCOUNT',
  };
}

function quotasIn(service: string): readonly Quota[] {
  if (!Object.hasOwn(SERVICES, service)) {
    throw new AwsError(
      'NoSuchResourceException',
      'The request failed because the specified service does not exist.',
    );
  }
  return quotasOf(service);
}

/** Nothing was ever raised in the sandbox's account: what applies is AWS's default. */
function getServiceQuota(input: GetServiceQuotaRequest, scope: Scope): GetServiceQuotaResponse {
  const service = required(input.ServiceCode, 'serviceCode', CODE);
  const code = required(input.QuotaCode, 'quotaCode', CODE);
  const quota = quotasIn(service).find((candidate) => candidate.code === code);
  if (quota === undefined) {
    throw new AwsError(
      'NoSuchResourceException',
      'The request failed because the specified service quota does not exist.',
    );
  }
  return { Quota: described(service, quota, scope) };
}

function listServiceQuotas(input: ListServiceQuotasRequest, scope: Scope): ListServiceQuotasResponse {
  const service = required(input.ServiceCode, 'serviceCode', CODE);
  const size = checkRange(input.MaxResults ?? 100, 'maxResults', [1, 100], CODE);
  const { items, nextToken } = pageOf(quotasIn(service), size, input.NextToken, invalidToken);
  return {
    Quotas: items.map((quota) => described(service, quota, scope)),
    ...(nextToken !== undefined && { NextToken: nextToken }),
  };
}

function listServices(input: ListServicesRequest): ListServicesResponse {
  const size = checkRange(input.MaxResults ?? 100, 'maxResults', [1, 100], CODE);
  const { items, nextToken } = pageOf(Object.entries(SERVICES), size, input.NextToken, invalidToken);
  return {
    Services: items.map(([ServiceCode, ServiceName]) => ({ ServiceCode, ServiceName })),
    ...(nextToken !== undefined && { NextToken: nextToken }),
  };
}

function invalidToken(): AwsError {
  return new AwsError('InvalidPaginationTokenException', 'Invalid NextToken.');
}

/** Service Quotas, with AWS's default values. */
export const servicequotas: Service = {
  name: 'servicequotas',
  signingNames: ['servicequotas'],
  sdk: () => import('@aws-sdk/client-service-quotas'),
  operations: {
    GetServiceQuota: getServiceQuota,
    GetAWSDefaultServiceQuota: getServiceQuota,
    ListServiceQuotas: listServiceQuotas,
    ListAWSDefaultServiceQuotas: listServiceQuotas,
    ListServices: listServices,
  },
};
