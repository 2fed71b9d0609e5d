import type { Program } from '../../assets/index.ts';
import type { Template } from '../../parameters/index.ts';
import type { CurrentParameters } from './parameters.ts';
import type { UpdateRequest } from './update-request.ts';

const BUCKET = 'AssetsBucket';
/** Keys that `programs` makes; a person's own are left alone. */
const OURS = /^(host|scaler)\/[0-9a-f]{64}\.(mjs|zip)$/;

/** The programs of this version that a stack is to have in place of its own. */
export function newPrograms(
  template: Template,
  current: CurrentParameters,
  given: Pick<UpdateRequest, 'file' | 'flags'>,
  programs: readonly Program[],
): Program[] {
  const declared = new Set(template.definitions.map(({ name }) => name));
  return programs.filter(({ parameter, key }) => {
    if (!declared.has(parameter) || given.file.has(parameter) || given.flags.has(parameter)) return false;
    const has = current.get(parameter) ?? '';
    return has !== key && (has === '' || OURS.test(has));
  });
}

/** What was given, with the places of new programs. `bucket` is where they are staged. */
export function withPrograms(
  given: Pick<UpdateRequest, 'file' | 'flags'>,
  programs: readonly Program[],
  bucket: string,
): Pick<UpdateRequest, 'file' | 'flags'> {
  if (programs.length === 0) return given;
  const added = [
    ...programs.map(({ parameter, key }) => [parameter, key] as const),
    [BUCKET, bucket] as const,
  ];
  const file = new Map([
    ...given.file,
    ...added.map(([name, value]) => [name, { value, from: 'bk-stack' }] as const),
  ]);
  return { ...given, file };
}
