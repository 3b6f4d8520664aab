import { StartError } from '../start-error.ts';
import { connect, query } from './pool.ts';
import { type MysqlServerOptions, startMysqld } from './server.ts';

/** A MySQL server that answers, with one database that exists. */
export interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

/** Reach a server by URL, or start one, and make sure of the database. Throws a `StartError`. */
export async function startMysql(options: {
  readonly url: string | undefined;
  readonly server: MysqlServerOptions;
  readonly database: string;
  /** On a server by URL: one that we start is ours. */
  readonly create: boolean;
  /** On a server that we start: whether sessions belong to root. */
  readonly superuser: boolean;
}): Promise<Server> {
  if (options.url !== undefined) {
    const url = parse(options.url);
    await ensureDatabase(url, options.database, options.create);
    return { url: options.url, stop: async () => {} };
  }
  const server = await startMysqld(options.server);
  const url = options.superuser ? server.url : server.masterUrl;
  try {
    await ensureDatabase(new URL(url), options.database, true);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url, stop: server.stop };
}

async function ensureDatabase(url: URL, database: string, create: boolean): Promise<void> {
  try {
    // The database itself first: it may be the only one that this user can enter.
    (await connect(url.href, database)).destroy();
    return;
  } catch (error) {
    if ((error as { errno?: number }).errno !== 1049) throw explain(error, url);
    if (!create) {
      const remedy = `Check its name, or create it: CREATE DATABASE ${quoted(database)}.`;
      throw new StartError(`There is no database ${JSON.stringify(database)} on ${url.host}`, remedy, { cause: error });
    }
  }
  try {
    const connection = await connect(url.href, undefined);
    await query(connection, `CREATE DATABASE IF NOT EXISTS ${quoted(database)}`);
    connection.destroy();
  } catch (error) {
    throw explain(error, url);
  }
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

function explain(cause: unknown, { host, username }: URL): StartError {
  const { message, errno } = cause as { message: string; errno?: number };
  if (errno !== undefined && errno >= 1000) {
    return new StartError(
      `MySQL at ${host} refuses user ${username}: ${message}`,
      'Check user and password in the URL, and that the user may create the database.',
      { cause },
    );
  }
  return new StartError(
    `MySQL at ${host} cannot be reached: ${message}`,
    'Check host and port, and that the server runs.',
    { cause },
  );
}

function parse(url: string): URL {
  try {
    const parsed = new URL(url);
    if (parsed.protocol === 'mysql:') return parsed;
  } catch {
    // Said below; the URL itself holds a password and is not repeated.
  }
  throw new StartError(
    'The URL of the MySQL server is not valid',
    'Write it as mysql://user@host:port/database, the password behind the user (user:password@host).',
  );
}
