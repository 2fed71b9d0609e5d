/** One statement of a policy, its members always lists. */
export interface Statement {
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  /** By kind: `AWS`, `Service`, `Federated`, `CanonicalUser`, or `*` for everyone. Undefined where the policy has none. */
  readonly principal?: Readonly<Record<string, readonly string[]>>;
  readonly notPrincipal: boolean;
  readonly actions: readonly string[];
  readonly notAction: boolean;
  /** Undefined where the policy has none: a role's trust policy. */
  readonly resources?: readonly string[];
  readonly notResource: boolean;
  /** Values by operator and key. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** What is wrong with a policy's text; each service has its own error for it. */
export class PolicyFault extends Error {}

type Json = Readonly<Record<string, unknown>>;

const VERSIONS = ['2012-10-17', '2008-10-17'];
const MEMBERS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

/**
 * Reads a policy by the grammar that all services share.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 * @throws PolicyFault
 */
export function readPolicy(text: string): Statement[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new PolicyFault('This policy contains invalid Json');
  }
  if (!isObject(document)) throw new PolicyFault('Syntax errors in policy.');
  const { Version, Statement: statement } = document;
  if (Version !== undefined && !VERSIONS.some((version) => version === Version))
    throw new PolicyFault('Syntax errors in policy.');
  const statements = (Array.isArray(statement) ? statement : [statement]) as unknown[];
  if (statement === undefined || statements.length === 0) throw new PolicyFault('Syntax errors in policy.');
  const read = statements.map(readStatement);
  const sids = read.flatMap(({ sid }) => sid ?? []);
  if (new Set(sids).size < sids.length)
    throw new PolicyFault('Statement IDs (SID) in a single policy must be unique.');
  return read;
}

function readStatement(statement: unknown): Statement {
  if (!isObject(statement)) throw new PolicyFault('Syntax errors in policy.');
  const unknown = Object.keys(statement).find((member) => !MEMBERS.has(member));
  const { Sid, Effect, Condition } = statement;
  if (unknown !== undefined || (Effect !== 'Allow' && Effect !== 'Deny')) {
    throw new PolicyFault('Syntax errors in policy.');
  }
  const [actions, notAction] = either(statement, 'Action');
  if (actions === undefined) throw new PolicyFault('Policy statement must contain actions.');
  for (const action of actions) {
    if (action !== '*' && !/^[A-Za-z0-9-]+:\S+$/.test(action)) {
      throw new PolicyFault('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
    }
  }
  const [resources, notResource] = either(statement, 'Resource');
  const written = statement['Principal'] ?? statement['NotPrincipal'];
  return {
    ...(typeof Sid === 'string' && Sid !== '' && { sid: Sid }),
    effect: Effect,
    ...(written !== undefined && { principal: readPrincipal(written) }),
    notPrincipal: statement['NotPrincipal'] !== undefined,
    actions,
    notAction,
    ...(resources !== undefined && { resources }),
    notResource,
    conditions: readConditions(Condition),
  };
}

function either(statement: Json, member: 'Action' | 'Resource'): [string[] | undefined, boolean] {
  const plain = statement[member];
  const inverted = statement[`Not${member}`];
  if (plain !== undefined && inverted !== undefined) throw new PolicyFault('Syntax errors in policy.');
  return [textList(plain ?? inverted), inverted !== undefined];
}

function textList(value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  const list = (Array.isArray(value) ? value : [value]) as unknown[];
  if (!list.every((item) => typeof item === 'string') || list.length === 0) {
    throw new PolicyFault('Syntax errors in policy.');
  }
  return list;
}

function readPrincipal(value: unknown): Record<string, string[]> {
  if (value === '*') return { '*': ['*'] };
  if (!isObject(value)) throw new PolicyFault('Invalid principal in policy');
  return Object.fromEntries(
    Object.entries(value).map(([kind, names]) => {
      if (!['AWS', 'Service', 'Federated', 'CanonicalUser'].includes(kind)) {
        throw new PolicyFault('Invalid principal in policy');
      }
      return [kind, textList(names) ?? []];
    }),
  );
}

function readConditions(value: unknown): Record<string, Record<string, string[]>> {
  if (value === undefined) return {};
  if (!isObject(value)) throw new PolicyFault('Syntax errors in policy.');
  return Object.fromEntries(
    Object.entries(value).map(([operator, keys]) => {
      if (!isObject(keys)) throw new PolicyFault('Syntax errors in policy.');
      const read = Object.entries(keys).map(([key, values]): [string, string[]] => [
        key,
        (Array.isArray(values) ? values : [values]).map(String),
      ]);
      return [operator, Object.fromEntries(read)];
    }),
  );
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
