/** On a group: how many agents instances have by the version of the launch template that they are of, such as `7=1 8=4`. */
export const AGENTS_TAG = 'bk-stack:agents';

/** AgentsPerInstance by version of the launch template. */
export type AgentsByVersion = ReadonlyMap<string, number>;

/** Versions whose number of agents can't be read are left out. */
export function agentsByVersionOf(tag: string | undefined): AgentsByVersion {
  const pairs = (tag ?? '').matchAll(/(?<=^| )(\d+)=(\d+)(?= |$)/g);
  return new Map([...pairs].map(([, version = '', agents]) => [version, Number(agents)]));
}

export function agentsTagValue(agents: AgentsByVersion): string {
  return [...agents].map(([version, count]) => `${version}=${count}`).join(' ');
}

/**
 * What is known of versions: the note, and the one that the settings belong to. Versions that no instance has any more are left
 * out, as a tag's value has 256 characters.
 */
export function knownAgents(
  noted: AgentsByVersion,
  versions: readonly string[],
  {
    launchTemplateVersion,
    agentsPerInstance,
  }: {
    readonly launchTemplateVersion: string;
    readonly agentsPerInstance: number;
  },
): AgentsByVersion {
  const used = [...noted].filter(([version]) => versions.includes(version));
  return new Map([...used, [launchTemplateVersion, agentsPerInstance]]);
}

/** Agents of instances of these versions; of an unknown version, as many as the settings say. */
export function launchedAgents(
  versions: readonly string[],
  agents: AgentsByVersion,
  agentsPerInstance: number,
): number {
  return versions.reduce((sum, version) => sum + (agents.get(version) ?? agentsPerInstance), 0);
}
