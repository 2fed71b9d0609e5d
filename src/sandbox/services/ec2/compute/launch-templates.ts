import type {
  CreateLaunchTemplateRequest,
  CreateLaunchTemplateResult,
  DeleteLaunchTemplateRequest,
  DeleteLaunchTemplateResult,
  DescribeLaunchTemplatesRequest,
  DescribeLaunchTemplatesResult,
  LaunchTemplate,
  LaunchTemplateSpecification,
  ModifyLaunchTemplateRequest,
  ModifyLaunchTemplateResult,
  RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { byId, byIds, page, selected, type Filters } from '../common/describing.ts';
import { required } from '../common/errors.ts';
import type { Ec2State } from '../state/records.ts';
import { ec2State } from '../state/state.ts';
import { requestedTags, setTags, tagList } from '../tagging/tags.ts';
import type { TemplateRecord, VersionRecord } from '../state/launch-template.ts';
import { decodedUserData } from './user-data.ts';

export const templateMissing = (ids: readonly string[]): AwsError =>
  new AwsError(
    'InvalidLaunchTemplateId.NotFound',
    `The specified launch template, with template ID ${ids[0] ?? ''}, does not exist.`,
  );

/** The template that a request names by id or by name. @throws AwsError InvalidLaunchTemplateId.NotFound, ... */
export function templateOf(
  state: Ec2State,
  {
    LaunchTemplateId,
    LaunchTemplateName,
  }: Pick<LaunchTemplateSpecification, 'LaunchTemplateId' | 'LaunchTemplateName'>,
): TemplateRecord {
  if (LaunchTemplateId !== undefined && LaunchTemplateName !== undefined) {
    throw new AwsError(
      'InvalidParameterCombination',
      'Either provide launch template ID or launch template name to identify a launch template, but not both.',
    );
  }
  if (LaunchTemplateId !== undefined) {
    if (!/^lt-[0-9a-f]{8,17}$/.test(LaunchTemplateId)) {
      throw new AwsError(
        'InvalidLaunchTemplateId.Malformed',
        `The specified launch template ID '${LaunchTemplateId}' is not valid.`,
      );
    }
    return byId(state.launchTemplates, LaunchTemplateId, templateMissing);
  }
  const name = required(LaunchTemplateName, 'LaunchTemplateId or LaunchTemplateName');
  const found = byName(state, name);
  if (found !== undefined) return found;
  throw new AwsError(
    'InvalidLaunchTemplateName.NotFoundException',
    `The specified launch template, with template name ${name}, does not exist.`,
  );
}

function byName(state: Ec2State, name: string): TemplateRecord | undefined {
  return Object.values(state.launchTemplates).find(({ LaunchTemplateName }) => LaunchTemplateName === name);
}

/**
 * A version of a template: its number, `$Latest`, or `$Default` (also what no version means).
 * @throws AwsError InvalidLaunchTemplateId.VersionNotFound
 */
export function versionOf(template: TemplateRecord, version: string | undefined): VersionRecord {
  const number =
    version === undefined || version === '' || version === '$Default'
      ? template.defaultVersion
      : version === '$Latest'
        ? template.latestVersion
        : Number(version);
  const found = template.versions.find((one) => one.number === number);
  if (found !== undefined) return found;
  throw new AwsError(
    'InvalidLaunchTemplateId.VersionNotFound',
    `Could not find the specified version ${version ?? ''} for the launch template with ID ${template.LaunchTemplateId}.`,
  );
}

/**
 * Checks what EC2 checks of a template when it is written. Most of what it names is looked up when an instance is launched.
 * @throws AwsError
 */
export function checkTemplateData(data: RequestLaunchTemplateData): RequestLaunchTemplateData {
  if (data.UserData !== undefined) decodedUserData(data.UserData);
  if (data.NetworkInterfaces?.length && (data.SecurityGroupIds?.length ?? data.SecurityGroups?.length)) {
    throw new AwsError(
      'InvalidParameterCombination',
      'Network interfaces and an instance-level security groups may not be specified on the same request',
    );
  }
  if (data.InstanceType !== undefined && data.InstanceRequirements !== undefined) {
    throw new AwsError(
      'InvalidParameterCombination',
      'The parameters InstanceType and InstanceRequirements can not be specified together',
    );
  }
  return JSON.parse(JSON.stringify(data)) as RequestLaunchTemplateData;
}

/** @throws AwsError InvalidLaunchTemplateName.AlreadyExistsException, ... */
export function createLaunchTemplate(
  input: CreateLaunchTemplateRequest,
  scope: Scope,
): CreateLaunchTemplateResult & { LaunchTemplate: LaunchTemplate & { LaunchTemplateId: string } } {
  const state = ec2State(scope);
  const name = required(input.LaunchTemplateName, 'LaunchTemplateName');
  if (!/^[a-zA-Z0-9().\-/_]{3,128}$/.test(name)) {
    throw new AwsError(
      'InvalidLaunchTemplateName.MalformedException',
      'A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the following characters: - ( ) . / _',
    );
  }
  const data = checkTemplateData(required(input.LaunchTemplateData, 'LaunchTemplateData'));
  const tags = requestedTags(input.TagSpecifications, 'launch-template');
  if (byName(state, name) !== undefined) {
    throw new AwsError(
      'InvalidLaunchTemplateName.AlreadyExistsException',
      'Launch template name already in use.',
    );
  }
  const id = scope.world.ids.hex('lt-');
  const now = scope.world.now();
  const template: TemplateRecord = {
    LaunchTemplateId: id,
    LaunchTemplateName: name,
    createdAt: now,
    defaultVersion: 1,
    latestVersion: 1,
    versions: [
      {
        number: 1,
        createdAt: now,
        data,
        ...(input.VersionDescription && { description: input.VersionDescription }),
      },
    ],
  };
  state.launchTemplates[id] = template;
  setTags(state, id, tags);
  return { LaunchTemplate: described(state, template, scope) };
}

export function deleteLaunchTemplate(
  input: DeleteLaunchTemplateRequest,
  scope: Scope,
): DeleteLaunchTemplateResult {
  const state = ec2State(scope);
  const template = templateOf(state, input);
  const answer = { LaunchTemplate: described(state, template, scope) };
  Reflect.deleteProperty(state.launchTemplates, template.LaunchTemplateId);
  Reflect.deleteProperty(state.tags, template.LaunchTemplateId);
  return answer;
}

/** Makes another version the default one. */
export function modifyLaunchTemplate(
  input: ModifyLaunchTemplateRequest,
  scope: Scope,
): ModifyLaunchTemplateResult {
  const state = ec2State(scope);
  const template = templateOf(state, input);
  if (input.DefaultVersion !== undefined) {
    template.defaultVersion = versionOf(template, input.DefaultVersion).number;
  }
  return { LaunchTemplate: described(state, template, scope) };
}

const filters: Filters<TemplateRecord> = {
  'launch-template-name': (template) => template.LaunchTemplateName,
  'create-time': (template) => new Date(template.createdAt).toISOString(),
};

function described(state: Ec2State, template: TemplateRecord, scope: Scope) {
  return {
    LaunchTemplateId: template.LaunchTemplateId,
    LaunchTemplateName: template.LaunchTemplateName,
    CreateTime: new Date(template.createdAt),
    CreatedBy: creator(scope),
    DefaultVersionNumber: template.defaultVersion,
    LatestVersionNumber: template.latestVersion,
    Tags: tagList(state, template.LaunchTemplateId),
  };
}

/** Whom templates and their versions say they were made by. */
export function creator({ partition, accountId }: Scope): string {
  return `arn:${partition}:iam::${accountId}:root`;
}

function describeLaunchTemplates(
  input: DescribeLaunchTemplatesRequest,
  scope: Scope,
): DescribeLaunchTemplatesResult {
  const state = ec2State(scope);
  const ids = [
    ...(input.LaunchTemplateIds ?? []).map((LaunchTemplateId) => templateOf(state, { LaunchTemplateId })),
    ...(input.LaunchTemplateNames ?? []).map((LaunchTemplateName) =>
      templateOf(state, { LaunchTemplateName }),
    ),
  ].map(({ LaunchTemplateId }) => LaunchTemplateId);
  const found = selected(
    byIds(state.launchTemplates, ids, templateMissing),
    input.Filters,
    filters,
    (template) => state.tags[template.LaunchTemplateId] ?? {},
  );
  const { items, nextToken } = page(found, input, 1);
  return {
    LaunchTemplates: items.map((template) => described(state, template, scope)),
    NextToken: nextToken,
  };
}

export const launchTemplateOperations = {
  CreateLaunchTemplate: createLaunchTemplate,
  DeleteLaunchTemplate: deleteLaunchTemplate,
  ModifyLaunchTemplate: modifyLaunchTemplate,
  DescribeLaunchTemplates: describeLaunchTemplates,
};
