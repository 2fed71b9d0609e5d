export { checkParameters } from './check.ts';
export { faultOf, isList } from './constraints.ts';
export {
  type ParameterDefinition,
  parameterDefinitions,
  type ParameterGroup,
  parameterGroups,
  type Question,
} from './definition.ts';
export { type GivenParameters, parseParamFlags } from './given.ts';
export { readConfig } from './read-config.ts';
export { readTemplate, type Template, templateFrom } from './read-template.ts';
