import {
  isMap,
  scalarText,
  type DeletionPolicy,
  type TemplateBody,
  type TemplateValue,
} from '../template/index.ts';

interface Shown {
  readonly properties: TemplateBody;
  readonly metadata?: TemplateBody;
  readonly deletionPolicy?: DeletionPolicy | undefined;
  readonly updateReplacePolicy?: DeletionPolicy | undefined;
}

/** A resource as a change set's BeforeContext and AfterContext show it: JSON in which every scalar is text. */
export function contextText({
  properties,
  metadata = {},
  deletionPolicy,
  updateReplacePolicy,
}: Shown): string {
  return JSON.stringify({
    Properties: asText(properties),
    ...(Object.keys(metadata).length === 0 ? {} : { Metadata: asText(metadata) }),
    ...(updateReplacePolicy === undefined ? {} : { UpdateReplacePolicy: updateReplacePolicy }),
    ...(deletionPolicy === undefined ? {} : { DeletionPolicy: deletionPolicy }),
  });
}

function asText(value: TemplateValue): TemplateValue {
  if (Array.isArray(value)) return value.map(asText);
  if (!isMap(value)) return scalarText(value) ?? value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asText(item)]));
}
