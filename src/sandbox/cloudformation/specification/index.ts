/** What AWS publishes of each resource type. Loaded when first asked for, and a type at a time. */
export { loadSpecification, type Specification } from './load.ts';
export { attributeNames, isKnownType, primaryIdentifier, taggingOf, type Tagging } from './types.ts';
export {
  compareProperties,
  recreation,
  type PropertyDifference,
  type RequiresRecreation,
} from './compare.ts';
export { checkProperties } from './check.ts';
