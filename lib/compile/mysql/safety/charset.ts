/** The character set of a table or column. */
export interface Charset {
  readonly charset: string;
  /** Null: a collation that is not known. */
  readonly collation: string | null;
}

/** What a statement says of it; null: nothing. */
export interface WrittenCharset {
  readonly charset: string | null;
  readonly collation: string | null;
  /** `BINARY`: the `…_bin` collation of whatever character set it is. @default false */
  readonly isBinary?: boolean;
}

/** Bytes of the longest character; all others have one. */
const BYTES: Readonly<Record<string, number>> = {
  utf8mb4: 4,
  utf8mb3: 3,
  utf16: 4,
  utf16le: 4,
  utf32: 4,
  gb18030: 4,
  ucs2: 2,
  gbk: 2,
  gb2312: 2,
  sjis: 2,
  cp932: 2,
  big5: 2,
  euckr: 2,
  ujis: 3,
  eucjpms: 3,
};

export function bytesOf(charset: string): number {
  return BYTES[charset] ?? 1;
}

/** Those whose default collation is not `…_general_ci`. */
const DEFAULT_COLLATIONS: Readonly<Record<string, string>> = {
  utf8mb4: 'utf8mb4_0900_ai_ci',
  latin1: 'latin1_swedish_ci',
  binary: 'binary',
  gb18030: 'gb18030_chinese_ci',
  gbk: 'gbk_chinese_ci',
  gb2312: 'gb2312_chinese_ci',
  sjis: 'sjis_japanese_ci',
  cp932: 'cp932_japanese_ci',
  ujis: 'ujis_japanese_ci',
  eucjpms: 'eucjpms_japanese_ci',
  euckr: 'euckr_korean_ci',
  big5: 'big5_chinese_ci',
  latin2: 'latin2_general_ci',
};

/**
 * What a statement means: a collation tells its character set, a character set has a default collation. Where it says nothing, that of the
 * table; undefined: nobody says anything.
 */
export function charsetOf(
  { charset, collation, isBinary = false }: WrittenCharset,
  table?: Charset,
): Charset | undefined {
  const own = collation === null ? null : plain(collation);
  if (own !== null) return { charset: own.split('_')[0]!, collation: own };
  const set = charset === null ? table?.charset : plain(charset);
  if (set === undefined) return undefined;
  if (isBinary) return { charset: set, collation: `${set}_bin` };
  return charset === null ? table : { charset: set, collation: DEFAULT_COLLATIONS[set] ?? `${set}_general_ci` };
}

/** `utf8` is a name of utf8mb3. */
function plain(name: string): string {
  return name.toLowerCase().replace(/^utf8(?=_|$)/, 'utf8mb3');
}
