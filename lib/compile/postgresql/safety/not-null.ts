import { quote } from './write.ts';

/** The statements that make a column NOT NULL, of which only VALIDATE CONSTRAINT reads the rows. They must not share a transaction. */
export function setNotNull(table: string, column: string): string[] {
  const alter = `ALTER TABLE ${quote(table)}`;
  const check = quote(`${table}_${column}_not_null`);
  return [
    `${alter} ADD CONSTRAINT ${check} CHECK (${quote(column)} IS NOT NULL) NOT VALID;`,
    `${alter} VALIDATE CONSTRAINT ${check};`,
    `${alter} ALTER COLUMN ${quote(column)} SET NOT NULL;`,
    `${alter} DROP CONSTRAINT ${check};`,
  ];
}
