import type { ColumnMetadata } from '../backend.ts';
import type { ColumnDescription, Outcome } from './statement.ts';
import type { Type } from './types.ts';

/** What `includeResultMetadata` asks for. Tables and nullability come from the catalog, as JDBC drivers get them. */
export async function describeColumns(
  columns: readonly ColumnDescription[],
  types: readonly Type[],
  query: (sql: string) => Promise<Outcome['rows']>,
): Promise<ColumnMetadata[]> {
  const tables = [...new Set(columns.map(({ tableID }) => tableID))].filter(id => id !== 0);
  const found = new Map<string, Source>();
  if (tables.length > 0) {
    const rows = await query(
      `select a.attrelid::text, a.attnum::text, n.nspname::text, c.relname::text, a.attnotnull::text,
              coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid) like 'nextval(%', false)::text, a.attname::text
         from pg_catalog.pg_attribute a
         join pg_catalog.pg_class c on c.oid = a.attrelid
         join pg_catalog.pg_namespace n on n.oid = c.relnamespace
         left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid in (${tables.join(', ')}) and a.attnum > 0`,
    );
    for (const [table, column, schema, name, notNull, serial, attribute] of rows) {
      found.set(`${table}.${column}`, {
        schema: schema ?? '',
        table: name ?? '',
        column: attribute ?? '',
        notNull: notNull === 'true',
        serial: serial === 'true',
      });
    }
  }
  return columns.map((column, at) => describe(column, types[at]!, found.get(`${column.tableID}.${column.columnID}`)));
}

interface Source {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly notNull: boolean;
  readonly serial: boolean;
}

function describe(column: ColumnDescription, type: Type, source: Source | undefined): ColumnMetadata {
  const { precision, scale } = size(type, column.dataTypeModifier);
  return {
    name: source?.column ?? column.name,
    label: column.name,
    type: type.jdbc,
    typeName: source?.serial ? (serials[type.name] ?? type.name) : type.name,
    schemaName: source?.schema ?? '',
    tableName: source?.table ?? '',
    isAutoIncrement: source?.serial ?? false,
    isSigned: ['long', 'double', 'decimal'].includes(type.kind) && !type.element,
    isCurrency: false,
    isCaseSensitive: ['text', 'varchar', 'bpchar', 'name'].includes(type.name),
    nullable: source === undefined ? 2 : source.notNull ? 0 : 1,
    precision,
    scale,
    arrayBaseColumnType: type.element?.jdbc ?? 0,
  };
}

/** The declared type: a column `id serial` says so. https://github.com/tmokmss/aurora-data-api-proxy/blob/main/COMPATIBILITY.md */
const serials: Readonly<Record<string, string>> = { int2: 'smallserial', int4: 'serial', int8: 'bigserial' };

const digits: Readonly<Record<string, number>> = { int2: 5, int4: 10, int8: 19, float4: 8, float8: 17, bool: 1 };

function size(type: Type, modifier: number): { precision: number; scale: number } {
  if (type.name === 'numeric' && modifier >= 4) {
    return { precision: ((modifier - 4) >> 16) & 0xffff, scale: (modifier - 4) & 0x7ff };
  }
  if ((type.name === 'varchar' || type.name === 'bpchar') && modifier >= 4)
    return { precision: modifier - 4, scale: 0 };
  return { precision: digits[type.name] ?? (type.kind === 'string' ? 2147483647 : 0), scale: 0 };
}
