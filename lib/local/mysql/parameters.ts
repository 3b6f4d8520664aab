import * as driver from 'mysql2';
import type { Parameter, TypeHint } from '../backend.ts';
import { parseError } from '../hints.ts';
import { validation } from '../service-error.ts';

// Node.js does not see the names that a module of the old kind defines by getters: they are in its default export only.
const { TypedParameter } = (driver as unknown as { default: typeof driver }).default;

/** A value as the driver sends it: with a type of its own, or as it is. */
export type Bound = ReturnType<typeof TypedParameter.LONGLONG> | string | Buffer | null;

/** Returns the values for each `?`. A name without a value is refused, as MySQL refuses too few of them. Throws a `ServiceError`. */
export function bind(names: readonly string[], parameters: readonly Parameter[]): Bound[] {
  const given = new Map(parameters.map(parameter => [parameter.name, parameter]));
  return names.map(name => {
    const parameter = given.get(name);
    if (!parameter) throw validation(`Cannot find parameter: ${name}`);
    return bound(parameter);
  });
}

/** The driver sends bare numbers as what the server expects in their place, and bigints as text: each is given its type. */
function bound({ name, value, typeHint }: Parameter): Bound {
  if ('isNull' in value) return null;
  if ('longValue' in value) return TypedParameter.LONGLONG(BigInt(value.longValue));
  if ('doubleValue' in value) return TypedParameter.DOUBLE(value.doubleValue);
  if ('booleanValue' in value) return TypedParameter.TINY(value.booleanValue ? 1 : 0);
  if ('blobValue' in value) return Buffer.from(value.blobValue, 'base64');
  return typeHint ? hinted(name, value.stringValue, typeHint) : value.stringValue;
}

function hinted(name: string, text: string, hint: TypeHint): Bound {
  const problem = parseError(hint, text);
  if (problem) throw problem;
  if (!isOf(hint, text)) throw validation(`The value of parameter ${name} is not in the format of type hint ${hint}`);
  switch (hint) {
    case 'UUID':
      return Buffer.from(text.replaceAll('-', ''), 'hex');
    case 'DECIMAL':
      return TypedParameter.NEWDECIMAL(text);
    case 'TIME':
      // MySQL 8.0 reads a text in the place of a time wrongly: CAST(? AS TIME) of '10:00:00' is 00:00:00.
      return TypedParameter.TIME(text.replace(/(\.\d{6})\d+$/, '$1'));
    default:
      return text;
  }
}

function isOf(hint: TypeHint, text: string): boolean {
  switch (hint) {
    case 'UUID':
      return /^[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12}$/i.test(text);
    case 'DECIMAL':
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
    case 'JSON':
      return isJson(text);
    default:
      return true;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
