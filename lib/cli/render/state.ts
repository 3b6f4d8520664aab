import type { State } from '../../core/report.ts';
import { count } from './count.ts';
import type { Colors } from './screen.ts';

/** How a state looks. In the order in which the counts name them. */
const LOOK: Readonly<
  Record<State, readonly [sign: string, color: 'green' | 'yellow' | 'red' | 'cyan' | 'magenta' | 'dim']>
> = {
  failed: ['✗', 'red'],
  changed: ['~', 'magenta'],
  pending: ['○', 'yellow'],
  applied: ['✓', 'green'],
  baselined: ['✓', 'cyan'],
  replaced: ['✓', 'dim'],
  reverted: ['↩', 'yellow'],
  missing: ['?', 'dim'],
};

export function sign(state: State): string {
  return LOOK[state][0];
}

export function stateStyle(state: State, color: Colors): (text: string) => string {
  return color[LOOK[state][1]];
}

/** `1 failed, 2 pending, 3 applied`; nothing is named that there is none of. */
export function counts(counted: Readonly<Record<State, number>>, color?: Colors): string {
  const states = Object.keys(LOOK) as State[];
  const parts = states
    .filter(state => counted[state] > 0)
    .map(state => {
      const text = `${counted[state]} ${state}`;
      return color ? stateStyle(state, color)(text) : text;
    });
  return parts.join(', ') || 'no migrations';
}

export function calls(dataApiCalls: number): string {
  return `(${count(dataApiCalls, 'Data API call')})`;
}
