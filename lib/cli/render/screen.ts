import picocolors from 'picocolors';
import type { Stream } from '../context.ts';
import { masked } from './masked.ts';

export type Colors = ReturnType<typeof picocolors.createColors>;

/** Where text goes, and what it may look like there. */
export interface Screen {
  /** Characters in a line; Infinity where nobody looks (a pipe, a file): nothing is cut or wrapped there. */
  readonly width: number;
  /** A line may be written over: progress may move. */
  readonly live: boolean;
  readonly color: Colors;
  /** Writes text as it is, less passwords in URLs. */
  write(text: string): void;
  /** Writes lines, each with its end. */
  lines(lines: readonly string[]): void;
}

/** The screen that a stream is. Colour follows NO_COLOR, then FORCE_COLOR, then whether somebody looks. */
export function screen(stream: Stream, env: Readonly<Record<string, string | undefined>>): Screen {
  const terminal = stream.isTTY === true;
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '' && env.FORCE_COLOR !== '0';
  const color = !env.NO_COLOR && (forced || (terminal && env.TERM !== 'dumb'));
  const write = (text: string) => {
    stream.write(masked(text));
  };
  return {
    width: terminal ? Math.max(40, stream.columns || 80) : Number.POSITIVE_INFINITY,
    live: terminal && env.TERM !== 'dumb' && !env.CI,
    color: picocolors.createColors(color),
    write,
    lines: lines => write(lines.map(line => `${line}\n`).join('')),
  };
}
