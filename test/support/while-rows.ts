/** A statement of PostgreSQL that runs for as long as a table has rows: a test ends it by deleting them. */
export const whileRows = (table: string) =>
  `do $$begin while exists (select from ${table}) loop perform pg_sleep(0.05); end loop; end$$;\n`;
