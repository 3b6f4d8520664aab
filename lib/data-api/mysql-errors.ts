import type { Outcome } from '../core/database.ts';

/** What a text of the service says of an error of MySQL. */
export interface MysqlError {
  readonly message: string;
  /** MySQL's number; undefined: the text has only the message. */
  readonly errorCode: number | undefined;
  readonly sqlState: string | undefined;
  readonly outcome: Outcome;
  /** Worth waiting a little for. */
  readonly busy: boolean;
}

/** No text of Data API v2 on MySQL has been published: these are those of v1, of the driver that v2 most likely uses, and of both together. */
const FORMS: readonly RegExp[] = [
  /^Database error code: (?<code>\d+)\.\s*Message: (?<message>.*?)(?:; SQLState: (?<state>[0-9A-Z]{5}))?$/s,
  /^(?<message>.*); Error code: (?<code>\d+); SQLState: (?<state>[0-9A-Z]{5})$/s,
  /^(?:ERROR:? )?(?:error returned from database: )?(?<code>\d{4}) \((?<state>[0-9A-Z]{5})\): (?<message>.*)$/s,
];

/** The server or the connection went away while the statement ran; the numbers from 2000 on are the client's. */
const LOST = new Set([1053, 1079, 1080, 1159, 1160, 1161, 2006, 2013, 2055, 3169]);
const LOST_TEXT =
  /server has gone away|lost connection|communications link failure|server shutdown in progress|connection (was|is) (killed|closed)/i;
const CONNECTING = new Set([1044, 1045, 1049]);
const BUSY = new Set([1040, 1203, 1226]);

/** The service's fallback for everything that is no answer of the database. */
const OPAQUE = /^Database returned SQL Exception/;

/** Read a text in any of its forms; undefined: it is no answer of a database, or one of PostgreSQL. */
export function parseMysql(text: string): MysqlError | undefined {
  for (const form of FORMS) {
    const { code, message, state } = form.exec(text)?.groups ?? {};
    if (code === undefined) continue;
    const number = Number(code);
    const before = CONNECTING.has(number) || BUSY.has(number);
    const outcome = LOST.has(number) ? 'unknown' : before ? 'not-run' : 'failed';
    return { message: message ?? text, errorCode: number, sqlState: state, outcome, busy: BUSY.has(number) };
  }
  if (/SQLState/.test(text) || OPAQUE.test(text)) return undefined;
  const outcome = LOST_TEXT.test(text) ? 'unknown' : 'failed';
  return { message: text, errorCode: undefined, sqlState: undefined, outcome, busy: false };
}
