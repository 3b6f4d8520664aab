import { didYouMean } from '../core/did-you-mean.ts';
import { FAULT_NAMES, type Fault, type FaultName } from '../local/faults.ts';
import { list } from './render/count.ts';
import { UsageError } from './usage-error.ts';

const UNITS = { ms: 1, s: 1000, min: 60_000 };

/** Of these a time is how late something happens, of others how long they last. */
const LATE: readonly string[] = ['delay', 'duplicate'];

/**
 * Reads the value of --fault: names of faults with commas between them, each with a number of calls or a time after a colon
 * (`throttled:3,lost-answer,resuming:20s`). They hit calls in this order, without a number one call. Throws a `UsageError`.
 */
export function readFaults(text: string): Fault[] {
  const parts = text.split(',');
  let call = 1;
  return parts.map((part, at) => {
    const fault = { ...readFault(part), call };
    if (fault.milliseconds !== undefined && !LATE.includes(fault.fault) && at < parts.length - 1)
      throw new UsageError(
        `--fault cannot be "${text}"`,
        `Write ${part} last: how many calls it hits is not known`,
        'serve',
      );
    call += fault.times ?? 1;
    return fault;
  });
}

function readFault(part: string): Fault & { readonly fault: FaultName } {
  const [name = '', extent, ...more] = part.split(':');
  if (!(FAULT_NAMES as readonly string[]).includes(name)) {
    const near = didYouMean(name, FAULT_NAMES);
    const meant = near ? `Did you mean ${near}? ` : '';
    throw new UsageError(`--fault cannot be "${name}"`, `${meant}The faults are ${list(FAULT_NAMES)}`, 'serve');
  }
  if (more.length > 0)
    throw new UsageError(`--fault cannot be "${part}"`, 'Write it as NAME:CALLS or NAME:TIME', 'serve');
  return { fault: name as FaultName, ...(extent !== undefined && readExtent(part, extent)) };
}

function readExtent(part: string, extent: string): Pick<Fault, 'times' | 'milliseconds'> {
  if (/^[1-9]\d{0,8}$/.test(extent)) return { times: Number(extent) };
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|min)$/.exec(extent) ?? [];
  if (number === undefined) {
    const remedy = 'Give a number of calls (3) or a time with its unit (500ms, 20s, 2min)';
    throw new UsageError(`--fault cannot be "${part}"`, remedy, 'serve');
  }
  return { milliseconds: Math.round(Number(number) * UNITS[unit as keyof typeof UNITS]) };
}
