import type { RunEvent } from '../core/report.ts';
import type { Screen } from './render/screen.ts';

/** Says each wait once, for a command that shows no other events. */
export function eachWaitOnce(screen: Screen): (event: RunEvent) => void {
  const said = new Set<string>();
  return event => {
    if (event.event !== 'waiting' || said.has(event.what)) return;
    said.add(event.what);
    screen.lines([screen.color.dim(`… waiting: ${event.what}`)]);
  };
}
