/** How the values of a type come back: as which member of Field, or not at all. */
export type Kind =
  | 'boolean'
  | 'long'
  | 'double'
  | 'decimal'
  | 'string'
  | 'json'
  | 'blob'
  | 'time'
  | 'timestamp'
  | 'timestamptz'
  /** As a switch says: on these the sources disagree. */
  | 'oid'
  | 'timetz'
  | 'void'
  | 'unsupported';

/** What the sources disagree about. */
export interface TypeSwitches {
  readonly oid: 'string' | 'long';
  readonly timetz: 'refused' | 'returned';
  readonly voids: 'refused' | 'empty';
}

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
      [26, 1028, 'oid', 'oid', -5],
      [114, 199, 'json', 'json', 1111],
      [650, 651, 'cidr', 'string', 1111],
      [700, 1021, 'float4', 'double', 7],
      [701, 1022, 'float8', 'double', 8],
      [869, 1041, 'inet', 'string', 1111],
      [1042, 1014, 'bpchar', 'string', 1],
      [1043, 1015, 'varchar', 'string', 12],
      [1082, 1182, 'date', 'timestamp', 91],
      [1083, 1183, 'time', 'time', 92],
      [1114, 1115, 'timestamp', 'timestamp', 93],
      [1184, 1185, 'timestamptz', 'timestamptz', 93],
      [1266, 1270, 'timetz', 'timetz', 92],
      [1700, 1231, 'numeric', 'decimal', 2],
      [2950, 2951, 'uuid', 'string', 1111],
      [3802, 3807, 'jsonb', 'json', 1111],
      // Of the ranges these three and no others: https://github.com/jeremydaly/data-api-client (its integration tests and README).
      [3904, 3905, 'int4range', 'string', 1111],
      [3906, 3907, 'numrange', 'string', 1111],
      [3910, 3911, 'tstzrange', 'string', 1111],
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
  /** Number of the element type of an array, or 0. An int2vector is none: its text is not that of an array. */
  readonly element: number;
}

export function knownType(oid: number): Type | undefined {
  return known[oid];
}

/** A type that is not among the known ones, from the catalog. */
export function catalogType({ name, typtype }: CatalogType, element: Type | undefined): Type {
  if (element) return { name, kind: element.kind, jdbc: 2003, element };
  if (name === 'void') return { name, kind: 'void', jdbc: 1111 };
  // An enum is text on the wire, and citext is text by another name.
  const text = typtype === 'e' || name === 'citext';
  return { name, kind: text ? 'string' : 'unsupported', jdbc: text ? 12 : 1111 };
}

/** How values of a type come back under the switches. */
export function kindOf({ kind }: Type, switches: TypeSwitches): Kind {
  switch (kind) {
    case 'oid':
      return switches.oid === 'string' ? 'string' : 'long';
    case 'timetz':
      return switches.timetz === 'refused' ? 'unsupported' : 'time';
    case 'void':
      return switches.voids === 'refused' ? 'unsupported' : 'string';
    default:
      return kind;
  }
}

/** As the service writes it in `UnsupportedResultException`: its driver's own types in capitals, others as they are named. */
export function displayName(type: Type): string {
  if (type.element) return `${displayName(type.element)}[]`;
  if (type.name === 'char') return '"CHAR"';
  return driverTypes.has(type.name) ? type.name.toUpperCase() : type.name;
}

const driverTypes = new Set([
  ...['interval', 'money', 'xml', 'point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle', 'macaddr', 'macaddr8'],
  ...['bit', 'varbit', 'record', 'jsonpath', 'timetz', 'void', 'int8range', 'tsrange', 'daterange'],
]);
