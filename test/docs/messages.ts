import { type Node, nodesOf, type SourceFile, sources } from '../house/source.ts';

/** A message that the code can produce, as its source writes it: `…` stands for what differs from time to time. */
export interface Message {
  readonly file: string;
  /** Of the problem, or what class of error it is. */
  readonly code: string | null;
  /** Null: the words of somebody else (a database, AWS). */
  readonly message: string | null;
  readonly remedy: string | null;
}

interface Site {
  readonly file: File;
  readonly node: Node;
  readonly parents: readonly Node[];
}

interface File extends SourceFile {
  readonly nodes: readonly Pick<Site, 'node' | 'parents'>[];
  /** `const name = …`, in order, each with the function that it is in. */
  readonly constants: readonly Constant[];
  /** The other files: a constant may come from there. */
  readonly others: readonly File[];
}

interface Constant {
  readonly name: string;
  readonly value: Node;
  readonly parents: readonly Node[];
}

/** An argument of a maker, with what it says where nothing is given; or what the maker says itself. */
type Part = { readonly index: number; readonly otherwise: readonly string[] | undefined } | readonly string[];

/** A function that makes a problem of its arguments. */
interface Maker {
  readonly code: Part;
  readonly message: Part;
  readonly remedy: Part;
}

const PARTS = ['code', 'message', 'remedy'] as const;

/** Errors whose arguments are message and remedy. */
const WITH_REMEDY = ['UsageError', 'StartError'];

const REST = '…';

/** Every place in these folders that makes a problem, an error or a remedy. */
export function messages(...folders: string[]): Message[] {
  const files: File[] = [];
  for (const file of sources(...folders)) files.push(parse(file, files));
  const { makers, made } = findMakers(files);
  return files
    .flatMap(file =>
      nodes(file).flatMap(site => [...ofObject(site, made), ...ofError(site), ...ofCall(site, makers, made)]),
    )
    .filter(({ message, remedy }) => says(message) || says(remedy));
}

/** Strings that tests write: what is expected there has been made to happen. */
export function writtenIn(...folders: string[]): string[] {
  return sources(...folders)
    .map(file => parse(file))
    .flatMap(file => nodes(file))
    .flatMap(({ node }) => {
      if (node.type === 'TemplateElement') return [(node.value as { cooked: string }).cooked];
      if (node.type !== 'Literal') return [];
      const { regex, value } = node as unknown as { regex?: { pattern: string }; value: unknown };
      return regex ? [regex.pattern.replace(/\\(?=[^\w\s])/g, '')] : typeof value === 'string' ? [value] : [];
    });
}

/** Its words alone. */
export function words(text: string): string {
  return text.replace(/[^\p{L}\p{N}…]+/gu, ' ').trim();
}

/** With one space for white space of any kind. */
export function flat(text: string): string {
  return text.replace(/\s+/g, ' ');
}

/** Three words in a row of its longest part that does not differ, or all where there are less, are among the words of a text. */
export function isIn(text: string, message: string): boolean {
  const parts = words(message)
    .split(REST)
    .toSorted((a, b) => b.length - a.length);
  const all = parts[0]!.trim().split(' ');
  const some = Math.min(all.length, 3);
  return all.some((_, at) => at + some <= all.length && text.includes(all.slice(at, at + some).join(' ')));
}

/** There is a word in it. */
function says(text: string | null): boolean {
  return text !== null && /\p{L}{2}.*\p{L}{3}/u.test(text);
}

/** `{ code, message, remedy }`, or as much of it as stands there. A remedy alone belongs to the code that is asked for around it. */
function ofObject(site: Site, made: ReadonlySet<Node>): Message[] {
  // What a maker puts together is said where it is called.
  if (site.node.type !== 'ObjectExpression' || made.has(site.node)) return [];
  const members = membersOf(site.node);
  const { code, message, remedy } = members;
  if (!remedy && !(code && message)) return [];
  const codes = code ? texts(code, site) : [around(site)];
  return combine(site, codes, message ? texts(message, site) : [null], remedy ? remedyOf(remedy, site) : [null]);
}

/** A remedy that comes with what is reported (a finding of the database) is as good as one of ours. */
function remedyOf(remedy: Node, site: Site): string[] {
  const given = scopes(site.parents)
    .flatMap(({ params }) => (params ?? []) as Node[])
    .filter(({ type }) => type === 'ObjectPattern')
    .some(pattern => 'remedy' in membersOf(pattern));
  return given && remedy.type === 'Identifier' && !constantOf('remedy', site)
    ? ['(told with it)']
    : texts(remedy, site);
}

