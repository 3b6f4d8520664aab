import { lastName, walk } from '../tree.ts';

/** Volatile functions of PostgreSQL and its usual extensions. */
const VOLATILE = new Set(
  (
    'random random_normal gen_random_uuid gen_random_bytes uuidv4 uuidv7 uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 ' +
    'clock_timestamp timeofday nextval setseed pg_sleep txid_current pg_current_xact_id lo_create nanoid gen_ulid ulid cuid'
  ).split(' '),
);

/** Stable and immutable ones that stand in defaults. */
const STEADY = new Set(
  (
    'now transaction_timestamp statement_timestamp timezone date_trunc to_timestamp to_char to_date make_interval make_date extract ' +
    'date_part current_setting lower upper trim btrim ltrim rtrim initcap md5 sha256 sha512 encode decode concat concat_ws coalesce nullif ' +
    'format replace regexp_replace left right substring length char_length abs round floor ceil ceiling greatest least array_fill ' +
    'json_build_object json_build_array jsonb_build_object jsonb_build_array to_json to_jsonb array_to_string string_to_array int4range ' +
    'int8range numrange tstzrange tsrange daterange inet_client_addr current_database current_schema current_user session_user ' +
    'pg_backend_pid version cast to_tsvector setweight strip position quote_literal quote_ident reverse repeat lpad rpad hashtext age ' +
    'justify_interval power sqrt mod sign trunc uuid_nil make_timestamp make_timestamptz make_time array_length cardinality ' +
    'st_geomfromtext st_point st_makepoint st_setsrid'
  ).split(' '),
);

/** A call in a default that gives each row another value. */
export interface VolatileCall {
  readonly name: string;
  /** False: neither the folder nor the list knows the function. */
  readonly known: boolean;
}

/** The first volatile call of an expression; else the first unknown one. `functions`: those of the folder, with their volatility. */
export function volatileCall(expression: unknown, functions: ReadonlyMap<string, string>): VolatileCall | undefined {
  let volatile: string | undefined;
  let unknown: string | undefined;
  walk(expression, (key, tree) => {
    if (key !== 'FuncCall') return;
    const name = (lastName(tree.funcname) ?? '').toLowerCase();
    const own = functions.get(name);
    if (own === undefined ? VOLATILE.has(name) : own === 'volatile') volatile ??= name;
    else if (own === undefined && !STEADY.has(name)) unknown ??= name;
  });
  if (volatile !== undefined) return { name: volatile, known: true };
  return unknown === undefined ? undefined : { name: unknown, known: false };
}
