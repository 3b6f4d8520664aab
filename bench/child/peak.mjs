import { readFileSync } from 'node:fs';

/** The most memory ever held. Linux counts in `maxRSS` what the parent held when it forked; `VmHWM` begins with the program. */
export function peak() {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}
