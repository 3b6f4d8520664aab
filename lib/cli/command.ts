import type { Context, ExitCode } from './context.ts';
import type { OptionName, Values } from './options.ts';
import type { Screen } from './render/screen.ts';

/** A command as data: the dispatcher finds it by its name, the help is made from the rest. */
export interface Command {
  readonly name: string;
  /** One line, no full stop. */
  readonly summary: string;
  /** Names of the arguments that are no options, in order: all of them are required. */
  readonly arguments: readonly string[];
  /** What stands in the help for any number of further arguments, where it takes them: `[FILE…]`. */
  readonly rest?: string;
  readonly options: readonly OptionName[];
  /** Without a target on the command line it needs none: a variable of the environment must not make it connect. @default false */
  readonly isTargetOptional?: true;
  /** What its help says besides, as paragraphs. */
  readonly description: readonly string[];
  readonly examples: readonly Example[];
  run(invocation: Invocation): Promise<ExitCode>;
}

export interface Example {
  /** What comes after the tool's name. */
  readonly line: string;
  readonly what: string;
}

/** One call of a command: what was asked for, and where the answer goes. */
export interface Invocation {
  readonly values: Values;
  readonly arguments: readonly string[];
  /** For the answer. */
  readonly out: Screen;
  /** For what happens on the way, and for what went wrong. */
  readonly err: Screen;
  readonly context: Context;
}
