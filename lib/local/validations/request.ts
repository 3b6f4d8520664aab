import { type Parameter, type ParameterValue, type TypeHint, typeHints } from '../backend.ts';
import { validation } from '../service-error.ts';

/** The body of a request, before anything is known about it. */
export type Body = Readonly<Record<string, unknown>>;

/** What every request carries. */
export interface Target {
  readonly resourceArn: string;
  readonly secretArn: string;
}

/** At least 11 characters, as in the model. Its other bound, 100, is not enforced: https://github.com/soto-project/soto/issues/471 used 101. */
export function target(body: Body): Target {
  return { resourceArn: arn(body, 'resourceArn'), secretArn: arn(body, 'secretArn') };
}

function arn(body: Body, member: string): string {
  return text(body, member, { min: 11, max: Number.POSITIVE_INFINITY }) ?? missing(member);
}

/** `sql` of the model: 65,536 characters. How the service words the refusal is not known; a refusal it is. */
export function sql(body: Body): string {
  return text(body, 'sql', { max: 65_536 }) ?? missing('sql');
}

export function database(body: Body): string | undefined {
  // https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.differences.html
  if (body.schema !== undefined && body.schema !== null) throw validation("The schema parameter isn't supported");
  return text(body, 'database', { max: 64 });
}

export function transactionId(body: Body): string | undefined {
  return text(body, 'transactionId', { max: 192 });
}

export function missing(member: string): never {
  throw validation(
    `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
  );
}

export function flag(body: Body, member: string): boolean {
  const value = body[member] ?? false;
  if (typeof value !== 'boolean') throw validation(`Expected a boolean for ${member}`);
  return value;
}

export function choice<T extends string>(value: unknown, member: string, choices: readonly T[]): T | undefined {
  if (value === undefined || value === null) return undefined;
  const found = choices.find(one => one === value);
  if (found !== undefined) return found;
  throw validation(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${choices.join(', ')}]`,
  );
}

export function parameters(list: unknown): Parameter[] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw validation('Expected a list for parameters');
  return list.map(parameter);
}

function parameter(one: { name?: unknown; value?: unknown; typeHint?: unknown } | null): Parameter {
  if (typeof one?.name !== 'string') throw validation('A parameter has no name');
  if (!/^[A-Za-z0-9_]+$/.test(one.name)) throw validation(`Named parameter syntax is invalid, input: ${one.name}`);
  return {
    name: one.name,
    value: value(one.name, one.value),
    typeHint: choice<TypeHint>(one.typeHint, 'typeHint', typeHints),
  };
}

const members: Readonly<Record<string, string>> = {
  isNull: 'boolean',
  stringValue: 'string',
  longValue: 'number',
  doubleValue: 'number',
  booleanValue: 'boolean',
  blobValue: 'string',
};

/** A Field with exactly one member. https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_Field.html */
function value(name: string, field: unknown): ParameterValue {
  const entries = Object.entries((field ?? {}) as object).filter(
    ([, content]) => content !== null && content !== undefined,
  );
  const [member, content] = entries[0] ?? [];
  if (member === 'arrayValue') throw validation('Array parameters are not supported.');
  if (entries.length !== 1 || member === undefined || members[member] === undefined) {
    throw validation(`The value of parameter ${name} must have exactly one member`);
  }
  // Numbers that JSON or JavaScript has no word for come as text.
  const special =
    (member === 'doubleValue' && ['NaN', 'Infinity', '-Infinity'].includes(content as string)) ||
    (member === 'longValue' && /^-?\d{16,19}$/.test(String(content)));
  if (!special && typeof content !== members[member]) {
    throw validation(`The value of parameter ${name} is no ${member}`);
  }
  if (member === 'longValue' && !special && !Number.isInteger(content)) {
    throw validation(`The value of parameter ${name} is no integer`);
  }
  if (
    member === 'longValue' &&
    BigInt.asIntN(64, BigInt(content as string | number)) !== BigInt(content as string | number)
  ) {
    throw validation(`The value of parameter ${name} is no integer of 64 bits`);
  }
  if (member === 'isNull' && content === false)
    throw validation(`The value of parameter ${name} is neither null nor given`);
  return { [member]: content } as unknown as ParameterValue;
}

function text(body: Body, member: string, { min = 0, max }: { min?: number; max: number }): string | undefined {
  const found = body[member];
  if (found === undefined || found === null) return undefined;
  if (typeof found !== 'string') throw validation(`Expected a string for ${member}`);
  if (found.length >= min && found.length <= max) return found;
  const rule = found.length < min ? `greater than or equal to ${min}` : `less than or equal to ${max}`;
  throw validation(
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length ${rule}`,
  );
}
