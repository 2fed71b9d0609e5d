import { apiFault, credentialsExpired, type ApiEffect } from '../faults/index.ts';
import { AwsError } from '../kernel/errors.ts';
import { partitionOf } from '../kernel/location.ts';
import { ACCOUNT_ID, type Guard, type RequestContext, type Service, type World } from '../kernel/world.ts';
import type { KeyHolder } from '../kernel/keys.ts';
import { unwrapBody } from './signing/body.ts';
import { Denial } from './coding/denial.ts';
import { mediaType, type WireRequest, type WireResponse } from './coding/http.ts';
import { hostBucket } from './protocols/bucket-target.ts';
import { cborProtocol, isCbor } from './protocols/cbor.ts';
import { isJsonRpc, jsonProtocol } from './protocols/json.ts';
import type { Protocol } from './protocols/protocol.ts';
import { ec2Protocol, queryProtocol } from './protocols/query.ts';
import { restJsonProtocol } from './protocols/rest-json.ts';
import { restXmlProtocol } from './protocols/rest-xml.ts';
import { requiredMembers, serviceSchema, type ServiceSchema } from './coding/schema.ts';
import { credentialScope, type CredentialScope, type Signature, signatureOf } from './signing/signature.ts';
import { verify, type Verified } from './signing/verification.ts';
import { querySignature, type QuerySignature, takesVersion2, verifyQuery } from './signing/version-2.ts';

/** What a request was and what became of it, for a log. It never holds a body. */
export interface Answered {
  readonly response: WireResponse | 'reset';
  readonly service?: string | undefined;
  readonly operation?: string | undefined;
  readonly error?: Error | undefined;
}

/** Answers requests to AWS's APIs by the operations of a world's services. */
export class Wire {
  readonly #schemas = new Map<string, Promise<ServiceSchema>>();

  /** @param guard decides who may do what; without one everybody who has signed may do everything */
  constructor(
    private readonly world: World,
    private readonly guard?: Guard,
  ) {}

  /** Never throws: what goes wrong is answered as AWS would. */
  async answer(request: WireRequest): Promise<Answered> {
    const scope = credentialScope(request);
    const signature = scope === undefined ? querySignature(request) : signatureOf(request, scope);
    const answered = await this.#answer(request, scope, signature);
    const { response } = answered;
    if (response === 'reset' || !this.#isOnSandboxTime(signature)) return answered;
    // An SDK sets its clock by the date of an answer, and signs by it from then on.
    const date = new Date(this.world.now()).toUTCString();
    return { ...answered, response: { ...response, headers: { ...response.headers, date } } };
  }

  async #answer(
    request: WireRequest,
    scope: CredentialScope | undefined,
    claimed: Signature | QuerySignature | undefined,
  ): Promise<Answered> {
    const requestId = this.world.ids.uuid();
    const service = this.#serviceOf(scope, claimed);
    const protocol = protocolOf(request, service);
    const schema = service === undefined ? NO_SCHEMA : await this.#schema(service);
    const { method } = request;
    const answer = { schema, requestId, method };
    const told: { operation?: string } = {};
    try {
      const { holder, region, chunks } = await this.#verified(request, scope, claimed, service);
      if (service === undefined) throw unknownService(scope);
      const unwrapped = chunks === undefined ? request : await unwrapBody(request, service.name, chunks);
      const name = protocol.operationName(unwrapped, schema, new Set(Object.keys(service.operations)));
      const operation = schema.operation(name ?? '');
      if (operation === undefined) throw unknownOperation(name, request);
      told.operation = operation.name;
      const effect = this.#fault(service, operation.name);
      if (effect?.kind === 'reset') return { response: 'reset', service: service.name, ...told };
      if (effect?.kind === 'slow') await pause(effect.seconds);
      const handler = service.operations[operation.name];
      if (handler === undefined) throw notImplemented(service, operation.name);
      const input = protocol.read(unwrapped, operation);
      const missing = requiredMembers(operation.input).filter((member) => !(member in input));
      if (missing.length > 0) throw protocol.missing(missing);
      const home = region ?? this.#homeOf(service, input);
      const context = this.#context(home, holder, requestId);
      const act = () => handler(input, context);
      const call = { service: service.name, operation: operation.name, input, context };
      const output = await (this.guard === undefined ? act() : this.guard.run(call, act));
      const response = protocol.write(output ?? {}, operation, answer);
      return { response, service: service.name, ...told };
    } catch (cause) {
      const error = cause instanceof Denial ? protocol.denied(cause) : asAwsError(cause);
      const response = protocol.writeError(error, answer);
      return {
        response,
        ...(service !== undefined && { service: service.name }),
        ...told,
        error: cause instanceof Error && !(cause instanceof Denial) ? cause : error,
      };
    }
  }

