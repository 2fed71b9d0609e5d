import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../../kernel/errors.ts';
import { ec2Denial, queryDenial } from '../coding/denial.ts';
import { parseForm, readForm } from '../coding/form.ts';
import type { WireRequest, WireResponse } from '../coding/http.ts';
import { XML_SETTINGS, escapeXml, xmlAnswer } from '../coding/xml.ts';
import { missingMembers } from './missing.ts';
import type { Protocol } from './protocol.ts';

/**
 * A form in, XML out: CloudFormation, Auto Scaling, IAM, STS, SNS, and older clients of SQS and CloudWatch.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export const queryProtocol: Protocol = {
  operationName: actionOf,
  read: (request, { input }) => readForm(input, formOf(request), { ec2: false }),
  write(output, operation, { schema, requestId }) {
    const { name } = operation;
    const result = operation.output.isStructSchema()
      ? xmlOf(operation.outputNamed(`${name}Result`), output)
      : '';
    const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
    return answered(
      200,
      `<${name}Response xmlns="${schema.xmlNamespace}">${result}${metadata}</${name}Response>`,
      requestId,
    );
  },
  writeError(error, { schema, requestId }) {
    const code = schema.error(error.code)?.queryCode ?? error.code;
    const type = error.status >= 500 ? 'Receiver' : 'Sender';
    const details = Object.entries(error.details)
      .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
      .join('');
    return answered(
      error.status,
      `<ErrorResponse xmlns="${schema.xmlNamespace}"><Error><Type>${type}</Type><Code>${escapeXml(code)}</Code><Message>${escapeXml(error.message)}</Message>${details}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
      requestId,
    );
  },
  denied: queryDenial,
  missing: (members) => missingMembers(members, 'ValidationError'),
};

/**
 * Amazon EC2's own dialect of it.
 * https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
 */
export const ec2Protocol: Protocol = {
  operationName: actionOf,
  read: (request, { input }) => readForm(input, formOf(request), { ec2: true }),
  write(output, operation, { schema, requestId }) {
    const root = `${operation.name}Response`;
    const opening = `<${root} xmlns="${schema.xmlNamespace}"><requestId>${requestId}</requestId>`;
    const members = operation.output.isStructSchema()
      ? xmlOf(operation.outputNamed(root), output).replace(/^<[^>]*?(\/?)>/, (_, empty: string) =>
          empty === '/' ? `</${root}>` : '',
        )
      : // An operation without an output says that it was done.
        `<return>true</return></${root}>`;
    return answered(200, opening + members, requestId);
  },
  writeError(error, { requestId }) {
    return answered(
      error.status,
      `<Response><Errors><Error><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message></Error></Errors><RequestID>${requestId}</RequestID></Response>`,
      requestId,
    );
  },
  denied: ec2Denial,
  missing: ([member = '']) =>
    new AwsError('MissingParameter', `The request must contain the parameter ${member}`),
};

function actionOf(request: WireRequest): string | undefined {
  return formOf(request).get('Action') ?? undefined;
}

/** A form comes as a body, or as the query of a GET. */
function formOf({ method, query, body }: WireRequest): URLSearchParams {
  return method === 'GET' || body.length === 0 ? query : parseForm(body.toString('utf8'));
}

function xmlOf(schema: NormalizedSchema, value: object): string {
  const serializer = new XmlShapeSerializer(XML_SETTINGS);
  serializer.write(schema, value);
  return String(serializer.flush());
}

function answered(status: number, xml: string, requestId: string): WireResponse {
  return xmlAnswer(status, xml, { 'x-amzn-requestid': requestId });
}