/** `new Error('…')`, also with members assigned to it. A `MigrationError` is made of problems, which are found as objects. */
function ofError(site: Site): Message[] {
  const { node } = site;
  if (node.type !== 'NewExpression') return [];
  const name = (node.callee as Node).name as string | undefined;
  if (!name?.endsWith('Error') || name === 'MigrationError') return [];
  // The class of the message is the first argument of a ServiceError.
  const [message, remedy] = name === 'ServiceError' ? [(node.arguments as Node[])[2]] : (node.arguments as Node[]);
  if (!message) return [];
  // The service's name of it, where it has one.
  const [first] = name === 'ServiceError' ? texts((node.arguments as Node[])[0]!, site) : [name];
  return combine(
    site,
    [name === 'ServiceError' ? `${name} ${first}` : name],
    texts(message, site),
    WITH_REMEDY.includes(name) && remedy ? texts(remedy, site) : [null],
  );
}

function ofCall(site: Site, makers: ReadonlyMap<string, Maker>, made: ReadonlySet<Node>): Message[] {
  const call = made.has(site.node) ? undefined : callOf(site, makers);
  if (!call) return [];
  const [code, message, remedy] = PARTS.map(part => {
    const given = call[part];
    return 'type' in given ? texts(given, site) : given;
  });
  return combine(site, code!, message!, remedy!);
}

function callOf({ node, file }: Site, makers: ReadonlyMap<string, Maker>) {
  if (node.type !== 'CallExpression') return undefined;
  const callee = node.callee as Node;
  const name = (callee.type === 'MemberExpression' ? (callee.property as Node).name : callee.name) as string;
  const maker = makers.get(`${file.path} ${name}`) ?? makers.get(name);
  const given = node.arguments as Node[];
  const isGiven = (of: Part) => !('index' in of) || given[of.index] !== undefined || of.otherwise !== undefined;
  if (!maker || !PARTS.every(part => isGiven(maker[part]))) return undefined;
  const part = (of: Part) => ('index' in of ? (given[of.index] ?? of.otherwise!) : of);
  return { code: part(maker.code), message: part(maker.message), remedy: part(maker.remedy) };
}

function combine(
  { file }: Site,
  codes: readonly (string | null)[],
  said: readonly (string | null)[],
  remedies: readonly (string | null)[],
): Message[] {
  const code = codes.length === 1 ? codes[0]! : codes.join(', ');
  // Two ways to say it and two remedies belong together in this order; else each goes with the one.
  const rows = Math.max(said.length, remedies.length);
  const at = <T>(of: readonly T[], row: number) => of[Math.min(row, of.length - 1)]!;
  return Array.from({ length: rows }, (_, row) => ({
    file: file.path,
    code: /\w/.test(code ?? '') ? code : null,
    message: at(said, row),
    remedy: at(remedies, row),
  })).map(one => ({ ...one, message: says(one.message) ? one.message : null }));
}

/** Functions that put their parameters into a problem, or hand them on to one that does. */
function findMakers(files: readonly File[]): { makers: Map<string, Maker>; made: Set<Node> } {
  const makers = new Map<string, Maker>();
  const made = new Set<Node>();
  const all = files.flatMap(nodes);
  for (let known = -1; known < makers.size; ) {
    known = makers.size;
    for (const site of all) {
      const { node, parents, file } = site;
      const parts = node.type === 'ObjectExpression' ? membersOf(node) : callOf(site, makers);
      const maker = parents.findLast(parent => /Function/.test(parent.type));
      if (!parts?.code || !parts.message || !parts.remedy || !maker) continue;
      const parameters = (maker.params as Node[]).map(one =>
        one.type === 'AssignmentPattern' ? (one.left as Node) : one,
      );
      const part = (given: Node | readonly string[]): Part => {
        if (!('type' in given)) return given;
        const index = given.type === 'Identifier' ? parameters.findIndex(({ name }) => name === given.name) : -1;
        const otherwise = (maker.params as Node[])[index]?.right as Node | undefined;
        return index < 0 ? texts(given, site) : { index, otherwise: otherwise && texts(otherwise, site) };
      };
      const found = { code: part(parts.code), message: part(parts.message), remedy: part(parts.remedy) };
      const name = nameOf(maker, parents);
      if (!name || !PARTS.some(one => 'index' in found[one])) continue;
      makers.set(`${file.path} ${name}`, found);
      made.add(node);
      // Elsewhere it is known by its name alone, where it says nothing itself: `source.error(…)`.
      if (PARTS.every(one => 'index' in found[one])) makers.set(name, found);
    }
  }
  return { makers, made };
}

function nameOf(made: Node, parents: readonly Node[]): string | undefined {
  const holder = parents[parents.indexOf(made) - 1]!;
  const named = [made.id, holder.id, holder.key] as (Node | null | undefined)[];
  return named.find(Boolean)?.name as string | undefined;
}

