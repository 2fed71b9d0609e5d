import { isMap, scalarText } from './intrinsics.ts';
import type { TemplateValue } from './model.ts';

/**
 * What a change set shows for a value that exists only once the change is made. A function of such a value is such a
 * value itself.
 */
export const KNOWN_AFTER_APPLY = '{{changeSet:KNOWN_AFTER_APPLY}}';

/** Whether two values are the same to CloudFormation, to which 5 and "5", true and "true" are. */
export function sameValue(left: TemplateValue | undefined, right: TemplateValue | undefined): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => sameValue(item, right[index]));
  }
  if (isMap(left) && isMap(right)) {
    const keys = Object.keys(left);
    return (
      keys.length === Object.keys(right).length &&
      keys.every((key) => Object.hasOwn(right, key) && sameValue(left[key], right[key]))
    );
  }
  const text = scalarText(left);
  return text === undefined ? left === right : text === scalarText(right);
}
