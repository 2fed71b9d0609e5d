import { primaryIdentifier } from '../specification/index.ts';
import { scalarText, type TemplateBody } from '../template/index.ts';

/**
 * The name that the template itself gives to a resource, when the new one would need it while the old one still has it.
 * @returns undefined where the names differ, or CloudFormation makes them up
 */
export function customNameHeld(type: string, before: TemplateBody, after: TemplateBody): string | undefined {
  const identifier = primaryIdentifier(type);
  const named = (properties: readonly string[]): string | undefined => {
    const held = properties.map((property) => {
      const name = scalarText(after[property]);
      return name !== undefined && name === scalarText(before[property]) ? name : undefined;
    });
    return held.length > 0 && held.every((name) => name !== undefined) ? held.join('|') : undefined;
  };
  // Types identified by an ARN or an id have their name in a property called after them, or in `Name`.
  const short = type.split('::').at(-1) ?? type;
  return named(identifier) ?? named([`${short}Name`]) ?? named(['Name']);
}
