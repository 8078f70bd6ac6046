import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

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
      for (const [, name] of bundle['index.html'].source.matchAll(/"\/(assets\/[^"]+)"/g)) {
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

// `npm run dev` shows the pages with a server of ours behind them (BZ_URL, else 127.0.0.1:8080); what is shipped is built into
// the program (cmake/embed.py).
const server = process.env.BZ_URL ?? 'http://127.0.0.1:8080';

// Few files for the clerk's form, each of which costs its headers on a slow line: the parts that every page draws numbers and names
// with, and the form with what keeps it.
const kParts = /\/src\/(parts\/(Figure|DueClock|UnitName|StatusWord|FormRow|marks)|text\/(numbers|sources|search)\.|client\/figures)/;
const kForm = /\/src\/(pages\/report\/|drafts\.|text\/report\.)/;
const kShell = /\/node_modules\/(svelte|esm-env|clsx)\/|^\0|\/src\/(main|Portal|router|pages\.ts|shell\/(?!Qr)|session\/(?!SetUp|Rec)|client\/(call|clock)|text\/(i18n|common|dates|session)|parts\/Notice)/;
const manualChunks = (id) => (kForm.test(id) ? 'form' : kParts.test(id) ? 'parts' : kShell.test(id) ? 'shell' : undefined);

const proxy = { '/accounts': server, '/officer': server, '/campaign': server };
export default defineConfig({
  plugins: [svelte(), serviceWorker()],
  // No inline script, style or picture: the pages' content security policy allows none.
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, rollupOptions: { output: { manualChunks } } },
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
