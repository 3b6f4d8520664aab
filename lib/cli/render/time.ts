const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `8 ms`, `1.2 s`, `3 min 20 s`, `1 h 5 min`. */
export function duration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  // 59.96 s must not become "60.0 s".
  if (ms < MINUTE - 50) return `${(ms / SECOND).toFixed(1)} s`;
  if (ms < HOUR) return two(Math.round(ms / SECOND), 60, 'min', 's');
  return two(Math.round(ms / MINUTE), 60, 'h', 'min');
}

/** How long a whole run took: as `duration`, with tenths of a second from the first tenth on. */
export function total(ms: number): string {
  return ms >= 100 && ms < SECOND ? `${(ms / SECOND).toFixed(1)} s` : duration(ms);
}

/** `just now`, `40 s ago`, `5 min ago`, `3 h ago`, `12 days ago`; the day itself where it is more than a month ago or to come. */
export function ago(at: string, now: Date): string {
  const then = Date.parse(at);
  if (Number.isNaN(then)) return at;
  const passed = now.getTime() - then;
  // Two clocks are compared, the database's and ours: a few seconds into the future are now.
  if (passed < -MINUTE || passed >= 30 * DAY) return at.slice(0, 10);
  if (passed < 5 * SECOND) return 'just now';
  if (passed < MINUTE) return `${Math.floor(passed / SECOND)} s ago`;
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`;
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h ago`;
  const days = Math.floor(passed / DAY);
  return days === 1 ? 'yesterday' : `${days} days ago`;
}

/** `2026-11-22 14:50:03`, UTC. */
export function stamp(at: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(at) ? at.slice(0, 19).replace('T', ' ') : at;
}

function two(total: number, base: number, big: string, small: string): string {
  const rest = total % base;
  const whole = `${Math.floor(total / base)} ${big}`;
  return rest === 0 ? whole : `${whole} ${rest} ${small}`;
}
