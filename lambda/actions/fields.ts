import { MigrationError } from '../../lib/core/errors.ts';

/** What a field of a request by hand may hold. */
export type Kind = 'text' | 'texts' | 'number' | 'flag' | readonly string[];

/** Fields that may be left out. */
export const TEXT = { kind: 'text' } as const;
export const TEXTS = { kind: 'texts' } as const;
export const NUMBER = { kind: 'number' } as const;
export const FLAG = { kind: 'flag' } as const;

export type Fields = Readonly<Record<string, { readonly kind: Kind; readonly needed?: boolean }>>;

type FieldValue = string | readonly string[] | number | boolean | undefined;

/** The fields of a request, checked. Every one that is unknown, missing or of another kind is reported, with those that are known. */
export function readFields(
  action: string,
  fields: Fields,
  request: Readonly<Record<string, unknown>>,
): Readonly<Record<string, FieldValue>> {
  const mistakes: string[] = [];
  for (const name of Object.keys(request)) if (!(name in fields)) mistakes.push(`${JSON.stringify(name)} is unknown`);
  for (const [name, { kind, needed }] of Object.entries(fields)) {
    const value = request[name];
    if (value === undefined) {
      if (needed) mistakes.push(`${name} is missing`);
    } else if (!fits(kind, value)) mistakes.push(`${name} is not ${describeKind(kind)}`);
  }
  if (mistakes.length === 0) return request as Readonly<Record<string, FieldValue>>;
  const known = Object.entries(fields).map(
    ([name, { kind, needed }]) => `${name} (${describeKind(kind)}${needed ? '' : ', optional'})`,
  );
  throw new MigrationError({
    code: 'bad-field',
    message: `${mistakes.join('; ')} in {"action": "${action}"}`,
    remedy: known.length === 0 ? `${action} takes no fields` : `Fields of ${action}: ${known.join(', ')}`,
  });
}

function fits(kind: Kind, value: unknown): boolean {
  if (kind === 'number') return Number.isSafeInteger(value) && (value as number) > 0;
  if (kind === 'flag') return typeof value === 'boolean';
  const isText = (one: unknown) => typeof one === 'string';
  if (kind === 'texts') return Array.isArray(value) && value.every(isText);
  return isText(value) && (kind === 'text' || kind.includes(value));
}

function describeKind(kind: Kind): string {
  if (kind === 'number') return 'a whole number above 0';
  if (kind === 'flag') return 'true or false';
  if (kind === 'texts') return 'a list of texts';
  return kind === 'text' ? 'a text' : kind.map(value => JSON.stringify(value)).join(' or ');
}
