import { type GivenParameters, parseParamFlags, readConfig } from '../../parameters/index.ts';
import { parseTags, type Tags } from '../../naming/tags.ts';
import type { ImageChoice } from '../../image/source.ts';
import { type RolloutFlags, type RolloutOptions, rolloutOptions } from './options.ts';

/** Flags of `bk-stack update`. */
export interface UpdateFlags extends RolloutFlags {
  readonly config?: string | undefined;
  readonly param?: readonly string[] | undefined;
  readonly tag?: readonly string[] | undefined;
  readonly template?: string | undefined;
  readonly 'keep-template': boolean;
  readonly 'keep-image': boolean;
  readonly 'role-arn'?: string | undefined;
  readonly 'assets-bucket'?: string | undefined;
}

/** A change of a stack, as a person has given it. */
export interface UpdateRequest extends RolloutOptions {
  readonly file: GivenParameters;
  readonly flags: GivenParameters;
  readonly tags: Tags;
  /** A file or an address; undefined for the template of bk-stack, or with `keepTemplate` the stack's own. */
  readonly template?: string;
  readonly keepTemplate: boolean;
  readonly image: ImageChoice;
  readonly roleArn?: string;
  readonly assetsBucket?: string;
}

/**
 * Reads and checks what was given, by flags, files and stdin. Sends nothing to AWS.
 * @throws UsageError for what cannot be used
 */
export async function gatherUpdate(flags: UpdateFlags, stdin: () => Promise<string>): Promise<UpdateRequest> {
  const given = {
    file: flags.config === undefined ? new Map() : await readConfig(flags.config, stdin),
    flags: parseParamFlags(flags.param ?? []),
  };
  return {
    ...given,
    ...rolloutOptions(flags),
    tags: parseTags(flags.tag ?? []),
    ...(flags.template !== undefined && { template: flags.template }),
    keepTemplate: flags['keep-template'],
    image: flags['keep-image'] ? 'keep' : 'newest',
    ...(flags['role-arn'] !== undefined && { roleArn: flags['role-arn'] }),
    ...(flags['assets-bucket'] !== undefined && { assetsBucket: flags['assets-bucket'] }),
  };
}

/** An update of parameters alone that leaves instances as they are; `params` are of the form `Key=Value`. */
export function parametersRequest(params: readonly string[]): UpdateRequest {
  return {
    ...{ file: new Map(), flags: parseParamFlags(params), tags: {}, keepTemplate: true },
    image: 'keep if possible',
    ...{ strategy: 'in-place', allowed: new Set(), drainSeconds: 0 },
    refresh: { minHealthy: 100, batch: 10, skipMatching: true },
  };
}
