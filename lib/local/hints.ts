import type { TypeHint } from './backend.ts';
import { type ServiceError, validation } from './service-error.ts';

/** How values of these hints are written, a 0 for a digit. No T between date and time and no zone after them. */
const TEMPLATES: Readonly<Partial<Record<TypeHint, { readonly type: string; readonly template: string }>>> = {
  DATE: { type: 'Date', template: '0000-00-00' },
  TIME: { type: 'Time', template: '00:00:00' },
  TIMESTAMP: { type: 'Timestamp', template: '0000-00-00 00:00:00' },
};

/**
 * Says why a text is not a value of a type hint for a date or a time; undefined where it is one, and for other hints. Of the texts one is
 * known from the service, `Parse Error for Time: premature end of input` for `09:00`; the others are those of the parser that wrote it.
 */
export function parseError(hint: TypeHint, text: string): ServiceError | undefined {
  const form = TEMPLATES[hint];
  const problem = form && problemOf(text, form.template);
  return problem === undefined ? undefined : validation(`Parse Error for ${form?.type}: ${problem}`);
}

function problemOf(text: string, template: string): string | undefined {
  // A year may have more digits than four.
  const digits = text.replace(/^\d+(?=\d{4}-)/, '').replace(/\d/g, '0');
  if (!digits.startsWith(template)) {
    return template.startsWith(digits) ? 'premature end of input' : 'input contains invalid characters';
  }
  const rest = digits.slice(template.length);
  if (rest !== '' && !(template.endsWith(':00') && /^\.0+$/.test(rest))) return 'trailing input';
  return isInRange(text) ? undefined : 'input is out of range';
}

function isInRange(text: string): boolean {
  const date = /^(\d+)-(\d\d)-(\d\d)/.exec(text);
  if (date) {
    const [year, month, day] = date.slice(1).map(Number) as [number, number, number];
    // Days of the month before the next one's first. The years of 400 repeat themselves; Date takes 0 to 99 for 1900 to 1999.
    if (month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate())
      return false;
  }
  const time = /(\d\d):(\d\d):(\d\d)/.exec(text);
  return !time || (Number(time[1]) < 24 && Number(time[2]) < 60 && Number(time[3]) <= 60);
}
