import { duration } from '../../terminal/duration.ts';
import { facts } from '../../terminal/table.ts';
import { counted } from '../../terminal/text.ts';
import type { Theme } from '../../terminal/theme.ts';
import type { DeploymentResult } from '../deployment/request.ts';
import type { CreationPreview } from './preview.ts';

/** A step that runs on the stack's agents, as YAML to paste into a pipeline. */
export function pipelineStep(queue: string): string {
  const plain = /^[A-Za-z][\w.-]*$/.test(queue) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(queue);
  return [
    'steps:',
    '  - label: Hello',
    '    command: hostname',
    '    agents:',
    `      queue: ${plain ? queue : JSON.stringify(queue)}`,
  ].join('\n');
}

/** A creation that has ended well, or begun, for people. */
export function creationText(result: DeploymentResult & { readonly queue?: string }, theme: Theme): string {
  const { stackName, region, status, outputs, elapsedSeconds, queue } = result;
  if (status !== 'CREATE_COMPLETE') {
    return [
      `${theme.busy('…')} ${theme.stack(stackName)} is being created in ${region}.`,
      `  To watch it: ${theme.command(`bk-stack status ${stackName} --wait`)}`,
    ].join('\n');
  }
  const step =
    queue === undefined ? [] : ['', theme.heading('A pipeline step that runs on it'), pipelineStep(queue)];
  return [
    `${theme.good('✔')} ${theme.stack(stackName)} is created in ${region}, after ${duration(elapsedSeconds)}.`,
    ...(Object.keys(outputs).length === 0 ? [] : ['', facts(Object.entries(outputs), theme.dim)]),
    ...step,
    '',
    `See it: ${theme.command(`bk-stack status ${stackName}`)}`,
  ].join('\n');
}

/** What would be made, for people. */
export function previewText(preview: CreationPreview, theme: Theme): string {
  const { stackName, region, account, parameters, tags, resources } = preview;
  const total = Object.values(resources).reduce((sum, count) => sum + count, 0);
  const types = Object.entries(resources).map(([type, count]) => `${String(count).padStart(3)}  ${type}`);
  const shown = (entries: readonly (readonly [string, string])[]) =>
    facts(
      entries.map(([name, value]) => [name, value === '' ? '(empty)' : value]),
      theme.dim,
    );
  return [
    `Would create ${theme.stack(stackName)} in ${region}, account ${account}. Nothing has been made.`,
    ...(preview.removes === undefined
      ? []
      : [`Would first remove the stack of this name that is there in ${preview.removes.status}.`]),
    '',
    theme.heading('Template'),
    facts(
      [
        ['source', preview.template],
        ['goes by', preview.staging],
        ['capabilities', preview.capabilities.join(', ') || 'none'],
        ['role', preview.roleArn],
        ['protection', preview.terminationProtection ? 'on' : undefined],
        ['agent token', preview.tokenParameter && `SecureString ${preview.tokenParameter}`],
      ],
      theme.dim,
    ),
    '',
    theme.heading("Parameters (all others have the template's defaults)"),
    parameters.length === 0 ? 'none' : shown(parameters.map(({ name, value }) => [name, value])),
    '',
    theme.heading('Tags'),
    shown(Object.entries(tags)),
    '',
    theme.heading(`At most ${counted(total, 'resource')}, as many as the template's conditions allow`),
    ...types,
  ].join('\n');
}
