import type {
  CreateLaunchTemplateVersionRequest,
  CreateLaunchTemplateVersionResult,
  DeleteLaunchTemplateVersionsRequest,
  DeleteLaunchTemplateVersionsResult,
  DescribeLaunchTemplateVersionsRequest,
  DescribeLaunchTemplateVersionsResult,
  LaunchTemplateVersion,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { page, selected, type Filters } from '../common/describing.ts';
import { required } from '../common/errors.ts';
import { ec2State } from '../state/state.ts';
import { checkTemplateData, creator, templateOf, versionOf } from './launch-templates.ts';
import type { TemplateRecord, VersionRecord } from '../state/launch-template.ts';

/** Adds a version; with SourceVersion, what the request leaves out comes from that one. */
export function createLaunchTemplateVersion(
  input: CreateLaunchTemplateVersionRequest,
  scope: Scope,
): CreateLaunchTemplateVersionResult & {
  LaunchTemplateVersion: LaunchTemplateVersion & { VersionNumber: number };
} {
  const template = templateOf(ec2State(scope), input);
  const source = input.SourceVersion === undefined ? {} : versionOf(template, input.SourceVersion).data;
  const data = checkTemplateData({
    ...source,
    ...defined(required(input.LaunchTemplateData, 'LaunchTemplateData')),
  });
  const version: VersionRecord = {
    number: template.latestVersion + 1,
    createdAt: scope.world.now(),
    data,
    ...(input.VersionDescription && { description: input.VersionDescription }),
  };
  template.versions.push(version);
  template.latestVersion = version.number;
  return { LaunchTemplateVersion: described(template, version, scope) };
}

function defined<Shape extends object>(shape: Shape): Partial<Shape> {
  return Object.fromEntries(
    Object.entries(shape).filter(([, value]) => value !== undefined),
  ) as Partial<Shape>;
}

/** The default version and versions that are not there come back as failures, as EC2 does. */
function deleteLaunchTemplateVersions(
  input: DeleteLaunchTemplateVersionsRequest,
  scope: Scope,
): DeleteLaunchTemplateVersionsResult {
  const template = templateOf(ec2State(scope), input);
  const item = (version: string) => ({
    LaunchTemplateId: template.LaunchTemplateId,
    LaunchTemplateName: template.LaunchTemplateName,
    VersionNumber: Number(version),
  });
  const answer = {
    SuccessfullyDeletedLaunchTemplateVersions: [] as ReturnType<typeof item>[],
    UnsuccessfullyDeletedLaunchTemplateVersions: [] as (ReturnType<typeof item> & {
      ResponseError: { Code: 'launchTemplateVersionDoesNotExist' | 'unexpectedError'; Message: string };
    })[],
  };
  for (const version of required(input.Versions, 'Versions')) {
    if (Number(version) === template.defaultVersion) {
      throw new AwsError(
        'InvalidLaunchTemplateVersion.DeleteDefault',
        `The default version ${version} of the launch template cannot be deleted. Set another version as the default first.`,
      );
    }
    const found = template.versions.find(({ number }) => number === Number(version));
    if (found === undefined) {
      answer.UnsuccessfullyDeletedLaunchTemplateVersions.push({
        ...item(version),
        ResponseError: {
          Code: 'launchTemplateVersionDoesNotExist',
          Message: `The specified launch template version does not exist.`,
        },
      });
      continue;
    }
    template.versions = template.versions.filter((one) => one !== found);
    template.latestVersion = template.versions.at(-1)?.number ?? template.defaultVersion;
    answer.SuccessfullyDeletedLaunchTemplateVersions.push(item(version));
  }
  return answer;
}

function described(template: TemplateRecord, version: VersionRecord, scope: Scope) {
  return {
    LaunchTemplateId: template.LaunchTemplateId,
    LaunchTemplateName: template.LaunchTemplateName,
    VersionNumber: version.number,
    VersionDescription: version.description,
    CreateTime: new Date(version.createdAt),
    CreatedBy: creator(scope),
    DefaultVersion: version.number === template.defaultVersion,
    LaunchTemplateData: version.data as LaunchTemplateVersion['LaunchTemplateData'],
  };
}

const filters: Filters<VersionRecord> = {
  'image-id': ({ data }) => data.ImageId,
  'instance-type': ({ data }) => data.InstanceType,
  'create-time': ({ createdAt }) => new Date(createdAt).toISOString(),
};

/** A template's versions, the newest first; without naming one, `$Latest` or `$Default` of every template. */
function describeLaunchTemplateVersions(
  input: DescribeLaunchTemplateVersionsRequest,
  scope: Scope,
): DescribeLaunchTemplateVersionsResult {
  const state = ec2State(scope);
  const named = input.LaunchTemplateId !== undefined || input.LaunchTemplateName !== undefined;
  const templates = named ? [templateOf(state, input)] : Object.values(state.launchTemplates);
  const asked = templates.flatMap((template) =>
    versionsAsked(template, input).map((version) => ({ template, version })),
  );
  const chosen = new Set(
    selected(
      asked.map(({ version }) => version),
      input.Filters,
      filters,
    ),
  );
  const { items, nextToken } = page(
    asked.filter(({ version }) => chosen.has(version)),
    input,
    1,
  );
  return {
    LaunchTemplateVersions: items.map(({ template, version }) => described(template, version, scope)),
    NextToken: nextToken,
  };
}

function versionsAsked(
  template: TemplateRecord,
  input: DescribeLaunchTemplateVersionsRequest,
): VersionRecord[] {
  if (input.Versions?.length) return input.Versions.map((version) => versionOf(template, version));
  const least = Number(input.MinVersion ?? 0);
  const most = Number(input.MaxVersion ?? Number.POSITIVE_INFINITY);
  return template.versions.filter(({ number }) => number >= least && number <= most).reverse();
}

export const templateVersionOperations = {
  CreateLaunchTemplateVersion: createLaunchTemplateVersion,
  DeleteLaunchTemplateVersions: deleteLaunchTemplateVersions,
  DescribeLaunchTemplateVersions: describeLaunchTemplateVersions,
};
