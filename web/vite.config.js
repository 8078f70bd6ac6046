import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// `npm run dev` shows the page with a server of ours behind it; what is shipped is built into the
// program (cmake/embed.py).
export default defineConfig({
  plugins: [svelte()],
  // No inline script, style or picture: the pages' content security policy allows none.
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: {
    proxy: { '/accounts': 'http://127.0.0.1:8080', '/officer': 'http://127.0.0.1:8080' },
  },
});
