import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../start-error.ts';

/**
 * Extensions of PostgreSQL's own that `rds_superuser` may create on Aurora and that PostgreSQL leaves to superusers. Those that it leaves to
 * everybody who may create in the database ("trusted") are not in this list.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/AuroraPostgreSQL.Extensions.html
 */
const TRUSTED_ON_AURORA = [
  ...['amcheck', 'autoinc', 'bloom', 'dblink', 'dict_xsyn', 'earthdistance', 'hstore_plperl', 'insert_username'],
  ...['intagg', 'moddatetime', 'pageinspect', 'pg_buffercache', 'pg_freespacemap', 'pg_prewarm', 'pg_stat_statements'],
  ...['pg_visibility', 'pgrowlocks', 'pgstattuple', 'postgres_fdw', 'refint', 'sslinfo'],
];

/** Their foreign data wrappers belong to the superuser, and who creates a server on one needs this. */
const WRAPPERS: Readonly<Record<string, string>> = {
  'dblink--1.2.sql': 'dblink_fdw',
  'postgres_fdw--1.0.sql': 'postgres_fdw',
};

/**
 * Marks extensions as trusted in the control files of the embedded PostgreSQL, which is the only way to let a user create them who is no
 * superuser. Where the files cannot be written, only the superuser can create these.
 */
export async function trustExtensions(native: string): Promise<void> {
  for (const share of ['share/postgresql', 'share']) {
    const folder = join(native, share, 'extension');
    const files = new Set(await readdir(folder).catch(() => []));
    const controls = TRUSTED_ON_AURORA.map(name => `${name}.control`).filter(name => files.has(name));
    const scripts = Object.keys(WRAPPERS).filter(name => files.has(name));
    try {
      for (const name of controls) await append(join(folder, name), 'trusted = true');
      for (const name of scripts)
        await append(join(folder, name), `GRANT USAGE ON FOREIGN DATA WRAPPER ${WRAPPERS[name]} TO @extowner@;`);
    } catch (error) {
      if (!/^(EACCES|EPERM|EROFS)$/.test(systemCode(error) ?? '')) throw error;
    }
  }
}

/** Adds a last line where it is missing. A process that reads the file at the same time finds the old one or the new one. */
async function append(path: string, line: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  if (text.split('\n').includes(line)) return;
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${text.replace(/\n?$/, '\n')}${line}\n`);
  await rename(draft, path);
}
