import { connect, query } from './pool.ts';

/** Privileges of the master user of Aurora MySQL 3 on all databases. https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.MasterAccounts.html */
const PRIVILEGES = [
  ...['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP', 'RELOAD', 'PROCESS', 'REFERENCES', 'INDEX', 'ALTER'],
  ...['SHOW DATABASES', 'CREATE TEMPORARY TABLES', 'LOCK TABLES', 'EXECUTE', 'REPLICATION SLAVE', 'REPLICATION CLIENT'],
  ...['CREATE VIEW', 'SHOW VIEW', 'CREATE ROUTINE', 'ALTER ROUTINE', 'CREATE USER', 'EVENT', 'TRIGGER'],
];

/** Its dynamic privileges. MySQL 8.2 has divided SET_USER_ID into two; those that a version does not have are left out. */
const DYNAMIC = [
  ...['APPLICATION_PASSWORD_ADMIN', 'CONNECTION_ADMIN', 'ROLE_ADMIN', 'SHOW_ROUTINE', 'XA_RECOVER_ADMIN'],
  ...['SET_USER_ID', 'SET_ANY_DEFINER', 'ALLOW_NONEXISTENT_DEFINER'],
  ...['FLUSH_OPTIMIZER_COSTS', 'FLUSH_STATUS', 'FLUSH_TABLES', 'FLUSH_USER_RESOURCES'],
];

const NAME = 'admin';

/**
 * Creates the user that sessions belong to, with the privileges of Aurora's master user and no others: no SUPER and nothing that sets restricted
 * system variables. May run again, also at the same time.
 * @param url a user who may grant everything
 * @returns the URL of the same server for the new user
 */
export async function createMasterUser(url: string, password = ''): Promise<string> {
  const connection = await connect(url, undefined);
  try {
    const known = (await query(connection, 'SHOW PRIVILEGES')) as { Privilege: string }[];
    const names = new Set(known.map(({ Privilege }) => Privilege));
    const granted = [...PRIVILEGES, ...DYNAMIC.filter(name => names.has(name))];
    await query(connection, `CREATE USER IF NOT EXISTS ${NAME}@'%'`);
    await query(connection, `ALTER USER ${NAME}@'%' IDENTIFIED BY ${connection.escape(password)}`);
    await query(connection, `GRANT ${granted.join(', ')} ON *.* TO ${NAME}@'%' WITH GRANT OPTION`);
  } finally {
    connection.destroy();
  }
  const master = new URL(url);
  master.username = NAME;
  master.password = password;
  return master.href;
}
