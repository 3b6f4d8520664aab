import type { BackendStatement } from '../backend.ts';
import { fraction } from '../fraction.ts';
import { internalFailure, unsupportedResult } from '../service-error.ts';
import { parseArray } from './arrays.ts';
import { displayName, kindOf, type Type, type TypeSwitches } from './types.ts';

type Format = Pick<BackendStatement, 'longReturnType' | 'decimalReturnType'> & { readonly types: TypeSwitches };

/** A value in PostgreSQL's text form as a Field, in JSON text. Throws a `ServiceError` for what the service does not return. */
export function field(text: string | null, type: Type, format: Format): string {
  if (text === null) return '{"isNull":true}';
  refuse(type, format);
  if (!type.element) {
    const [member, value] = scalar(text, type, format);
    return `{"${member}":${value}}`;
  }
  const { element } = type;
  const elements = arrayElements(text).map(one => (one === null ? undefined : scalar(one, element, format)));
  const member = elements.find(one => one !== undefined)?.[0] ?? scalarMember(element, format);
  return `{"arrayValue":{"${arrayMember[member]}":[${elements.map(one => one?.[1] ?? 'null').join(',')}]}}`;
}

/** The value alone, as it stands in `formattedRecords`. */
export function plain(text: string | null, type: Type, format: Format): string {
  if (text === null) return 'null';
  refuse(type, format);
  const { element } = type;
  if (!element) return scalar(text, type, format)[1];
  return `[${arrayElements(text)
    .map(one => (one === null ? 'null' : scalar(one, element, format)[1]))
    .join(',')}]`;
}

type Member = 'booleanValue' | 'longValue' | 'doubleValue' | 'stringValue' | 'blobValue';

const arrayMember: Record<Member, string> = {
  booleanValue: 'booleanValues',
  longValue: 'longValues',
  doubleValue: 'doubleValues',
  stringValue: 'stringValues',
  blobValue: 'stringValues',
};

function refuse(type: Type, { types }: Format): void {
  if (kindOf(type, types) === 'unsupported') {
    throw unsupportedResult(`The result contains the unsupported data type ${displayName(type)}.`);
  }
}

function arrayElements(text: string): (string | null)[] {
  const elements = parseArray(text);
  if (elements === 'multidimensional') throw unsupportedResult('The result contains a multidimensional array');
  return elements;
}

/** Which member of Field, and the JSON text of its value. Numbers are copied digit by digit: a bigint is exact. */
function scalar(text: string, type: Type, format: Format): [Member, string] {
  switch (kindOf(type, format.types)) {
    case 'boolean':
      return ['booleanValue', text === 't' ? 'true' : 'false'];
    case 'long':
      return format.longReturnType === 'STRING' ? ['stringValue', JSON.stringify(text)] : ['longValue', text];
    case 'double':
      return ['doubleValue', double(text)];
    case 'decimal':
      if (format.decimalReturnType === 'STRING') return ['stringValue', JSON.stringify(text)];
      return /^-?\d{1,18}$/.test(text) ? ['longValue', text] : ['doubleValue', double(text)];
    case 'blob':
      return ['blobValue', JSON.stringify(bytes(text).toString('base64'))];
    case 'timestamp':
      finite(text);
      return ['stringValue', JSON.stringify(fraction(text))];
    case 'timestamptz':
      finite(text);
      return ['stringValue', JSON.stringify(fraction(toUtc(text)))];
    case 'time':
      return ['stringValue', JSON.stringify(fraction(text))];
    case 'json':
      return ['stringValue', JSON.stringify(compactJson(text))];
    default:
      return ['stringValue', JSON.stringify(text)];
  }
}

function scalarMember(type: Type, format: Format): Member {
  const kind = kindOf(type, format.types);
  const sample = { long: '0', double: '0', decimal: '0', boolean: 't' }[kind as string] ?? '';
  return kind === 'timestamptz' ? 'stringValue' : scalar(sample, type, format)[0];
}

/** JSON has no word for NaN and the infinities. */
function double(text: string): string {
  if (text === 'NaN' || text.endsWith('Infinity')) {
    throw unsupportedResult('NaN and Infinity values are not supported');
  }
  return String(Number(text));
}

/** The same document without spaces between its parts. Digits and the order of keys stay the database's. */
function compactJson(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|\s+/g, part => (part.startsWith('"') ? part : ''));
}

/** The service's driver knows no infinite time. https://github.com/drizzle-team/drizzle-orm/issues/5308 */
function finite(text: string): void {
  if (text === 'infinity' || text === '-infinity') throw internalFailure();
}

/**
 * `2024-01-15 12:34:56+09` is `2024-01-15 03:34:56`: UTC without saying so. The session is in UTC, but an earlier call may have left it in
 * another time zone.
 */
function toUtc(text: string): string {
  const parts = /^(\d+-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d+)?([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?( BC)?$/.exec(text);
  if (!parts) return text;
  const [, local = '', fraction = '', sign, hours, minutes = '0', seconds = '0', era = ''] = parts;
  const offset = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * (sign === '-' ? -1 : 1);
  if (offset === 0 || era) return local + fraction + era;
  return (
    new Date(Date.parse(`${local.replace(' ', 'T')}Z`) - offset * 1000).toISOString().replace('T', ' ').slice(0, 19) +
    fraction
  );
}

/** Both of PostgreSQL's forms: `\x00ff`, and `escape` where an earlier call left that set. */
function bytes(text: string): Buffer {
  if (text.startsWith('\\x')) return Buffer.from(text.slice(2), 'hex');
  return Buffer.from(
    text.replace(/\\(\\|[0-7]{3})/g, (_, code: string) =>
      code === '\\' ? '\\' : String.fromCharCode(Number.parseInt(code, 8)),
    ),
    'latin1',
  );
}
