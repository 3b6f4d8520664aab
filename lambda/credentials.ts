/** What the SDK's clients sign with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Stands in the bundle for `@aws-sdk/credential-provider-node`. Lambda gives a function its credentials in the environment, new ones with each
 * sandbox; the other places where the SDK would look (profiles, SSO, web identity, instance metadata) are none that a function has, and
 * make up a quarter of what is loaded.
 */
export function defaultProvider(): () => Promise<Credentials> {
  return async () => {
    const {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    } = process.env;
    if (accessKeyId === undefined || secretAccessKey === undefined) {
      // The name by which the SDK's users know it.
      throw Object.assign(new Error('There are no credentials in the environment'), {
        name: 'CredentialsProviderError',
      });
    }
    return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
  };
}
