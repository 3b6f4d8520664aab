import type { RunEvent } from '../core/report.ts';
import type { Screen } from './render/screen.ts';
import { fit, oneLine, width } from './render/text.ts';
import { duration } from './render/time.ts';

export interface Progress {
  /** The names that will come: their lines are aligned. */
  expect(names: readonly string[]): void;
  on(event: RunEvent): void;
  /** A line of its own, above the one that moves. */
  note(line: string): void;
  /** No further event comes: the line that moves is taken away. */
  end(): void;
}

const LEAST_NAME = 24;
const MOST_NAME = 60;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;
/** A shorter wait is not worth a moving number. */
const SHOW_TIME_AFTER_MS = 1000;

/**
 * Says what a run is doing. Where the screen can be written over, the migration that is being applied has a moving line that becomes its
 * result; elsewhere each gets one line when it is done.
 */
export function progress(screen: Screen, now: () => number = Date.now): Progress {
  const { color, live } = screen;
  let column = LEAST_NAME;
  let timer: NodeJS.Timeout | undefined;
  let frame = 0;
  /** The moving line, less its sign and its time. */
  let current: { readonly name: string; readonly what: string; readonly since: number } | undefined;
  let waitedFor: string | undefined;

  const clear = () => live && screen.write('\r\u001b[2K');
  const draw = () => {
    if (!current) return;
    const passed = now() - current.since;
    const time = passed >= SHOW_TIME_AFTER_MS ? duration(passed) : '';
    const text = fit([current.name, current.what, time].filter(Boolean).join('  '), screen.width - 3);
    screen.write(`\r\u001b[2K${color.cyan(FRAMES[frame++ % FRAMES.length]!)} ${text}`);
  };
  const show = (name: string, what: string) => {
    if (!live) return;
    current = { name: padded(name), what, since: current?.name === padded(name) ? current.since : now() };
    draw();
    timer ??= setInterval(draw, FRAME_MS).unref();
  };
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    if (current) clear();
    current = undefined;
  };
  const done = (line: string) => {
    stop();
    screen.lines([line]);
  };
  const padded = (name: string) => {
    const cut = fit(oneLine(name), column);
    return cut + ' '.repeat(Math.max(0, column - width(cut)));
  };

  return {
    expect(names) {
      column = Math.min(Math.max(LEAST_NAME, ...names.map(width)), Math.max(LEAST_NAME, screen.width - 30), MOST_NAME);
    },
    on(event) {
      if (event.event !== 'waiting') waitedFor = undefined;
      switch (event.event) {
        case 'started':
          return show(event.migration, event.of > 1 ? `${event.number} of ${event.of}` : '');
        case 'statement':
          return show(event.migration, `statement ${event.statement} of ${event.of}`);
        case 'reverted':
        case 'applied': {
          const again = event.event === 'applied' && event.attempt > 1 ? color.dim(`  attempt ${event.attempt}`) : '';
          const sign = event.event === 'applied' ? color.green('✓') : color.yellow('↩');
          return done(`${sign} ${padded(event.migration)}  ${duration(event.executionTimeMs).padStart(8)}${again}`);
        }
        case 'failed':
          return done(`${color.red('✗')} ${padded(event.migration)}  ${duration(event.executionTimeMs).padStart(8)}`);
        case 'working': {
          if (live)
            return show(event.migration, event.progress === null ? (current?.what ?? '') : oneLine(event.progress));
          const far = event.progress === null ? '' : `: ${oneLine(event.progress)}`;
          return screen.lines([`… ${event.migration} is at work, ${event.seconds} s so far${far}`]);
        }
        case 'waiting':
          if (live) return show('Waiting', oneLine(event.what));
          if (waitedFor !== event.what) screen.lines([`… waiting: ${oneLine(event.what)}`]);
          waitedFor = event.what;
      }
    },
    note(line) {
      if (current) clear();
      screen.lines([line]);
    },
    end: stop,
  };
}
