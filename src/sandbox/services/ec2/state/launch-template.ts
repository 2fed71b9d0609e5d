import type { RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import type { Instant } from '../../../kernel/time.ts';

export interface VersionRecord {
  readonly number: number;
  readonly description?: string;
  readonly createdAt: Instant;
  readonly data: RequestLaunchTemplateData;
}

/** A launch template with its versions, the oldest first. */
export interface TemplateRecord {
  readonly LaunchTemplateId: string;
  readonly LaunchTemplateName: string;
  readonly createdAt: Instant;
  defaultVersion: number;
  latestVersion: number;
  versions: VersionRecord[];
}
