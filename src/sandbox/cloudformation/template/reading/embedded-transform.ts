import { isMap } from '../../syntax/intrinsics.ts';
import type { TemplateValue } from '../../syntax/model.ts';

/** The name of the first transform that stands inside of a template, as Fn::Transform. */
export function embeddedTransform(value: TemplateValue): string | undefined {
  if (Array.isArray(value)) return firstOf(value);
  if (!isMap(value)) return undefined;
  const transform = value['Fn::Transform'];
  const [called] = Array.isArray(transform) ? transform : [transform];
  if (isMap(called) && typeof called.Name === 'string') return called.Name;
  return firstOf(Object.values(value));
}

function firstOf(values: readonly TemplateValue[]): string | undefined {
  for (const value of values) {
    const name = embeddedTransform(value);
    if (name !== undefined) return name;
  }
  return undefined;
}
