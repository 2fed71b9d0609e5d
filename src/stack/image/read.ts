import type { StackFacts } from '../facts/stack-facts.ts';
import type { ImageCalls } from './calls.ts';
import type { StackImage } from './image.ts';

/** Reads the image that a stack launches from, and a newer one where its outputs name where to look. */
export async function readStackImage(
  images: Pick<ImageCalls, 'named' | 'describe'>,
  facts: Pick<StackFacts, 'group' | 'launch' | 'output'>,
): Promise<StackImage | undefined> {
  const group = await facts.group();
  const id = group && (await facts.launch(group))?.data.ImageId;
  if (id === undefined) return undefined;
  const parameter = facts.output('ImageParameter');
  const newest = parameter === undefined ? undefined : await images.named(parameter);
  const found = await images.describe(newest === undefined ? [id] : [id, newest]);
  const info = (one: string) => found.get(one) ?? { id: one };
  return { current: info(id), ...(newest !== undefined && newest !== id && { newer: info(newest) }) };
}
