/**
 * Pieces of catalog queries that several kinds share, as SQL expressions. They stand inside of `concat(…)`, to which NULL adds nothing.
 * The queries run with only `pg_catalog` on the search path, so that everything that the server writes is qualified.
 */

/** What a row of the catalog is known by within one dump: `1259.16400`. */
export function key(catalog: string, oid: string): string {
  return `concat('${catalog}'::regclass::oid, '.', ${oid})`;
}

/** It belongs to no extension, and is none of the tracking objects. */
export function kept(catalog: string, oid: string): string {
  return `NOT EXISTS (SELECT FROM left_out gone WHERE gone.classid = '${catalog}'::regclass AND gone.objid = ${oid})`;
}

/**
 * What a function of the server writes of an object. It looks at the catalog as it is now and answers NULL for what was dropped since the query
 * began: that must not become a statement with a hole. The cast then fails with "undefined table", and the reading is begun anew.
 */
export function written(writer: string, oid: string): string {
  return orDropped(`${writer}(${oid})`, oid);
}

/** The same of an expression that is there. */
export function writtenExpression(expression: string, relation: string): string {
  return orDropped(`pg_get_expr(${expression}, ${relation})`, relation);
}

function orDropped(text: string, oid: string): string {
  return `coalesce(${text}, concat('dropped_', ${oid})::regclass::text)`;
}

/** `COMMENT ON …` on a line of its own. */
export function comment(what: string, name: string, oid: string, catalog: string): string {
  return commentText(`'${what} ' || ${name}`, `obj_description(${oid}, '${catalog}')`);
}

export function commentText(target: string, text: string): string {
  return `chr(10) || 'COMMENT ON ' || ${target} || ' IS ' || quote_literal(${text}) || ';'`;
}

/** The storage options of a relation: `fillfactor='70', toast.autovacuum_enabled='false'`. */
export function options(array: string, prefix = ''): string {
  return `(SELECT string_agg(concat('${prefix}', split_part(o, '=', 1), '=', quote_literal(substr(o, strpos(o, '=') + 1))), ', ' ORDER BY nth)
    FROM unnest(${array}) WITH ORDINALITY u(o, nth))`;
}

/** The options of a foreign server, table or column: `host 'x', port '1'`. */
export function foreignOptions(array: string): string {
  return `(SELECT string_agg(quote_ident(option_name) || ' ' || quote_literal(option_value), ', ' ORDER BY nth)
    FROM pg_options_to_table(${array}) WITH ORDINALITY u(option_name, option_value, nth))`;
}

/** The qualified name of a collation by its OID. */
export function collation(oid: string): string {
  return `(SELECT quote_ident(cn.nspname) || '.' || quote_ident(co.collname)
    FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = ${oid})`;
}

/** What a row of `pg_sequence` has that a sequence of its type has not anyway. */
export function sequenceOptions(s: string): string {
  const least = `CASE ${s}.seqtypid WHEN 'int2'::regtype THEN -32768 WHEN 'int4'::regtype THEN -2147483648 ELSE -9223372036854775808 END`;
  const most = `CASE ${s}.seqtypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647 ELSE 9223372036854775807 END`;
  const minimum = `CASE WHEN ${s}.seqincrement > 0 THEN 1 ELSE ${least} END`;
  const maximum = `CASE WHEN ${s}.seqincrement > 0 THEN ${most} ELSE -1 END`;
  return `nullif(concat(
    CASE WHEN ${s}.seqstart <> CASE WHEN ${s}.seqincrement > 0 THEN ${s}.seqmin ELSE ${s}.seqmax END THEN ' START WITH ' || ${s}.seqstart END,
    CASE WHEN ${s}.seqincrement <> 1 THEN ' INCREMENT BY ' || ${s}.seqincrement END,
    CASE WHEN ${s}.seqmin <> ${minimum} THEN ' MINVALUE ' || ${s}.seqmin END,
    CASE WHEN ${s}.seqmax <> ${maximum} THEN ' MAXVALUE ' || ${s}.seqmax END,
    CASE WHEN ${s}.seqcache <> 1 THEN ' CACHE ' || ${s}.seqcache END,
    CASE WHEN ${s}.seqcycle THEN ' CYCLE' END), '')`;
}

/** The types of a function's arguments, as they tell it from others of its name: `integer, text`. */
export function argumentTypes(p: string): string {
  return `(SELECT string_agg(format_type(t, NULL), ', ' ORDER BY nth) FROM unnest(${p}.proargtypes) WITH ORDINALITY u(t, nth))`;
}
