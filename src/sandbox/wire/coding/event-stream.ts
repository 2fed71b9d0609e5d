import type { JsonCodec2 } from '@aws-sdk/core/protocols';
import { EventStreamCodec, type Message, type MessageHeaders } from '@smithy/core/event-streams';
import type { NormalizedSchema } from '@smithy/core/schema';
import { fromUtf8, toUtf8 } from '@smithy/core/serde';

/** An event of a stream: one member of its union. */
type StreamedEvent = Readonly<Record<string, object>>;

/**
 * Frames the answer of an operation that goes on: first what it answers besides, then each event as it comes; an error ends it.
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 * @param member of the output, which holds the events
 */
export async function* eventStreamBody(
  codec: JsonCodec2,
  contentType: string,
  {
    member,
    schema,
    events,
  }: { member: string; schema: NormalizedSchema; events: AsyncIterable<StreamedEvent> },
): AsyncGenerator<Uint8Array> {
  const frames = new EventStreamCodec(toUtf8, fromUtf8);
  const frame = (headers: Readonly<Record<string, string>>, body: Message['body']) =>
    frames.encode({ headers: textHeaders({ ...headers, ':content-type': contentType }), body });
  yield frame({ ':message-type': 'event', ':event-type': 'initial-response' }, fromUtf8('{}'));
  const union = schema.getMemberSchema(member);
  for await (const event of events) {
    for (const [name, value] of Object.entries(event)) {
      const shape = union.getMemberSchema(name);
      const serializer = codec.createSerializer();
      serializer.write(shape, value);
      const body = serializer.flush();
      const isError = 'error' in shape.getMergedTraits();
      yield frame(
        isError
          ? { ':message-type': 'exception', ':exception-type': name }
          : { ':message-type': 'event', ':event-type': name },
        typeof body === 'string' ? fromUtf8(body) : body,
      );
    }
  }
}

function textHeaders(headers: Readonly<Record<string, string>>): MessageHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, { type: 'string' as const, value }]),
  );
}
