import type { Parameter, TypeHint } from '../backend.ts';
import { parseError } from '../hints.ts';
import type { Bound } from './statement.ts';

/** Numbers of types in `pg_type`. https://github.com/postgres/postgres/blob/REL_17_STABLE/src/include/catalog/pg_type.dat */
const oid = { bool: 16, bytea: 17, int8: 20, text: 25, float8: 701, date: 1082, time: 1083, timestamp: 1114 };

const hinted: Readonly<Record<TypeHint, number>> = {
  ...{ JSON: 3802, UUID: 2950, DECIMAL: 1700 },
  ...{ DATE: oid.date, TIME: oid.time, TIMESTAMP: oid.timestamp },
};

/**
 * The values for `$1`, `$2`, … Strings are of type text, which PostgreSQL compares with nothing but text. What has no place in the statement
 * is left out; what is missing is sent only where a later one is given, as NULL: for a name that stands in a dollar quote the service sends
 * nothing and PostgreSQL asks for nothing.
 */
export function bind(names: readonly string[], parameters: readonly Parameter[]): Bound[] {
  const given = new Map(parameters.map(parameter => [parameter.name, parameter]));
  const last = names.findLastIndex(name => given.has(name));
  return names.slice(0, last + 1).map(name => {
    const parameter = given.get(name);
    return parameter ? bound(parameter) : { value: null, type: oid.text };
  });
}

function bound({ value, typeHint }: Parameter): Bound {
  const hint = typeHint && hinted[typeHint];
  // Without a type the server takes the one of the place.
  if ('isNull' in value) return { value: null, type: hint ?? 0 };
  if ('longValue' in value) return { value: String(value.longValue), type: oid.int8 };
  if ('doubleValue' in value) return { value: String(value.doubleValue), type: oid.float8 };
  if ('booleanValue' in value) return { value: String(value.booleanValue), type: oid.bool };
  if ('blobValue' in value) {
    return { value: `\\x${Buffer.from(value.blobValue, 'base64').toString('hex')}`, type: oid.bytea };
  }
  const problem = typeHint && parseError(typeHint, value.stringValue);
  if (problem) throw problem;
  return { value: value.stringValue, type: hint ?? oid.text };
}
