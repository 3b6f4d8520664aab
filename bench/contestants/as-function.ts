import type { Target } from '../target.ts';

/** What any function finds in its environment in Lambda, the local services in place of AWS's. */
export function lambdaVariables({ endpoint, cloudFormation, region, credentials }: Target): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_RDS_DATA: endpoint,
    AWS_ENDPOINT_URL_CLOUDFORMATION: cloudFormation,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
}

/** Do in this process what a function does in its own: with these variables, and with its log unheard. */
export async function asFunction(
  variables: Readonly<Record<string, string>>,
  work: () => Promise<void>,
): Promise<void> {
  const before = Object.keys(variables).map(name => [name, process.env[name]] as const);
  const write = process.stdout.write;
  Object.assign(process.env, variables);
  process.stdout.write = () => true;
  try {
    await work();
  } finally {
    process.stdout.write = write;
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