  /** Whether the signer has the sandbox's clock. */
  #isOnSandboxTime(signature: Signature | QuerySignature | undefined): boolean {
    if (signature === undefined) return false;
    return this.world.keys.holder(signature.accessKeyId, signature.sessionToken)?.onSandboxTime === true;
  }

  #serviceOf(scope: CredentialScope | undefined, claimed: object | undefined): Service | undefined {
    // Of the services here, S3 alone takes Signature Version 2.
    if (scope === undefined) return claimed && this.world.service('s3');
    const { service } = scope;
    return [...this.world.services()].find(({ signingNames }) => signingNames.includes(service));
  }

  /** @throws Denial */
  async #verified(
    request: WireRequest,
    scope: CredentialScope | undefined,
    signature: Signature | QuerySignature | undefined,
    service: Service | undefined,
  ): Promise<Verified> {
    if (signature !== undefined && !('time' in signature)) {
      return { holder: verifyQuery(this.world, request, signature, hostBucket(request)) };
    }
    if (signature !== undefined) return verify(this.world, request, signature, service?.name);
    if (scope === undefined && request.headers['authorization'] === undefined) {
      throw new Denial('unsigned', 'Request is missing Authentication Token');
    }
    throw new Denial(
      'incomplete',
      "A signature needs 'Credential' with a scope of date, region and service, 'SignedHeaders', 'Signature' and X-Amz-Date.",
    );
  }

  #schema(service: Service): Promise<ServiceSchema> {
    let schema = this.#schemas.get(service.name);
    if (schema === undefined) {
      schema = service.sdk().then(serviceSchema);
      this.#schemas.set(service.name, schema);
    }
    return schema;
  }

  /** @throws AwsError where the fault is one that is answered */
  #fault(service: Service, operation: string): ApiEffect | undefined {
    if (credentialsExpired(this.world)) {
      throw new AwsError('ExpiredToken', 'The security token included in the request is expired', 403);
    }
    const effect = apiFault(this.world, service.name, operation);
    if (effect?.kind === 'error') throw toldError(effect.code);
    if (effect?.kind === 'status') {
      throw new AwsError('ServiceUnavailable', 'Service is unable to handle request.', effect.status);
    }
    return effect;
  }

  /** @throws AwsError InvalidRequest in a region that takes no Signature Version 2 */
  #homeOf(service: Service, input: object): string {
    const region = service.homeOf?.(this.world, input) ?? 'us-east-1';
    if (takesVersion2(region)) return region;
    throw new AwsError(
      'InvalidRequest',
      'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
    );
  }

  #context(region: string, { callerArn }: KeyHolder, requestId: string): RequestContext {
    const scope = this.world.scope(region);
    return {
      ...scope,
      requestId,
      callerArn: callerArn ?? `arn:${partitionOf(region)}:iam::${ACCOUNT_ID}:user/sandbox`,
    };
  }
}

const NO_SCHEMA: ServiceSchema = {
  xmlNamespace: '',
  isQueryCompatible: false,
  operation: () => undefined,
  operations: () => [],
  error: () => undefined,
};

/** The request itself tells its protocol, as several services take more than one. */
function protocolOf(request: WireRequest, service: Service | undefined): Protocol {
  if (isCbor(request)) return cborProtocol;
  if (isJsonRpc(request)) return jsonProtocol(mediaType(request).endsWith('1.0') ? '1.0' : '1.1');
  if (service?.name === 'ec2') return ec2Protocol;
  if (service?.name === 's3') return restXmlProtocol;
  if (service?.name === 'lambda') return restJsonProtocol;
  const form = mediaType(request) === 'application/x-www-form-urlencoded' || request.query.has('Action');
  return form || service !== undefined ? queryProtocol : restXmlProtocol;
}

function unknownService(scope: CredentialScope | undefined): AwsError {
  return new AwsError('NotImplemented', `The sandbox has no service ${scope?.service ?? 's3'}.`, 501);
}

function unknownOperation(name: string | undefined, { method, path }: WireRequest): AwsError {
  return name === undefined
    ? new AwsError('InvalidAction', `No operation fits ${method} ${path}.`)
    : new AwsError('InvalidAction', `Could not find operation ${name}`);
}

function notImplemented({ name }: Service, operation: string): AwsError {
  return new AwsError('NotImplemented', `The sandbox does not implement ${operation} of ${name}.`, 501);
}

/** What the sandbox was told to answer with. */
function toldError(code: string): AwsError {
  if (/Throttl|RequestLimit|TooManyRequests|SlowDown/.test(code)) {
    return new AwsError(code, 'Rate exceeded', code === 'SlowDown' ? 503 : 400);
  }
  const denied = /AccessDenied|UnauthorizedOperation|ExpiredToken/.test(code);
  return new AwsError(code, 'The sandbox was told to answer with this error (--fail)', denied ? 403 : 400);
}

function asAwsError(cause: unknown): AwsError {
  if (cause instanceof AwsError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new AwsError('InternalFailure', `The sandbox failed: ${message}`, 500);
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
