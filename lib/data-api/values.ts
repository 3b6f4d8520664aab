import type { Field, SqlParameter } from '@aws-sdk/client-rds-data';
import type { Row } from '../core/database.ts';

/** Everything goes in as text or NULL; the statement casts it. */
export function toParameters(values: Readonly<Record<string, string | null>>): SqlParameter[] {
  return Object.entries(values).map(([name, value]) => ({
    name,
    value: value === null ? { isNull: true } : { stringValue: value },
  }));
}

/** A row of the service's fields as text. With `longReturnType` and `decimalReturnType` STRING no number passes through a double. */
export function toRow(fields: readonly Field[]): Row {
  return fields.map(toText);
}

function toText(field: Field): string | null {
  if (field.isNull) return null;
  if (field.stringValue !== undefined) return field.stringValue;
  if (field.longValue !== undefined) return String(field.longValue);
  if (field.booleanValue !== undefined) return String(field.booleanValue);
  if (field.doubleValue !== undefined) return String(field.doubleValue);
  if (field.blobValue !== undefined) return Buffer.from(field.blobValue).toString('base64');
  if (field.arrayValue !== undefined) {
    const { stringValues, longValues, booleanValues, doubleValues } = field.arrayValue;
    return JSON.stringify(stringValues ?? longValues ?? booleanValues ?? doubleValues ?? []);
  }
  throw new TypeError(`A field of a kind that is not known: ${Object.keys(field).join(', ')}`);
}
