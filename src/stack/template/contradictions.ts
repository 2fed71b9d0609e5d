import { UsageError } from '../../errors.ts';
import { isList, type Template } from '../parameters/index.ts';
import { brokenRules } from './rules.ts';

/**
 * Checks values that are right one by one, and cannot be meant together.
 * @throws UsageError with every contradiction
 */
export function refuseContradictions(
  { definitions, document }: Template,
  parameters: ReadonlyMap<string, string>,
  region: string,
): void {
  const lists = new Set(definitions.filter(({ type }) => isList(type)).map(({ name }) => name));
  const broken = brokenRules(document.body, (name) => {
    if (name === 'AWS::Region') return region;
    const value = parameters.get(name);
    // As CloudFormation has it, an empty text is a list of one empty value.
    return value !== undefined && lists.has(name) ? value.split(',').map((each) => each.trim()) : value;
  });
  // A rule cannot compare two sizes.
  const most = parameters.get('MaxSize') ?? '';
  for (const name of ['MinSize', 'ScaleUpMinSize', 'ScaleDownMinSize']) {
    const least = parameters.get(name) ?? '';
    const counts = name === 'MinSize' || parameters.get('EnableScheduledScaling') === 'true';
    if (counts && least !== '' && most !== '' && Number(least) > Number(most)) {
      broken.push(`${name} (${least}) is more than MaxSize (${most}).`);
    }
  }
  const [first] = broken;
  if (first === undefined) return;
  const message =
    broken.length === 1
      ? first
      : ['Parameters contradict each other:', ...broken.map((each) => `- ${each}`)].join('\n');
  throw new UsageError(message, {
    hint: 'docs/parameters.md explains the parameters, and the section Rules of the template what goes together.',
    details: { problems: broken },
  });
}
