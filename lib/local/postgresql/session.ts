import pg from 'pg';

/** Opens a session as the service's driver does: UTC, ISO dates. */
export async function openSession(url: string, database: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: withDatabase(url, database),
    options: '-c TimeZone=UTC -c DateStyle=ISO,MDY',
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => {}); // Reported by the statement that runs or comes next.
  await client.connect();
  return client;
}

/** The URL of another database on the same server. */
export function withDatabase(url: string, database: string): string {
  const target = new URL(url);
  // As `pg` reads it, with decodeURI, which leaves the escapes of `;:@&=+$,` and the like as they are.
  target.pathname = `/${encodeURI(database).replaceAll('?', '%3F').replaceAll('#', '%23')}`;
  return target.href;
}
