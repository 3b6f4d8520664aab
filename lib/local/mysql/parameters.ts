import type { Parameter } from '../backend.ts';
import { validation } from '../service-error.ts';

export type Bound = string | number | bigint | boolean | Buffer | null;

const FORMS: Readonly<Record<string, RegExp>> = {
  DATE: /^\d{4,}-\d{2}-\d{2}$/,
  TIME: /^\d{2}:\d{2}:\d{2}(\.\d+)?$/,
  // No T between and no zone after.
  TIMESTAMP: /^\d{4,}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?$/,
};

/** The values for each `?`. A name without a value is refused, as MySQL refuses too few of them. */
export function bind(names: readonly string[], parameters: readonly Parameter[]): Bound[] {
  const given = new Map(parameters.map(parameter => [parameter.name, parameter]));
  return names.map(name => {
    const parameter = given.get(name);
    if (!parameter) throw validation(`Cannot find parameter: ${name}`);
    return bound(parameter);
  });
}

function bound({ name, value, typeHint }: Parameter): Bound {
  if ('isNull' in value) return null;
  if ('longValue' in value) return BigInt(value.longValue);
  if ('doubleValue' in value) return value.doubleValue;
  if ('booleanValue' in value) return value.booleanValue;
  if ('blobValue' in value) return Buffer.from(value.blobValue, 'base64');
  if (typeHint && FORMS[typeHint]?.test(value.stringValue) === false) {
    throw validation(`The value of parameter ${name} is not in the format of type hint ${typeHint}`);
  }
  return value.stringValue;
}
