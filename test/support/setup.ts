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
for (const name of Object.keys(process.env)) {
  if (/^(AWS_PROFILE|AWS_ENDPOINT_URL|AWS_SESSION_TOKEN|BK_STACK_)/.test(name)) {
    Reflect.deleteProperty(process.env, name);
  }
}
