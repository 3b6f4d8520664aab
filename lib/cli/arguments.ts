import { parseArgs } from 'node:util';
import { didYouMean } from '../core/did-you-mean.ts';
import type { Command } from './command.ts';
import { OPTIONS, type Option, type OptionName, type Values } from './options.ts';
import { list } from './render/count.ts';
import { UsageError } from './usage-error.ts';

/** As `parseArgs` gives it. */
interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

export interface Parsed {
  readonly command: Command | undefined;
  readonly values: Values;
  readonly arguments: readonly string[];
}

const ELSEWHERE: readonly OptionName[] = ['cluster-arn', 'data', 'function', 'stack'];

/** What a command line asks for. Options may stand before and after the command. Throws a `UsageError`. */
export function parse(
  argv: readonly string[],
  commands: readonly Command[],
  env: Readonly<Record<string, string | undefined>>,
): Parsed {
  const { tokens } = parseArgs({
    args: [...argv],
    options: declared(),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words = tokens.filter(token => token.kind === 'positional').map(token => token.value);
  const asked = words[0] === 'help';
  const [name, ...rest] = asked ? words.slice(1) : words;
  const command = commands.find(candidate => candidate.name === name);

  const values: Record<string, unknown> = asked ? { help: true } : {};
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = knownOption(token.name, token.rawName, command);
    const value = readValue(token, command);
    const earlier = values[option] as readonly unknown[] | undefined;
    values[option] = OPTIONS[option].type === 'list' ? [...(earlier ?? []), value] : value;
  }
  if (name !== undefined && !command) throw unknownCommand(name, commands);
  if (values.help === true || values.version === true || !command)
    return { command, values: values as Values, arguments: [] };

  for (const option of command.options) {
    const { env: variable }: Option = OPTIONS[option];
    const inherited = variable === undefined || command.isTargetOptional ? undefined : env[variable];
    // A target on the command line outweighs the one in the environment.
    const outweighed = option === 'url' && ELSEWHERE.some(other => values[other] !== undefined);
    if (inherited && values[option] === undefined && !outweighed) values[option] = inherited;
  }
  checkArguments(command, rest);
  return { command, values: values as Values, arguments: rest };
}

function declared() {
  return Object.fromEntries(
    Object.entries(OPTIONS).map(([name, option]: [string, Option]) => [
      name,
      {
        type: option.type === 'flag' ? ('boolean' as const) : ('string' as const),
        ...(option.short && { short: option.short }),
      },
    ]),
  );
}

function knownOption(name: string, raw: string, command: Command | undefined): OptionName {
  const known = command ? [...command.options, 'version'] : Object.keys(OPTIONS);
  if (known.includes(name)) return name as OptionName;
  const near = raw.startsWith('--') ? didYouMean(name, known) : undefined;
  const all = list(known.map(option => `--${option}`));
  throw new UsageError(
    `${command ? `"${command.name}" has` : 'there is'} no option ${raw}`,
    `${near ? `Did you mean --${near}? ` : ''}The options${command ? ` of "${command.name}"` : ''} are ${all}`,
    command?.name,
  );
}

function isOption(word: string): boolean {
  return Object.entries(OPTIONS).some(
    ([name, { short }]: [string, Option]) => word === `--${name}` || (short && word === `-${short}`),
  );
}

function readValue(
  { name, rawName: raw, value, inlineValue: inline }: OptionToken,
  command: Command | undefined,
): unknown {
  const option: Option = OPTIONS[name as OptionName];
  const wrong = (message: string, remedy: string) => new UsageError(message, remedy, command?.name);
  if (option.type === 'flag') {
    if (value !== undefined) throw wrong(`${raw} takes no value`, `Write ${raw} alone`);
    return true;
  }
  if (value === undefined || value === '') throw wrong(`${raw} needs a value`, `Write ${raw} ${option.value}`);
  // `--dir --json`: parseArgs gives "--json" to --dir, nobody means that.
  if (!inline && isOption(value)) {
    throw wrong(`${raw} needs a value, and ${value} is an option`, `Write ${raw}=${value} if you mean it`);
  }
  if (option.choices && !option.choices.includes(value)) {
    const near = didYouMean(value, option.choices);
    throw wrong(
      `${raw} cannot be "${value}"`,
      `${near ? `Did you mean ${near}? ` : ''}Give ${list(option.choices, 'or')}`,
    );
  }
  if (option.type === 'count') {
    if (!/^[1-9]\d{0,8}$/.test(value)) throw wrong(`${raw} cannot be "${value}"`, 'Give a whole number from 1');
    return Number(value);
  }
  if (option.type === 'duration') {
    const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|min)$/.exec(value) ?? [];
    if (number === undefined) throw wrong(`${raw} cannot be "${value}"`, 'Give a time with its unit (500ms, 5s, 2min)');
    return Math.round(Number(number) * { ms: 1, s: 1000, min: 60_000 }[unit as 'ms' | 's' | 'min']);
  }
  return value;
}

function unknownCommand(name: string, commands: readonly Command[]): UsageError {
  const names = commands.map(command => command.name);
  const near = didYouMean(name, names);
  return new UsageError(
    `there is no command "${name}"`,
    `${near ? `Did you mean "${near}"? ` : ''}The commands are ${list(names)}`,
  );
}

function checkArguments(command: Command, given: readonly string[]): void {
  const wanted = command.arguments;
  if (given.length < wanted.length)
    throw new UsageError(
      `"${command.name}" needs ${wanted[given.length]}`,
      `Write ${command.name} ${wanted.map(name => `"${name.toLowerCase()}"`).join(' ')}`,
      command.name,
    );
  if (given.length > wanted.length && command.rest === undefined) {
    const extra = given[wanted.length];
    throw new UsageError(
      `"${command.name}" takes no further argument, and "${extra}" is one`,
      wanted.length > 0 ? `Put quotes around it: "${given.slice(wanted.length - 1).join(' ')}"` : 'Take it out',
      command.name,
    );
  }
}
