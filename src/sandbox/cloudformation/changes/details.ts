import type { ResourceChangeDetail, ResourceTargetDefinition } from '@aws-sdk/client-cloudformation';
import type { PropertyDifference } from '../specification/index.ts';
import {
  isMap,
  KNOWN_AFTER_APPLY,
  MASK,
  referencesIn,
  scalarText,
  type DeletionPolicy,
  type Evaluation,
  type Reference,
  type TemplateBody,
  type TemplateValue,
} from '../template/index.ts';

/** What the details of one resource's properties are told from. */
export interface PropertySources {
  readonly differences: readonly PropertyDifference[];
  /** The properties as the new template writes them. */
  readonly written: TemplateBody;
  readonly evaluation: Evaluation;
  /** What may be shown of the properties: NoEcho parameters are masked. */
  readonly before: TemplateBody;
  readonly after: TemplateBody;
  /** The parameters whose values differ. */
  readonly changedParameters: ReadonlySet<string>;
}

/**
 * One detail for each property value that differs: what it was and is to be, and what makes it differ.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChangeDetail.html
 */
export function propertyDetails(sources: PropertySources): ResourceChangeDetail[] {
  return sources.differences.map((difference) => ({
    Target: target(difference, sources),
    ...cause(difference, sources),
  }));
}

function target(
  difference: PropertyDifference,
  { before, after }: PropertySources,
): ResourceTargetDefinition {
  const { name, path, requiresRecreation, changeType } = difference;
  const shown = {
    before: shownAt(before, path, difference.before),
    after: shownAt(after, path, difference.after),
  };
  return {
    ...(name === 'Tags' ? { Attribute: 'Tags' } : { Attribute: 'Properties', Name: name }),
    RequiresRecreation: requiresRecreation,
    Path: path,
    ...(shown.before === undefined ? {} : { BeforeValue: shown.before }),
    ...(shown.after === undefined ? {} : { AfterValue: shown.after }),
    AttributeChangeType: changeType,
  };
}

/** The value as it may be shown, where that can be told; otherwise a mask, if anything is masked at all. */
function shownAt(shown: TemplateBody, path: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const open = valueAt(shown, path);
  if (open === undefined) return JSON.stringify(shown).includes(MASK) ? MASK : value;
  return scalarText(open) ?? JSON.stringify(open);
}

function valueAt(properties: TemplateBody, path: string): TemplateValue | undefined {
  let value: TemplateValue | undefined = properties;
  for (const step of path.replace('/Properties/', '').split('/')) {
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isMap(value)) value = value[step];
    else return undefined;
  }
  return value;
}

function cause(
  difference: PropertyDifference,
  { written, evaluation, changedParameters }: PropertySources,
): Pick<ResourceChangeDetail, 'Evaluation' | 'ChangeSource' | 'CausingEntity'> {
  const references = referencesIn(nearest(written, difference.path), evaluation);
  if (difference.after?.includes(KNOWN_AFTER_APPLY) === true) {
    const reference = references.find(({ kind, name, attribute }) =>
      isUnknown(evaluation, kind, name, attribute),
    );
    if (reference !== undefined) return { Evaluation: 'Dynamic', ...caused(reference) };
  }
  const parameter = references.find(({ kind, name }) => kind === 'Parameter' && changedParameters.has(name));
  return parameter === undefined
    ? { Evaluation: 'Static', ChangeSource: 'DirectModification' }
    : { Evaluation: 'Static', ChangeSource: 'ParameterReference', CausingEntity: parameter.name };
}

/** The value that the template writes at a path, or the function call around it. */
function nearest(written: TemplateBody, path: string): TemplateValue {
  let value: TemplateValue = written;
  for (const step of path.replace('/Properties/', '').split('/')) {
    const next: TemplateValue | undefined = Array.isArray(value)
      ? value[Number(step)]
      : isMap(value)
        ? value[step]
        : undefined;
    if (next === undefined) return value;
    value = next;
  }
  return value;
}

function isUnknown(
  { references }: Evaluation,
  kind: Reference['kind'],
  name: string,
  attribute: string | undefined,
): boolean {
  if (kind === 'Parameter') return false;
  return (
    (kind === 'Resource' ? references.ref(name) : references.attribute(name, attribute ?? '')) ===
    KNOWN_AFTER_APPLY
  );
}

function caused({
  kind,
  name,
  attribute,
}: Reference): Pick<ResourceChangeDetail, 'ChangeSource' | 'CausingEntity'> {
  return kind === 'Attribute'
    ? { ChangeSource: 'ResourceAttribute', CausingEntity: `${name}.${attribute ?? ''}` }
    : { ChangeSource: 'ResourceReference', CausingEntity: name };
}

/** The stack's own tags differ. */
export function stackTagsDetail(): ResourceChangeDetail {
  return {
    Target: { Attribute: 'Tags', RequiresRecreation: 'Never' },
    Evaluation: 'Static',
    ChangeSource: 'DirectModification',
  };
}

export function metadataDetail(): ResourceChangeDetail {
  return {
    Target: { Attribute: 'Metadata', RequiresRecreation: 'Never' },
    Evaluation: 'Static',
    ChangeSource: 'DirectModification',
  };
}

/** A nested stack whose template may differ, although its own properties do not. */
export function automaticDetail(): ResourceChangeDetail {
  return {
    Target: { Attribute: 'Properties', RequiresRecreation: 'Never' },
    Evaluation: 'Dynamic',
    ChangeSource: 'Automatic',
  };
}

/** A policy that differs. It alone makes no change. */
export function policyDetail(
  attribute: 'DeletionPolicy' | 'UpdateReplacePolicy',
  before: DeletionPolicy | undefined,
  after: DeletionPolicy | undefined,
): ResourceChangeDetail[] {
  if (before === after) return [];
  return [
    {
      Target: {
        Attribute: attribute,
        RequiresRecreation: 'Never',
        Path: `/${attribute}`,
        ...(before === undefined ? {} : { BeforeValue: before }),
        ...(after === undefined ? {} : { AfterValue: after }),
        AttributeChangeType: before === undefined ? 'Add' : after === undefined ? 'Remove' : 'Modify',
      },
      Evaluation: 'Static',
      ChangeSource: 'DirectModification',
    },
  ];
}
