/** Elements of an array in PostgreSQL's text form; `multidimensional` where one is an array itself. NULL is null. */
export function parseArray(text: string): (string | null)[] | 'multidimensional' {
  // A lower bound other than 1 stands in front: [0:2]={1,2,3}.
  const start = text.indexOf('{') + 1;
  if (text[start] === '{') return 'multidimensional';
  const elements: (string | null)[] = [];
  let at = start;
  while (at < text.length && text[at] !== '}') {
    if (text[at] === '"') {
      const end = closingQuote(text, at);
      elements.push(text.slice(at + 1, end).replace(/\\(.)/gs, '$1'));
      at = end + 1;
    } else {
      const plain = /[^,}]*/y;
      plain.lastIndex = at;
      const word = plain.exec(text)?.[0] ?? '';
      elements.push(word === 'NULL' ? null : word);
      at += word.length;
    }
    if (text[at] === ',') at++;
  }
  return elements;
}

function closingQuote(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