function membersOf(object: Node): Partial<Record<string, Node>> {
  const own = (object.properties as Node[]).filter(({ type }) => type === 'Property');
  return Object.fromEntries(own.map(({ key, value }) => [keyOf(key as Node), value as Node]));
}

function keyOf(key: Node): string {
  return String(key.name ?? key.value);
}

/** The code that is asked for around a remedy: `case 'x':`, `if (code === 'x')`, `{ x: { remedy } }`. */
function around(site: Site): string | null {
  for (const parent of site.parents.toReversed()) {
    const { test, key } = parent as unknown as { test?: Node; key?: Node };
    if (parent.type === 'SwitchCase' && test) return texts(test, site)[0]!;
    if (parent.type === 'IfStatement' && test?.type === 'BinaryExpression') return texts(test.right as Node, site)[0]!;
    if (parent.type === 'Property' && key) return keyOf(key);
    if (/Function/.test(parent.type)) return null;
  }
  return null;
}

/** What an expression says: one text, or one for each way that it may go. */
function texts(expression: Node, site: Site): string[] {
  switch (expression.type) {
    case 'Literal':
      return [typeof expression.value === 'string' ? expression.value : REST];
    case 'TemplateLiteral': {
      const { quasis, expressions } = expression as unknown as {
        quasis: { value: { cooked: string } }[];
        expressions: Node[];
      };
      return [quasis.map(({ value }, at) => value.cooked + constant(expressions[at], site)).join('')];
    }
    case 'ConditionalExpression':
      return [expression.consequent, expression.alternate].flatMap(way => texts(way as Node, site));
    case 'LogicalExpression': {
      const ways = [expression.left, expression.right].flatMap(way => texts(way as Node, site));
      return ways.some(says) ? ways.filter(says) : [REST];
    }
    case 'BinaryExpression':
      return texts(expression.left as Node, site).flatMap(left =>
        texts(expression.right as Node, site).map(right => left + right),
      );
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'ParenthesizedExpression':
      return texts(expression.expression as Node, site);
    case 'Identifier': {
      const meant = constantOf(String(expression.name), site) ?? fromElsewhere(String(expression.name), site);
      if (!meant) return [REST];
      const inside = { ...site, node: meant.value, parents: meant.parents };
      return meant.value.type === 'CallExpression' ? answers(meant.value, inside) : texts(meant.value, inside);
    }
    default:
      return [REST];
  }
}

/** The innermost constant of that name, unless a parameter is nearer. */
function constantOf(name: string, { file, parents }: Site): Constant | undefined {
  for (const scope of [...scopes(parents).toReversed(), undefined]) {
    const found = file.constants.find(one => one.name === name && scopes(one.parents).at(-1) === scope);
    if (found) return found;
    if ((scope?.params as Node[] | undefined)?.some(({ name: parameter }) => parameter === name)) return undefined;
  }
  return undefined;
}

/** Constants that are written in capitals have a name of their own. */
function fromElsewhere(name: string, { file }: Site): Constant | undefined {
  if (!/^[A-Z][A-Z_]+$/.test(name)) return undefined;
  return file.others
    .flatMap(({ constants }) => constants)
    .find(one => one.name === name && scopes(one.parents).length === 0);
}

function scopes(parents: readonly Node[]): Node[] {
  return parents.filter(({ type }) => /Function|BlockStatement|SwitchCase/.test(type));
}

/** What a function of the same file gives back. */
function answers({ callee }: Node, { file }: Site): string[] {
  const all = nodes(file);
  const called = all.find(
    ({ node }) => node.type === 'FunctionDeclaration' && (node.id as Node).name === (callee as Node).name,
  );
  const returns = all.filter(
    ({ node, parents }) =>
      node.type === 'ReturnStatement' && parents.findLast(({ type }) => /Function/.test(type)) === called?.node,
  );
  const said = returns
    .flatMap(site => (site.node.argument ? texts(site.node.argument as Node, site) : []))
    .filter(says);
  return called && said.length > 0 ? said : [REST];
}

/** A constant in a template is said as it is, all else differs. */
function constant(expression: Node | undefined, site: Site): string {
  if (!expression) return '';
  if (expression.type !== 'Identifier' || !/^[A-Z_]+$/.test(String(expression.name))) return REST;
  return texts(expression, site)[0]!;
}

function parse(file: SourceFile, others: readonly File[] = []): File {
  const all = nodesOf(file.text);
  const constants = all
    .filter(({ node: { type, init, id } }) => type === 'VariableDeclarator' && init && (id as Node).name)
    .map(({ node: { id, init }, parents }) => ({ name: String((id as Node).name), value: init as Node, parents }));
  return { ...file, nodes: all, constants, others };
}

function nodes(file: File): Site[] {
  return file.nodes.map(one => ({ ...one, file }));
}
