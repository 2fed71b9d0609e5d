/** No test may reach a real account: fake keys, no profile, no instance metadata. */
Object.assign(process.env, {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'test-only',
  AWS_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
});
// No test asks a server that has a certificate of its own, and Node 20 reads a bundle of them at every start: a tenth of a second
// for each of the many that the tests start.
Reflect.deleteProperty(process.env, 'NODE_EXTRA_CA_CERTS');
for (const name of Object.keys(process.env)) {
  if (/^(AWS_PROFILE|AWS_ENDPOINT_URL|AWS_SESSION_TOKEN|BK_STACK_)/.test(name)) {
    Reflect.deleteProperty(process.env, name);
  }
}
