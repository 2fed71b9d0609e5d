import { isMap } from '../../syntax/intrinsics.ts';
import type { TemplateBody, TemplateValue } from '../../syntax/model.ts';

/** How the key of an Fn::ForEach begins. */
export const LOOP = 'Fn::ForEach::';

const LOOPED_SECTIONS = ['Conditions', 'Resources', 'Outputs'];

/** Whether an Fn::ForEach stands anywhere in the value. */
export function hasLoops(value: TemplateValue): boolean {
  if (Array.isArray(value)) return value.some(hasLoops);
  return isMap(value) && Object.entries(value).some(([key, item]) => key.startsWith(LOOP) || hasLoops(item));
}

/** The template without its loops and what contains them: what can be said of it before its parameters are known. */
export function withoutLoops(body: TemplateBody): TemplateBody {
  const sections = Object.entries(body).map(([name, section]): [string, TemplateValue] => [
    name,
    LOOPED_SECTIONS.includes(name) && isMap(section)
      ? Object.fromEntries(
          Object.entries(section).filter(([key, item]) => !key.startsWith(LOOP) && !hasLoops(item)),
        )
      : section,
  ]);
  return Object.fromEntries(sections);
}
