import type { Capability } from '@aws-sdk/client-cloudformation';
import type { TemplateDocument } from '../../cfn/document.ts';
import type { DeploymentObserver } from '../events/observer.ts';

/** Where CloudFormation reads the template: a URL in S3, or the text itself (51,200 bytes at most). */
export type TemplateSource =
  | { readonly templateUrl: string; readonly templateBody?: undefined }
  | { readonly templateBody: string; readonly templateUrl?: undefined };

/** A parameter as CloudFormation takes it. One that is left out gets the template's default. */
export type StackParameter =
  | { readonly ParameterKey: string; readonly ParameterValue: string }
  | { readonly ParameterKey: string; readonly UsePreviousValue: true };

/** What a change set is computed from. */
export type ChangeSetRequest = TemplateSource & {
  readonly type: 'CREATE' | 'UPDATE';
  readonly stackName: string;
  readonly parameters: readonly StackParameter[];
  readonly tags: Readonly<Record<string, string>>;
  readonly capabilities: readonly Capability[];
  /** The role that CloudFormation acts as; without it, the caller's own permissions. */
  readonly roleArn?: string;
  /** What the change set says of itself. */
  readonly description?: string;
};

/** A stack to be made. */
export type DeploymentRequest = Omit<ChangeSetRequest, 'type' | keyof TemplateSource> &
  TemplateSource & {
    /** The template's text and lines, to say where a failing resource stands. */
    readonly template: TemplateDocument;
    readonly terminationProtection: boolean;
  };

export interface DeploymentOptions {
  /** Ends the waiting, not the deployment. */
  readonly signal: AbortSignal;
  readonly observer: DeploymentObserver;
  /** False: return as soon as CloudFormation has begun. */
  readonly wait: boolean;
}

/** A stack that was made, or with `wait: false` one that is being made. */
export interface DeploymentResult {
  readonly stackName: string;
  readonly stackId: string;
  readonly region: string;
  /** CREATE_COMPLETE, or CREATE_IN_PROGRESS when it was not waited for. */
  readonly status: string;
  /** Resources of the stack itself, without those of nested stacks. */
  readonly resources: number;
  /** On the stack's own clock; 0 when it was not waited for. */
  readonly elapsedSeconds: number;
  /** Empty when it was not waited for. */
  readonly outputs: Readonly<Record<string, string>>;
}
