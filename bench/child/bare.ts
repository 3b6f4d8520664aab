import { RDSDataClient } from '@aws-sdk/client-rds-data';

/** The least that a function with the Data API can load: a client, and nothing sent with it. */
const client = new RDSDataClient({});

export async function handler(): Promise<void> {
  if (!client.config) throw new Error('no client');
}
