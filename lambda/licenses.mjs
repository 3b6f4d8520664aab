// The licences of the packages in a bundle: most ask that their text goes along with the code.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The file beside the bundle. */
export const LICENSES = 'LICENSES.txt';

/** The packages of these files of a bundle (paths below `root`), by name and version: the licence that they name, and its text where they bring it. */
function packagesOf(inputs, root) {
  const folders = new Set(
    inputs.map(path => /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean),
  );
  return [...folders]
    .map(folder => {
      const { name, version, license = 'none' } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
      const file = readdirSync(join(root, folder)).find(entry => /^licen[cs]e/i.test(entry));
      const text =
        file &&
        readFileSync(join(root, folder, file), 'utf8')
          .replace(/\r\n/g, '\n')
          .trim();
      return { name, version, license, text };
    })
    .sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
}

/** All of them as one text: the same texts once. */
export function licensesOf(inputs, root) {
  const packages = packagesOf(inputs, root);
  const byText = grouped(packages);
  const list = packages.map(({ name, version, license }) => `${name} ${version}: ${license}`);
  const texts = [...byText]
    .filter(([text]) => text)
    .map(([text, all]) => `${'-'.repeat(80)}\n${all.map(({ name }) => name).join(', ')}\n\n${text}`);
  return `aurora-migrations (MIT) is bundled here with these packages:\n\n${list.join('\n')}\n\n${texts.join('\n\n')}\n`;
}

function grouped(packages) {
  const groups = new Map();
  for (const one of packages) groups.set(one.text, [...(groups.get(one.text) ?? []), one]);
  return groups;
}
