// What the portal's sources hold to: node source_test.mjs REPOSITORY
//   1. no file but tokens.css names a colour or a size of type;
//   2. the paths of web/src/pages.ts are those that the server answers (server/web_pages.cpp).
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = process.argv[2];
const source = join(root, 'web/src');
const read = (path) => readFileSync(path, 'utf8');

// In styles alone: a "#" elsewhere is a link or a private member.
const stylesOf = (path) => {
  const text = read(path);
  if (path.endsWith('.css')) return text;
  return [...text.matchAll(/<style[^>]*>([^]*?)<\/style>/g)].map((found) => found[1]).join('\n');
};
const kColour = /#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|lab)a?\(|:\s*(?:red|green|blue|gray|grey|orange|yellow)\b/i;
const kSize = /font(?:-size)?:[^;]*\d(?:px|pt)\b/;
const files = readdirSync(source, { recursive: true }).map((name) => join(source, name));
const styled = files.filter((path) => /\.(svelte|css)$/.test(path) && !path.endsWith('tokens.css'));
assert.ok(styled.length > 10);
for (const path of styled) {
  stylesOf(path)
    .replace(/\/\*[^]*?\*\//g, '')
    .split('\n')
    .forEach((line) => {
      assert.doesNotMatch(line, kColour, `${path}: a colour belongs in tokens.css`);
      assert.doesNotMatch(line, kSize, `${path}: a size of type belongs in tokens.css`);
    });
}
assert.ok(read(join(source, 'tokens.css')).split('\n').length < 200, 'tokens.css is to stay under 200 lines');

const pages = [...read(join(source, 'pages.ts')).matchAll(/path: '([^']+)'/g)].map((found) => found[1]);
const table = /kPages = \{([^}]*(?:\}"[^}]*)*)\};/.exec(read(join(root, 'server/web_pages.cpp')))[0];
const answered = [...table.matchAll(/"(\/[^"]*)"/g)].map((found) => found[1].replaceAll(/\{(\w+)\}/g, ':$1'));
assert.deepEqual(answered.sort(), pages.sort(), 'the pages of web/src/pages.ts and of server/web_pages.cpp');
console.log(`${styled.length} styles, ${pages.length} pages: as they should be`);
