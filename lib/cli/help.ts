import type { Command } from './command.ts';
import { OPTIONS, type Option, type OptionName } from './options.ts';
import { list } from './render/count.ts';
import type { Colors } from './render/screen.ts';
import { wrap } from './render/text.ts';

export const TOOL = 'aurora-migrations';

const WIDTH = 100;
/** On the first screen: what most calls may need. The rest stands in the help of the commands. */
const FIRST: readonly OptionName[] = ['dir', 'url', 'cluster-arn', 'function', 'help', 'version'];

/** The first screen: the whole tool in one block. */
export function overview(commands: readonly Command[], color: Colors): string {
  return [
    `${color.bold('Usage:')} ${TOOL} COMMAND [options]`,
    '',
    color.bold('Commands:'),
    ...columns(
      commands.map(command => [[command.name, ...command.arguments].join(' '), command.summary]),
      color,
    ),
    '',
    color.bold('Options:'),
    ...columns(
      FIRST.map(name => optionLine(name)),
      color,
    ),
    '',
    ...wrap(`"${TOOL} COMMAND --help" shows all options of a command, with examples.`, WIDTH),
    '',
  ].join('\n');
}

/** The help of one command. */
export function commandHelp(command: Command, color: Colors): string {
  return [
    `${color.bold('Usage:')} ${[TOOL, command.name, ...command.arguments, ...(command.rest ? [command.rest] : []), '[options]'].join(' ')}`,
    '',
    ...command.description.flatMap(paragraph => [...wrap(paragraph, WIDTH), '']),
    color.bold('Options:'),
    ...columns(
      command.options.map(name => optionLine(name, command)),
      color,
    ),
    '',
    color.bold('Examples:'),
    ...command.examples.flatMap(({ line, what }) => [`  ${color.dim(`# ${what}`)}`, `  ${TOOL} ${line}`]),
    '',
  ].join('\n');
}

function optionLine(name: OptionName, command?: Command): [string, string] {
  const option: Option = OPTIONS[name];
  const left = `${option.short ? `-${option.short}, ` : '    '}--${name}${option.value ? ` ${option.value}` : ''}`;
  const facts = [
    option.choices && list(option.choices, 'or'),
    option.default && `default: ${option.default}`,
    option.env && !command?.isTargetOptional && `or in ${option.env}`,
  ].filter(Boolean);
  return [left, facts.length > 0 ? `${option.summary} (${facts.join('; ')})` : option.summary];
}

function columns(pairs: readonly (readonly [string, string])[], color: Colors): string[] {
  const left = Math.max(...pairs.map(([first]) => first.length)) + 2;
  return pairs.flatMap(([first, second]) =>
    wrap(second, WIDTH - left - 2).map(
      (line, at) => `  ${at === 0 ? color.cyan(first) + ' '.repeat(left - first.length) : ' '.repeat(left)}${line}`,
    ),
  );
}
