/** Width and height of a character cell, and of the frame, in pixels. */
const CELL = { width: 8.4, height: 19 };
const FRAME = { side: 18, top: 44, bottom: 16 };

/** Colours of the sequences that the command line writes, readable on the dark ground. */
const COLOURS: Readonly<Record<string, string>> = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  35: '#d2a8ff',
  36: '#79c0ff',
};

interface Run {
  readonly text: string;
  readonly classes: readonly string[];
  readonly colour: string | undefined;
}

/** A terminal's text, with its colours, as a picture. The same text gives the same bytes. */
export function ansiToSvg(ansi: string, title: string): string {
  const lines = ansi.replace(/\s+$/, '').split('\n').map(runs);
  const columns = Math.max(60, ...lines.map(line => line.reduce((sum, { text }) => sum + [...text].length, 0)));
  const width = Math.ceil(columns * CELL.width + 2 * FRAME.side);
  const height = lines.length * CELL.height + FRAME.top + FRAME.bottom;
  const text = lines.map((line, at) => row(line, FRAME.top + (at + 0.75) * CELL.height)).join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(title)}</title>
<style>
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #e6edf3; white-space: pre }
.bold { font-weight: bold }
.dim { fill-opacity: .6 }
</style>
<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>
<circle cx="20" cy="20" r="6" fill="#ff5f56"/><circle cx="40" cy="20" r="6" fill="#ffbd2e"/><circle cx="60" cy="20" r="6" fill="#27c93f"/>
${text}
</svg>
`;
}

/** Each run begins at its column: fonts differ in how wide they are. */
function row(line: readonly Run[], y: number): string {
  let column = 0;
  const spans = line.map(({ text, classes, colour }) => {
    const x = (FRAME.side + column * CELL.width).toFixed(1);
    const length = [...text].length;
    column += length;
    if (text.trim() === '') return '';
    const style = `${classes.length > 0 ? ` class="${classes.join(' ')}"` : ''}${colour ? ` fill="${colour}" style="fill:${colour}"` : ''}`;
    return `<tspan x="${x}" textLength="${(length * CELL.width).toFixed(1)}"${style}>${escaped(text)}</tspan>`;
  });
  return `<text y="${y.toFixed(1)}" xml:space="preserve">${spans.join('')}</text>`;
}

function runs(line: string): Run[] {
  const found: Run[] = [];
  let bold = false;
  let dim = false;
  let colour: string | undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with it
  for (const part of line.split(/(\u001b\[[0-9;]*m)/)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with it
    const code = /^\u001b\[([0-9;]*)m$/.exec(part)?.[1];
    if (code === undefined) {
      const classes = [bold && 'bold', dim && 'dim'].filter(one => one !== false);
      if (part !== '') found.push({ text: part, classes, colour });
    } else if (code === '1') bold = true;
    else if (code === '2') dim = true;
    else if (code === '22') bold = dim = false;
    else if (code === '39') colour = undefined;
    else if (code === '0' || code === '') [bold, dim, colour] = [false, false, undefined];
    else colour = COLOURS[code] ?? colour;
  }
  return found;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
