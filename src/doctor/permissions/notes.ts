import { BOUNDARY_NAME, boundaryArn } from './boundary.ts';
import { DEPLOYING } from './calls.ts';
import type { PolicyDocument, PolicyPlace } from './document.ts';
import { LARGEST_MANAGED, needsToken } from './policy.ts';

/** Notes on a printed policy: its size, and what its holder can do beyond what the commands do. */
export function policyNotes(
  document: PolicyDocument,
  commands: readonly string[],
  place: PolicyPlace,
): readonly string[] {
  const { length } = JSON.stringify(document);
  const stacks = place.stackName ?? `${place.prefix ?? ''}*`;
  const has = (pattern: RegExp) =>
    document.Statement.some(({ Action }) => Action.some((action) => pattern.test(action)));
  return [
    ...(length > LARGEST_MANAGED
      ? [
          `A managed policy holds ${LARGEST_MANAGED} characters, and this has ${length}: put it into a role as an inline policy, or print it for fewer commands: --for`,
        ]
      : []),
    ...(commands.some((command) => DEPLOYING.includes(command))
      ? [
          `Whoever holds it runs code as the roles of stacks named ${stacks}, up to the boundary ${boundaryArn(place)}. Make that first: bk-stack doctor --print-policy --boundary > boundary.json; aws iam create-policy --policy-name ${BOUNDARY_NAME} --policy-document file://boundary.json`,
          `Stacks have to be made with it: --param InstanceRolePermissionsBoundaryARN=${boundaryArn(place)}`,
        ]
      : []),
    ...(needsToken(commands) ? ['Whoever holds it can read the agent token.'] : []),
    ...(has(/^s3:PutObject$/)
      ? ['Whoever holds it can write the secrets bucket, and so run code in every job that reads it.']
      : []),
  ];
}
