import pg from 'pg';

/** What Aurora calls its superuser, which only AWS is. */
export const SUPERUSER = 'rdsadmin';

/** What Aurora calls a cluster's master user unless it is given another name. */
export const MASTER_USER = 'postgres';

/** Roles of Aurora's own, and those of PostgreSQL that `rds_superuser` is a member of where the version has them. */
const AURORA_ROLES = ['rds_superuser', 'rds_replication', 'rds_password'];
const GRANTED_ROLES = [
  ...['pg_monitor', 'pg_signal_backend', 'pg_read_all_data', 'pg_write_all_data', 'pg_checkpoint'],
  ...['pg_create_subscription', 'pg_maintain', 'rds_replication', 'rds_password'],
];

/** For all that is changed by these functions: other processes may be at it too. */
const LOCK = 'pg_catalog.pg_advisory_xact_lock(4183050702)';

/**
 * Creates the user that sessions belong to: no superuser, but a member of `rds_superuser`, as the master user of an Aurora cluster is. May run
 * again, also at the same time. Before PostgreSQL 15 nothing can grant it `SET session_replication_role`.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.rds_superuser.html
 * @param superuser a connection of a superuser
 */
export async function createMasterUser(superuser: pg.Client, password: string, name = MASTER_USER): Promise<void> {
  const master = pg.escapeIdentifier(name);
  const attributes = 'LOGIN NOSUPERUSER INHERIT CREATEDB CREATEROLE NOREPLICATION NOBYPASSRLS';
  await superuser.query(`DO $do$
    DECLARE
      role text;
    BEGIN
      PERFORM ${LOCK};
      FOREACH role IN ARRAY ${array([...AURORA_ROLES, name])} LOOP
        CONTINUE WHEN EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role);
        EXECUTE pg_catalog.format('CREATE ROLE %I', role);
      END LOOP;
      ALTER ROLE ${master} ${attributes} VALID UNTIL 'infinity' PASSWORD ${pg.escapeLiteral(password)};
      FOREACH role IN ARRAY ${array(GRANTED_ROLES)} LOOP
        CONTINUE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role);
        EXECUTE pg_catalog.format('GRANT %I TO rds_superuser WITH ADMIN OPTION', role);
      END LOOP;
      GRANT rds_superuser TO ${master} WITH ADMIN OPTION;
      IF pg_catalog.current_setting('server_version_num')::int >= 150000 THEN
        EXECUTE 'GRANT SET ON PARAMETER session_replication_role TO rds_superuser';
      END IF;
    END $do$`);
}

/**
 * Gives the superuser the name that Aurora's has, so that its old one is free for the master user: data of earlier versions have no other user
 * than it.
 * @param superuser a connection of the superuser `postgres`
 */
export async function renameSuperuser(superuser: pg.Client): Promise<void> {
  // Nobody can rename the user of his own session.
  await superuser.query(`BEGIN;
    SELECT ${LOCK};
    CREATE ROLE aurora_migrations_renames SUPERUSER;
    SET LOCAL SESSION AUTHORIZATION aurora_migrations_renames;
    ALTER ROLE ${MASTER_USER} RENAME TO ${SUPERUSER};
    RESET SESSION AUTHORIZATION;
    DROP ROLE aurora_migrations_renames;
    COMMIT`);
}

/** Catalogs of objects that have an owner, each with a condition for those that any user can own. */
const OWNED: readonly (readonly [catalog: string, owner: string, condition?: string])[] = [
  ['pg_namespace', 'nspowner'],
  [
    'pg_class',
    'relowner',
    // The sequence of a column goes with its table.
    `relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = o.tableoid AND d.objid = o.oid
      AND d.refclassid = o.tableoid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0)`,
  ],
  [
    'pg_type',
    'typowner',
    `typtype IN ('b', 'c', 'd', 'e', 'r') AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = o.oid)
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = o.typrelid AND c.relkind <> 'c')`,
  ],
  ['pg_proc', 'proowner'],
  ['pg_operator', 'oprowner'],
  ['pg_opclass', 'opcowner'],
  ['pg_opfamily', 'opfowner'],
  ['pg_collation', 'collowner'],
  ['pg_conversion', 'conowner'],
  ['pg_ts_dict', 'dictowner'],
  ['pg_ts_config', 'cfgowner'],
  ['pg_statistic_ext', 'stxowner'],
  ['pg_publication', 'pubowner', 'NOT puballtables'],
  ['pg_foreign_server', 'srvowner'],
  ['pg_largeobject_metadata', 'lomowner'],
];

const objects = OWNED.map(
  ([catalog, owner, condition = 'true']) =>
    `SELECT o.tableoid AS classid, o.oid FROM pg_catalog.${catalog} o WHERE o.${owner} = 10 AND o.oid >= 16384 AND ${condition}`,
).join(' UNION ALL ');

/**
 * Gives the database and what the superuser owns in it to the master user: it was made by an earlier version, or by a session of the superuser.
 * Event triggers, foreign data wrappers and publications of all tables stay, for none but a superuser can own them; objects of an extension
 * belong to the superuser on Aurora too.
 * @param superuser a connection of the superuser to this database
 */
export async function giveToMasterUser(superuser: pg.Client): Promise<void> {
  await superuser.query(`DO $do$
    DECLARE
      object record;
      master oid := (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = '${MASTER_USER}');
    BEGIN
      PERFORM ${LOCK};
      IF EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database() AND datdba = 10) THEN
        EXECUTE pg_catalog.format('ALTER DATABASE %I OWNER TO ${MASTER_USER}', pg_catalog.current_database());
      END IF;
      FOR object IN
        SELECT i.identity, CASE WHEN i.type IN ('function', 'procedure', 'aggregate') THEN 'routine'
          WHEN i.type = 'statistics object' THEN 'statistics' ELSE i.type END AS kind
        FROM (${objects}) o CROSS JOIN LATERAL pg_catalog.pg_identify_object(o.classid, o.oid, 0) i
        WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = o.classid AND d.objid = o.oid AND d.deptype = 'e')
      LOOP
        EXECUTE pg_catalog.format('ALTER %s %s OWNER TO ${MASTER_USER}', object.kind, object.identity);
      END LOOP;
      -- No statement changes the owner of an extension. A superuser's own is not written down as a dependency.
      INSERT INTO pg_catalog.pg_shdepend (dbid, classid, objid, objsubid, refclassid, refobjid, deptype)
        SELECT d.oid, e.tableoid, e.oid, 0, 'pg_catalog.pg_authid'::regclass, master, 'o'
        FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_database d ON d.datname = pg_catalog.current_database()
        WHERE e.extowner = 10 AND e.oid >= 16384;
      UPDATE pg_catalog.pg_extension SET extowner = master WHERE extowner = 10 AND oid >= 16384;
    END $do$`);
}

function array(names: readonly string[]): string {
  return `ARRAY[${names.map(name => pg.escapeLiteral(name)).join(', ')}]`;
}
