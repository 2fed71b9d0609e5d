/** What this reads of package-lock.json: https://docs.npmjs.com/cli/v10/configuring-npm/package-lock-json */
export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly link?: boolean;
}

/** A package as it lies in node_modules. */
export interface InstalledPackage {
  /** As the lock file has it: `node_modules/chalk`. */
  readonly path: string;
  readonly version?: string | undefined;
  /** An SPDX expression. */
  readonly license?: string | undefined;
  readonly scripts?: Readonly<Record<string, string>> | undefined;
}

/** Licences that let everybody use and ship the code, with their text beside it. */
const LICENCES = new Set([
  ...[
    '0BSD',
    'Apache-2.0',
    'BlueOak-1.0.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'CC0-1.0',
    'ISC',
    'MIT',
    'MIT-0',
  ],
  ...['Python-2.0', 'Unlicense', 'CC-BY-3.0', 'CC-BY-4.0'],
]);

/** Packages that may run a script when they are installed, and why. */
const INSTALL_SCRIPTS: Readonly<Record<string, string>> = {
  'node_modules/esbuild':
    'checks that the binary of its platform is there; builds need it, the published package does not',
};

/** Advisories that don't concern us, by the id of GitHub's database, and why. */
const ACCEPTED: Readonly<Record<string, string>> = {};

const INSTALLING = ['preinstall', 'install', 'postinstall'];

/** Finds what must not be in the lock file, in the package's own scripts, or in what is installed. */
export function lockFindings(
  { packages }: LockFile,
  own: { readonly scripts?: Readonly<Record<string, string>>; readonly dependencies?: object },
  installed: readonly InstalledPackage[],
): readonly string[] {
  const locked = Object.entries(packages).filter(([path]) => path !== '');
  return [
    ...locked.flatMap(([path, { integrity = '', resolved, link, hasInstallScript }]) => [
      ...(link === true ? [`${path}: a link to a folder instead of a package`] : []),
      ...(/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity) ? [] : [`${path}: no SHA-512 in the lock file`]),
      // Without a host, npm takes the registry that is configured.
      ...(resolved === undefined || /^https:\/\/registry\.npmjs\.org\//.test(resolved)
        ? []
        : [`${path}: comes from ${resolved} instead of the registry`]),
      ...(hasInstallScript === true && !(path in INSTALL_SCRIPTS)
        ? [`${path}: runs a script when it is installed`]
        : []),
    ]),
    ...INSTALLING.filter((name) => own.scripts?.[name] !== undefined).map(
      (name) => `package.json: users would run the script ${name}`,
    ),
    ...(Object.keys(own.dependencies ?? {}).length > 0
      ? ['package.json: the published package has dependencies, which are not in its bundle']
      : []),
    ...installed.flatMap(({ path, version, license, scripts }) => [
      ...(version === packages[path]?.version
        ? []
        : [
            `${path}: ${version ?? 'no version'} is installed, ${packages[path]?.version ?? 'none'} is locked`,
          ]),
      ...(licenceAllowed(license)
        ? []
        : [`${path}: the licence ${license ?? '(none)'} is not an accepted one`]),
      ...(INSTALLING.some((name) => scripts?.[name] !== undefined) && !(path in INSTALL_SCRIPTS)
        ? [`${path}: has an install script`]
        : []),
    ]),
  ];
}

/** Whether a licence, or one of several to choose from, is accepted; of several that all hold, all have to be. */
export function licenceAllowed(expression: string | undefined): boolean {
  if (expression === undefined) return false;
  return expression
    .replace(/[()]/g, '')
    .split(/\s+OR\s+/)
    .some((choice) => choice.split(/\s+AND\s+/).every((licence) => LICENCES.has(licence.trim())));
}

/**
 * Reads what `npm audit --json` printed. A registry that has no advisories to give says so with an error, which is told and not
 * taken for a clean bill.
 */
export function advisoryFindings(output: string): {
  readonly findings: readonly string[];
  readonly summary: string;
} {
  const report = parsed(output);
  if (report?.vulnerabilities === undefined) {
    const why = report?.message ?? 'npm audit gave no answer';
    return { findings: [], summary: `advisories NOT checked: ${why}` };
  }
  const advisories = Object.values(report.vulnerabilities).flatMap(({ via }) =>
    via.filter((each) => typeof each === 'object'),
  );
  const open = advisories.filter(({ url }) => !((url.split('/').at(-1) ?? '') in ACCEPTED));
  return {
    findings: open.map(({ name, title, url }) => `${name}: ${title} (${url})`),
    summary: `${advisories.length} advisories, ${advisories.length - open.length} of them accepted with a reason`,
  };
}

interface AuditReport {
  readonly message?: string;
  readonly vulnerabilities?: Readonly<
    Record<string, { readonly via: readonly (string | { name: string; title: string; url: string })[] }>
  >;
}

function parsed(output: string): AuditReport | undefined {
  try {
    return JSON.parse(output) as AuditReport;
  } catch {
    return undefined;
  }
}
