/** How the values of a type come back: as which member of Field, or not at all. */
export type Kind =
  | 'boolean'
  | 'long'
  | 'double'
  | 'decimal'
  | 'string'
  | 'blob'
  | 'timestamp'
  | 'timestamptz'
  | 'unsupported';

export interface Type {
  /** As `pg_type` has it: `int4`, `_int4`. */
  readonly name: string;
  readonly kind: Kind;
  /** JDBC's number, for the metadata. */
  readonly jdbc: number;
  /** Of an array: its elements. */
  readonly element?: Type | undefined;
}

/** By number: the types that the service is known to return. Everything else is looked up and, but for enums and the like, refused. */
const known: Readonly<Record<number, Type>> = Object.fromEntries(
  (
    [
      [16, 1000, 'bool', 'boolean', -7],
      [17, 1001, 'bytea', 'blob', -2],
      [19, 1003, 'name', 'string', 12],
      [20, 1016, 'int8', 'long', -5],
      [21, 1005, 'int2', 'long', 5],
      [23, 1007, 'int4', 'long', 4],
      [25, 1009, 'text', 'string', 12],
      [26, 1028, 'oid', 'long', -5],
      [114, 199, 'json', 'string', 1111],
      [700, 1021, 'float4', 'double', 7],
      [701, 1022, 'float8', 'double', 8],
      [1042, 1014, 'bpchar', 'string', 1],
      [1043, 1015, 'varchar', 'string', 12],
      [1082, 1182, 'date', 'timestamp', 91],
      [1083, 1183, 'time', 'string', 92],
      [1114, 1115, 'timestamp', 'timestamp', 93],
      [1184, 1185, 'timestamptz', 'timestamptz', 93],
      [1266, 1270, 'timetz', 'string', 92],
      [1700, 1231, 'numeric', 'decimal', 2],
      [2950, 2951, 'uuid', 'string', 1111],
      [3802, 3807, 'jsonb', 'string', 1111],
    ] as const
  ).flatMap(([oid, array, name, kind, jdbc]) => {
    const type: Type = { name, kind, jdbc };
    return [
      [oid, type],
      [array, { name: `_${name}`, kind, jdbc: 2003, element: type }],
    ];
  }),
);

/** A row of `pg_type`. */
export interface CatalogType {
  readonly name: string;
  /** b base, c composite, d domain, e enum, p pseudo, r range. */
  readonly typtype: string;
  /** Number of the element type of a true array, or 0. */
  readonly element: number;
}

export function knownType(oid: number): Type | undefined {
  return known[oid];
}

/** A type that is not among the known ones, from the catalog. */
export function catalogType({ name, typtype }: CatalogType, element: Type | undefined): Type {
  if (element) return { name, kind: element.kind, jdbc: 2003, element };
  // An enum is text on the wire, citext is text by another name, and what a function of type void gives is empty.
  const text = typtype === 'e' || name === 'citext' || name === 'void';
  return { name, kind: text ? 'string' : 'unsupported', jdbc: text ? 12 : 1111 };
}

/** As the service writes it in `UnsupportedResultException`: its driver's own types in capitals, others as they are named. */
export function displayName(type: Type): string {
  if (type.element) return `${displayName(type.element)}[]`;
  if (type.name === 'char') return '"CHAR"';
  return driverTypes.has(type.name) ? type.name.toUpperCase() : type.name;
}

const driverTypes = new Set(
  'interval money xml point line lseg box path polygon circle inet cidr macaddr macaddr8 bit varbit record jsonpath'.split(
    ' ',
  ),
);
