import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build, defineConfig } from 'vite';

const require = createRequire(import.meta.url);

// The service worker at the root, with the names of what it keeps: the shell, and each chunk that the clerk's form needs.
// And the font's licence beside the font.
function serviceWorker() {
  const kKept = ['pages/report/Report.svelte'];
  return {
    name: 'service-worker',
    apply: 'build',
    enforce: 'post', // after index.html, which may leave the entry's own file out
    async generateBundle(_, bundle) {
      const files = new Set();
      const keep = (name) => {
        const chunk = bundle[name];
        if (chunk?.type !== 'chunk' || files.has(name)) return;
        files.add(name);
        for (const other of [...chunk.imports, ...(chunk.viteMetadata?.importedCss ?? [])]) {
          if (bundle[other]?.type === 'chunk') keep(other);
          else files.add(other);
        }
      };
      for (const chunk of Object.values(bundle)) {
        const isKept = kKept.some((page) => chunk.moduleIds?.some((id) => id.endsWith(page)));
        if (chunk.type === 'chunk' && isKept) keep(chunk.fileName);
      }
      for (const [, name] of bundle['index.html'].source.matchAll(/"\/(assets\/[^"]+\.(?:js|css))"/g)) {
        keep(name);
        files.add(name);
      }
      const paths = [...files].sort().map((name) => `/${name}`);
      const version = createHash('sha256').update(paths.join()).digest('hex').slice(0, 12);
      const made = await build({
        configFile: false,
        logLevel: 'warn',
        define: { __KEPT__: JSON.stringify({ version, files: paths }) },
        build: {
          write: false,
          target: 'es2022',
          rollupOptions: { input: 'src/sw.ts', output: { format: 'iife', entryFileNames: 'sw.js' } },
        },
      });
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: made.output[0].code });
      const licence = readFileSync(require.resolve('@fontsource-variable/inter/LICENSE'));
      this.emitFile({ type: 'asset', fileName: 'assets/Inter-OFL.txt', source: licence });
    },
  };
}

// Beside each file the same by brotli, as small as can be, for cmake/embed.py.
function brotli() {
  return {
    name: 'brotli',
    apply: 'build',
    writeBundle({ dir }, bundle) {
      for (const name of Object.keys(bundle).filter((one) => !one.endsWith('.woff2'))) {
        const content = readFileSync(join(dir, name));
        const params = { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
        writeFileSync(join(dir, `${name}.br`), brotliCompressSync(content, { params }));
      }
    },
  };
}

// `npm run dev` shows the pages with a server of ours behind them (BZ_URL, else 127.0.0.1:8080); what is shipped is built into
// the program (cmake/embed.py).
const server = process.env.BZ_URL ?? 'http://127.0.0.1:8080';

// Few files for the clerk's form, each of which costs its headers on a slow line: the shell, with the parts that every page draws
// numbers and names with and all of Svelte that the form needs; and the form with what keeps it.
const kParts = /\/src\/(parts\/(Figure|DueClock|UnitName|StatusWord|FormRow|marks)|text\/(numbers|sources|search)\.|client\/figures)/;
const kForm = /\/src\/(pages\/report\/|drafts\.|text\/report\.)/;
function chunks() {
  const needed = {};
  // Whatever a module needs at once, and not only when something is opened.
  const neededBy = (end, getModuleInfo) => {
    if (needed[end]) return needed[end];
    const found = new Set();
    const add = (id) => {
      if (found.has(id)) return;
      found.add(id);
      getModuleInfo(id)?.importedIds.forEach(add);
    };
    add(fileURLToPath(new URL(end, import.meta.url)));
    return (needed[end] = found);
  };
  return (id, { getModuleInfo }) => {
    const isOf = (end) => neededBy(end, getModuleInfo).has(id);
    if (isOf('src/main.ts') || kParts.test(id)) return 'shell';
    if (!isOf('src/pages/report/Report.svelte')) return undefined;
    return kForm.test(id) ? 'form' : 'shell';
  };
}

const proxy = { '/accounts': server, '/officer': server, '/campaign': server, '/install': server };
export default defineConfig({
  plugins: [svelte(), serviceWorker(), brotli()],
  // No inline script, style or picture: the pages' content security policy allows none.
  build: {
    target: 'es2022',
    minify: 'terser', // 6 % less than esbuild
    terserOptions: { module: true, compress: { passes: 3 } },
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { output: { manualChunks: chunks() } },
  },
  server: { proxy },
  // The same policy as server/web_pages.cpp, so that what it forbids is seen at once.
  preview: {
    proxy,
    headers: {
      'content-security-policy':
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    },
  },
});
