import type { ScriptSession } from '../../local/script.ts';

/** Makes what a schema names and the scratch server does not have: roles, and types of extensions. */
export class StandIns {
  /** `role app`, `type public.vector`. */
  readonly made: string[] = [];
  readonly #session: ScriptSession;
  readonly #master: string;

  /** @param session of the superuser @param master the user that migrates */
  constructor(session: ScriptSession, master: string) {
    this.#session = session;
    this.#master = master;
  }

  /** Executes work of the superuser in a session that else is one of the user that migrates. */
  async asSuperuser(sql: string): Promise<void> {
    await this.#session.run('RESET SESSION AUTHORIZATION');
    try {
      await this.#session.run(sql);
    } finally {
      await this.asMaster();
    }
  }

  /** From here on the session is one of the user that migrates, who owns what it makes. */
  asMaster(): Promise<void> {
    return this.#session.run(`SET SESSION AUTHORIZATION ${quoted(this.#master)}`);
  }

  async makeRole(name: string): Promise<void> {
    const role = quoted(name);
    await this.asSuperuser(`CREATE ROLE ${role}; GRANT ${role} TO ${quoted(this.#master)} WITH ADMIN OPTION`);
    this.made.push(`role ${name}`);
  }

  /** A type that takes any text and any modifier: enough for columns without rows. */
  async makeType(name: string): Promise<void> {
    const type = name.split('.').map(quoted).join('.');
    const part = (ending: string) =>
      [...name.split('.').slice(0, -1), `${name.split('.').at(-1)}_${ending}`].map(quoted).join('.');
    await this.asSuperuser(`CREATE TYPE ${type};
CREATE FUNCTION ${part('in')}(cstring) RETURNS ${type} LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION ${part('out')}(${type}) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE FUNCTION ${part('modifier')}(cstring[]) RETURNS integer LANGUAGE sql IMMUTABLE STRICT AS
  'SELECT 4 + CASE WHEN pg_catalog.array_length($1, 1) = 1 AND $1[1]::text ~ ''^[0-9]{1,7}$'' THEN $1[1]::text::integer ELSE 1 END';
CREATE TYPE ${type} (INPUT = ${part('in')}, OUTPUT = ${part('out')}, TYPMOD_IN = ${part('modifier')}, TYPMOD_OUT = pg_catalog.varchartypmodout,
  INTERNALLENGTH = VARIABLE, STORAGE = extended)`);
    this.made.push(`type ${name}`);
  }
}

const UNDEFINED_OBJECT = '42704';

/** The role that is not there; null: the error says something else. */
export function missingRole(code: string | undefined, message: string): string | null {
  return code === UNDEFINED_OBJECT ? (/^role "(.+)" does not exist$/.exec(message)?.[1] ?? null) : null;
}

/** The same of a type, less the brackets of an array. */
export function missingType(code: string | undefined, message: string): string | null {
  return code === UNDEFINED_OBJECT ? (/^type "(.+?)(?:\[\])*" does not exist$/.exec(message)?.[1] ?? null) : null;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
