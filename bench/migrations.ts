/** A migration as every tool can be given it: its statements, one by one. */
export interface BenchMigration {
  /** `0001_step` */
  readonly name: string;
  /** Without semicolons at their ends. */
  readonly statements: readonly string[];
}

/** `count` migrations of `each` statements, numbered from `first`: a table, then columns, indexes, rows. */
export function steps(count: number, each: number, first = 1): BenchMigration[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(first + index).padStart(5, '0');
    return { name: `${number}_step`, statements: Array.from({ length: each }, (_, nth) => statement(number, nth)) };
  });
}

/** Portable between PostgreSQL and MySQL. */
function statement(number: string, nth: number): string {
  const table = `t_${number}`;
  if (nth === 0) return `CREATE TABLE ${table} (id int PRIMARY KEY, name varchar(80), made timestamp)`;
  switch (nth % 4) {
    case 1:
      return `ALTER TABLE ${table} ADD COLUMN c_${nth} int`;
    case 2:
      return `CREATE INDEX ${table}_${nth} ON ${table} (name, made)`;
    case 3:
      return `INSERT INTO ${table} (id, name) VALUES (${nth}, 'row ${nth}')`;
    default:
      return `UPDATE ${table} SET name = 'renamed ${nth}' WHERE id = ${nth - 1}`;
  }
}

/** The longest `sql` that the Data API takes, less some room: the other tools send each statement as that. */
const LONGEST = 60_000;

/**
 * `count` migrations of `bytes` bytes of INSERTs. Each INSERT has as many rows as fit a call: the most favourable form for tools that send
 * one statement a call (a dump with a statement a row would cost them some 200,000 calls).
 */
export function seeds(count: number, bytes: number, first = 1): BenchMigration[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(first + index).padStart(5, '0');
    const statements = [`CREATE TABLE s_${number} (id int PRIMARY KEY, code varchar(40), words text)`];
    for (let size = 0, id = 0; size < bytes; ) {
      const rows: string[] = [];
      for (let length = 0; length < LONGEST - 300; ) {
        id++;
        const row = `(${id}, 'code-${number}-${id}', '${`words of row ${id}, `.repeat(8)}')`;
        rows.push(row);
        length += row.length + 1;
      }
      statements.push(`INSERT INTO s_${number} (id, code, words) VALUES ${rows.join(',')}`);
      size += statements.at(-1)!.length;
    }
    return { name: `${number}_seed`, statements };
  });
}
