import type { BuildSession, Refused } from '../../rehearser.ts';

/** Makes what a schema names and the scratch server does not have: roles, and types of extensions. */
export class StandIns {
  /** `role app`, `type public.vector`. */
  readonly made: string[] = [];
  readonly #session: BuildSession;
  readonly #master: string;

  /** @param session of the superuser @param master the user that migrates */
  constructor(session: BuildSession, master: string) {
    this.#session = session;
    this.#master = master;
  }

  /** Executes work of the superuser in a session that else is one of the user that migrates. Gives back what the server refuses. */
  async asSuperuser(sql: string): Promise<Refused | null> {
    await this.#session.run('RESET SESSION AUTHORIZATION');
    const refused = await this.#session.attempt(sql);
    await this.asMaster();
    return refused;
  }

  /** From here on the session is one of the user that migrates, who owns what it makes. */
  asMaster(): Promise<void> {
    return this.#session.run(`SET SESSION AUTHORIZATION ${quoted(this.#master)}`);
  }

  /** Gives back why it cannot be made. @param known whether the database has it: a privilege or policy names it */
  async makeRole(name: string, { known }: { readonly known: boolean }): Promise<Refused | null> {
    const role = quoted(name);
    const sql = `CREATE ROLE ${role}; GRANT ${role} TO ${quoted(this.#master)} WITH ADMIN OPTION`;
    return this.#make(
      `role ${name}${known ? '' : ', which a migration names: create it before the deploy where it is missing'}`,
      sql,
    );
  }

  /** A type that takes any text and any modifier: enough for columns without rows. Gives back why it cannot be made. */
  async makeType(name: string): Promise<Refused | null> {
    const type = name.split('.').map(quoted).join('.');
    const part = (ending: string) =>
      [...name.split('.').slice(0, -1), `${name.split('.').at(-1)}_${ending}`].map(quoted).join('.');
    const sql = `CREATE TYPE ${type};
CREATE FUNCTION ${part('in')}(cstring) RETURNS ${type} LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION ${part('out')}(${type}) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE FUNCTION ${part('modifier')}(cstring[]) RETURNS integer LANGUAGE sql IMMUTABLE STRICT AS
  'SELECT 4 + CASE WHEN pg_catalog.array_length($1, 1) = 1 AND $1[1]::text ~ ''^[0-9]{1,7}$'' THEN $1[1]::text::integer ELSE 1 END';
CREATE TYPE ${type} (INPUT = ${part('in')}, OUTPUT = ${part('out')}, TYPMOD_IN = ${part('modifier')}, TYPMOD_OUT = pg_catalog.varchartypmodout,
  INTERNALLENGTH = VARIABLE, STORAGE = extended)`;
    return this.#make(`type ${name}`, sql);
  }

  async #make(what: string, sql: string): Promise<Refused | null> {
    const refused = await this.asSuperuser(sql);
    if (refused === null) this.made.push(what);
    return refused;
  }
}

/** A database's words. */
type Said = { readonly code?: string | null | undefined; readonly message: string };

const UNDEFINED_OBJECT = '42704';

/** The role that is not there; null: the error says something else. */
export function missingRole({ code, message }: Said): string | null {
  return code === UNDEFINED_OBJECT ? (/^role "(.+)" does not exist$/.exec(message)?.[1] ?? null) : null;
}

/** The same of a type, less the brackets of an array. */
export function missingType({ code, message }: Said): string | null {
  return code === UNDEFINED_OBJECT ? (/^type "(.+?)(?:\[\])*" does not exist$/.exec(message)?.[1] ?? null) : null;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
