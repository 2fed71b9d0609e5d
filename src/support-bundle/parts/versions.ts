import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { packageFile } from '../../base/package-file.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';
import type { AgentVersions } from './logs.ts';
import { dataPart, type Part } from './part.ts';

/** Parameters that choose a version of something. */
const CHOOSES = /Version|Release|ImageId|BundleKey|BundleHash|InstanceTypes?$|InstanceOperatingSystem/;

/** The version of bk-stack that this is. */
export function ownVersion(): string {
  return (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string }).version;
}

/** What runs, as far as it is known. After the logs, which tell what agents there were. */
export function versionsPart(facts: StackFacts, agents: AgentVersions): Part {
  return dataPart('versions.json', 'the versions of bk-stack, Node, the template, the agents', () => {
    const { stack, summary } = facts;
    const { origin, version, createdAt, updatedAt } = summary;
    const chosen = (stack.Parameters ?? []).filter(({ ParameterKey = '' }) => CHOOSES.test(ParameterKey));
    const data = {
      bkStack: ownVersion(),
      node: process.version,
      system: `${process.platform} ${process.arch} ${release()}`,
      template: { origin, version, output: facts.output('TemplateVersion'), createdAt, updatedAt },
      agentsInLogs: [...agents].sort(),
      parameters: Object.fromEntries(
        chosen.map(({ ParameterKey = '', ParameterValue, ResolvedValue }) => [
          ParameterKey,
          ResolvedValue ?? ParameterValue,
        ]),
      ),
    };
    return Promise.resolve({ data });
  });
}
