import { AwsError } from '../../kernel/errors.ts';

/** How AWS's own frameworks word that members are missing. */
export function missingMembers(members: readonly string[], code: string): AwsError {
  const errors = members.map((member) => {
    const name = member.charAt(0).toLowerCase() + member.slice(1);
    return `Value null at '${name}' failed to satisfy constraint: Member must not be null`;
  });
  const heading = errors.length === 1 ? '1 validation error' : `${errors.length} validation errors`;
  return new AwsError(code, `${heading} detected: ${errors.join('; ')}`);
}
