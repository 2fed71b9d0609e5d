/**
 * The module that CloudFormation puts beside the source of a Node.js function in a template: `send` answers a custom
 * resource's request and ends the invocation. It runs in the function's own process, so it is text here.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html
 */
export const CFN_RESPONSE = `'use strict';
const http = require('node:http');
const https = require('node:https');

exports.SUCCESS = 'SUCCESS';
exports.FAILED = 'FAILED';

exports.send = function send(event, context, responseStatus, responseData, physicalResourceId, noEcho) {
  const body = JSON.stringify({
    Status: responseStatus,
    Reason: 'See the details in CloudWatch Log Stream: ' + context.logStreamName,
    PhysicalResourceId: physicalResourceId || context.logStreamName,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    NoEcho: noEcho || false,
    Data: responseData,
  });
  console.log('Response body:\\n', body);
  const url = new URL(event.ResponseURL);
  const { request } = url.protocol === 'http:' ? http : https;
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { method: 'PUT', headers }, (response) => {
      response.resume();
      console.log('Status code: ' + response.statusCode);
      resolve(context.done());
    });
    sent.on('error', (error) => {
      console.log('The response could not be sent: ' + error.message);
      reject(context.done(error));
    });
    sent.end(body);
  });
};
`;
