import { UsageError } from '../../errors.ts';
import type { Program, StagingPlan } from '../assets/index.ts';
import type { DeploymentRequest } from '../deployment/index.ts';
import type { Template } from '../parameters/index.ts';
import type { PreflightSubject } from '../preflight/index.ts';
import type { TokenRecord } from '../token/token.ts';
import { refuseContradictions } from '../template/contradictions.ts';
import { RESOLVED_IMAGE } from '../image/source.ts';
import { checkStackName } from './stack-name.ts';
import { ownTags, type Tags } from '../naming/tags.ts';
import { capabilitiesOf, templateVersion } from '../template/facts.ts';
import { ENDPOINT_PARAMETER, endpointOf, assignTokenParameter, type Target } from './token-parameter.ts';

/** A stack as a person has requested it. */
export interface CreationRequest {
  readonly stackName: string;
  readonly template: Template;
  /** The values given, checked against the template. */
  readonly parameters: ReadonlyMap<string, string>;
  /** The agents' token, where it is to be kept by us. */
  readonly token?: string;
  readonly tags: Tags;
  readonly roleArn?: string;
  readonly terminationProtection: boolean;
  readonly assetsBucket?: string;
}

/** A request as it goes to AWS, save for what only looking at AWS can tell. */
export interface PreparedCreation {
  readonly subject: PreflightSubject;
  readonly request: Omit<DeploymentRequest, 'templateBody' | 'templateUrl' | 'parameters'>;
  /** How people call the template: a path, an address. */
  readonly templateName: string;
  /** The token to be stored; undefined where it is elsewhere already. */
  readonly token?: TokenRecord;
  /** The parameters to pass, in zones that were chosen for a new VPC, with the places of what is staged, and the image found. */
  readonly parametersWith: (
    zones: readonly string[] | undefined,
    staging: Exclude<StagingPlan, { kind: 'refused' }>,
    image?: string,
  ) => ReadonlyMap<string, string>;
  /** Whether a parameter's value may not be shown. */
  readonly secret: (name: string) => boolean;
}

const ZONES = 'AvailabilityZones';
const ASSETS_BUCKET = 'AssetsBucket';

/**
 * Prepares a request: the token's place, the Agent API of this side, the tags and capabilities.
 * @throws UsageError for a name, role or token that cannot be used, or is missing.
 */
export function prepareCreation(
  request: CreationRequest,
  side: Target & { readonly programs: () => readonly Program[] },
): PreparedCreation {
  const { region, agentEndpoint } = side;
  const stackName = checkStackName(request.stackName);
  const { template, roleArn, assetsBucket } = request;
  const declared = new Map(template.definitions.map((definition) => [definition.name, definition]));
  const { document } = template;
  const given = new Map(request.parameters);
  if (agentEndpoint !== undefined && declared.has(ENDPOINT_PARAMETER) && !given.has(ENDPOINT_PARAMETER)) {
    given.set(ENDPOINT_PARAMETER, agentEndpoint);
  }
  const tags = { ...request.tags, ...ownTags(stackName, templateVersion(document.body)) };
  const { source, record } = assignTokenParameter(request, declared, given, tags);
  const effective = new Map(
    Array.from(declared, ([name, { preset }]) => [name, given.get(name) ?? preset ?? '']),
  );
  const open = (name: string) => declared.has(name) && !given.get(name);
  const assets = open(ASSETS_BUCKET) ? side.programs().filter(({ parameter }) => open(parameter)) : [];
  // The bucket's name has the account in it, which is not known before AWS is asked.
  const promised = assets.flatMap(({ parameter, key }) => [
    [ASSETS_BUCKET, key] as const,
    [parameter, key] as const,
  ]);
  refuseContradictions(template, new Map([...effective, ...promised]), region);
  return {
    subject: {
      stackName,
      region,
      template: document,
      parameters: effective,
      token: source,
      agentEndpoint: endpointOf(effective, side),
      assets,
      ...(assetsBucket !== undefined && { assetsBucket }),
    },
    request: {
      stackName,
      template: document,
      tags,
      capabilities: capabilitiesOf(document.body),
      ...(roleArn !== undefined && { roleArn: checkRole(roleArn) }),
      terminationProtection: request.terminationProtection,
      description: 'bk-stack create',
    },
    templateName: template.name,
    ...(record !== undefined && { token: record }),
    parametersWith: (zones, staging, image) => {
      const parameters = new Map(given);
      if (zones !== undefined && declared.has(ZONES) && !given.get(ZONES))
        parameters.set(ZONES, zones.join(','));
      if (image !== undefined) parameters.set(RESOLVED_IMAGE, image);
      if (staging.kind === 'bucket') {
        for (const { parameter, key } of assets) {
          parameters.set(ASSETS_BUCKET, staging.bucket).set(parameter, key);
        }
      }
      return parameters;
    },
    secret: (name) => declared.get(name)?.noEcho ?? false,
  };
}

function checkRole(arn: string): string {
  if (/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(arn)) return arn;
  throw new UsageError(`--role-arn ${arn} is not the ARN of an IAM role`, {
    hint: 'It looks like arn:aws:iam::111122223333:role/deployer.',
  });
}
