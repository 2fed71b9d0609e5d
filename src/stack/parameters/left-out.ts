import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { packageFile } from '../../base/package-file.ts';

/** What became of a parameter of Buildkite's own template; `template/official-parameters.yml` explains each member. */
export interface OfficialParameter {
  readonly Default: string;
  readonly Because?: string;
  readonly Later?: string;
  readonly LeftOut?: string;
}

/** The text of `template/official-parameters.yml` as data, by the parameter's name. */
export function officialParameters(text: string): Readonly<Record<string, OfficialParameter>> {
  return parse(text) as Readonly<Record<string, OfficialParameter>>;
}

/** Why bk-stack has no such parameter, although Buildkite's template has; undefined for every other name. */
export function leftOutBecause(name: string): string | undefined {
  const official = officialParameters(readFileSync(packageFile('template/official-parameters.yml'), 'utf8'));
  return Object.hasOwn(official, name) ? official[name]?.LeftOut : undefined;
}
