type Frame = 'block' | 'if' | 'loop' | 'while' | 'repeat' | 'case' | 'case-expression';

/** Where in a definition the body may begin: what must have been seen before. */
const GATES: Readonly<Record<string, string>> = { procedure: ')', function: ')', trigger: 'row', event: 'do' };

/** Words with which a statement of a body begins. Not all there are, but all in which IF or REPEAT may be a function. */
const VERBS = new Set(
  'select insert update delete replace set call return do signal resignal with values table truncate drop create alter rename open fetch close kill show purge revoke'.split(
    ' ',
  ),
);

const OPENERS: Readonly<Record<string, Frame>> = {
  begin: 'block',
  if: 'if',
  case: 'case',
  loop: 'loop',
  while: 'while',
  repeat: 'repeat',
};

/** After these an END is a name, and no end of an expression. */
const OPERATORS = new Set(
  'when then else case and or not xor select by like in is between div mod regexp rlike set where having on as return interval'.split(
    ' ',
  ),
);

/**
 * Decides which semicolon ends a statement, as the server's grammar does: those in the body of a routine, trigger or event do not. Follows the
 * frames (`BEGIN … END`, `CASE`, `IF`, `LOOP`, `WHILE`, `REPEAT`), and where in them a statement begins, for BEGIN and END are also names, and
 * IF and REPEAT also functions.
 */
export class Nesting {
  /** What must be seen before a body; undefined: a statement without one; null: seen. */
  #gate: string | null | undefined;
  #words: string[] = [];
  #definer: 'no' | 'value' | 'host' | 'after' = 'no';
  readonly #frames: Frame[] = [];
  #parentheses = 0;
  #begins = false;
  #started = false;
  #handler: 'no' | 'for' | 'more' = 'no';
  /** Behind UNTIL, and behind the first word of its condition. */
  #until: 'no' | 'first' | 'yes' = 'no';
  #ended = false;
  #labelled = false;
  #previous = '';

  /** Whether the definition that is read is of a routine in another language, whose body is a string. */
  get dollars(): boolean {
    return this.#gate === null && this.#frames.length === 0 && this.#previous === 'as';
  }

  /** Takes the next token: a word lower-cased, a sign as it is, anything else as `'`. True: it is the semicolon at the end of a statement. */
  closes(word: string): boolean {
    if (word === ';' && this.#frames.length === 0) return true;
    const isName = /^[.@]$/.test(this.#previous) && !/^[.@]$/.test(word);
    if (this.#gate === undefined) this.#header(word);
    else if (isName) this.#begins = false;
    else this.#body(word);
    // Behind the point of `1.` no name follows.
    const isNumber = word === '.' && /^\d+$/.test(this.#previous);
    this.#previous = isName || isNumber ? "'" : word;
    return false;
  }

  reset(): void {
    this.#gate = undefined;
    this.#words = [];
    this.#definer = 'no';
    this.#frames.length = 0;
    this.#parentheses = 0;
    this.#begins = this.#started = this.#ended = this.#labelled = false;
    this.#until = 'no';
    this.#handler = 'no';
    this.#previous = '';
  }

  /** `CREATE [OR REPLACE] [DEFINER = user] [AGGREGATE] PROCEDURE …`, `ALTER … EVENT …`. */
  #header(word: string): void {
    const words = this.#words;
    if (words.length > 12) return;
    if (words.length === 0 && word !== 'create' && word !== 'alter') words.length = 13;
    // The name of the definer may be any word.
    else if (this.#definer === 'value') this.#definer = 'host';
    else if (this.#definer === 'host' && word === '@') this.#definer = 'value';
    else if (word === '=' && words.at(-1) === 'definer') this.#definer = 'value';
    else {
      if (this.#definer === 'host') this.#definer = 'after';
      if (/^(procedure|function|trigger|event)$/.test(word) && (words[0] === 'create' || word === 'event')) {
        this.#gate = GATES[word];
      } else if (/^(table|view|index|database|schema|user|role|server|temporary)$/.test(word)) words.length = 13;
      else words.push(word);
    }
  }

  #body(word: string): void {
    if (word === '(') this.#parentheses++;
    if (word === ')') this.#parentheses--;
    if (this.#gate !== null) {
      if (word === this.#gate && this.#parentheses === 0) {
        this.#gate = null;
        this.#begins = word !== ')';
      }
      return;
    }
    const top = this.#frames.at(-1);
    if (top === undefined && !this.#started) {
      // The characteristics of a routine stand before its body: its first verb begins it.
      if (this.#parentheses > 0) return;
      if (
        OPENERS[word] !== undefined ||
        (VERBS.has(word) && !(word === 'set' && /^(char(acter)?|returns)$/.test(this.#previous)))
      ) {
        this.#started = true;
        this.#begins = true;
      } else return;
    }
    this.#statement(word, top);
  }

  #statement(word: string, top: Frame | undefined): void {
    const begins = this.#begins;
    const until = this.#until;
    this.#begins = false;
    if (until === 'first') this.#until = 'yes';
    if (this.#previous === 'end' && this.#ended) {
      this.#ended = false;
      if (OPENERS[word] !== undefined) return;
    }
    this.#ended = false;
    if (this.#handler !== 'no' && this.#condition(word)) return;
    if (word === 'end' && this.#ends(top, begins || (until === 'yes' && !this.#wantsValue()))) {
      if (this.#frames.pop() === 'repeat') this.#until = 'no';
      this.#ended = true;
      return;
    }
    const opener = OPENERS[word];
    if (word === 'case') {
      this.#frames.push(begins ? 'case' : 'case-expression');
      return;
    }
    if (opener && begins && this.#parentheses === 0) {
      this.#frames.push(opener);
      this.#begins = opener === 'block' || opener === 'loop' || opener === 'repeat';
      return;
    }
    if (word === 'handler' && /^(continue|exit|undo)$/.test(this.#previous)) this.#handler = 'for';
    if (word === 'until' && begins && top === 'repeat') this.#until = 'first';
    if (word === ';') this.#begins = true;
    // A label: the word before the colon began a statement.
    else if (word === ':' && this.#labelled) this.#begins = true;
    else if ((word === 'then' || word === 'else') && (top === 'if' || top === 'case')) this.#begins = true;
    else if (word === 'do' && top === 'while' && !begins && this.#previous !== 'while' && !this.#wantsValue()) {
      this.#begins = true;
    }
    this.#labelled = begins && word !== ':';
  }

  #ends(top: Frame | undefined, otherwise: boolean): boolean {
    if (top === undefined) return false;
    return top === 'case-expression' ? !this.#wantsValue() : otherwise;
  }

  /** In an expression: behind an operator, where a word that ends the expression elsewhere is a name. */
  #wantsValue(): boolean {
    return OPERATORS.has(this.#previous) || /^[(,.=<>+*/%|&!~^:-]/.test(this.#previous);
  }

  /** The conditions of a handler, up to the statement that handles them. True: the word was taken. */
  #condition(word: string): boolean {
    if (this.#handler === 'for') {
      // FOR, SQLSTATE [VALUE], NOT (FOUND): something must follow.
      if (!/^(for|sqlstate|value|not|,)$/.test(word)) this.#handler = 'more';
      return true;
    }
    if (word === ',') {
      this.#handler = 'for';
      return true;
    }
    this.#handler = 'no';
    this.#begins = true;
    this.#statement(word, this.#frames.at(-1));
    return true;
  }
}
